/** `artifact_store`: keeps a file or a text of a run, for whoever looks at the task later. */
import { z } from "zod";
import { ARTIFACTS_MAX } from "../../../machines/artifacts.ts";
import type { ArtifactsEvent, ArtifactsInput } from "../../../machines/visits.ts";
import { actorId } from "../../../machines/protocol.ts";
import { artifactsOf, artifactUri } from "../../app/artifacts.ts";
import { FaultError } from "../../fault.ts";
import { worktreePath } from "../../git/linked-worktree.ts";
import { putArtifact } from "../../store/artifact-files.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { agentOf, holdOf } from "../visiting.ts";
import type { Hold } from "../visiting.ts";
import { agentId, id, key } from "../words.ts";
import { readWorktreeFile, tooLarge } from "../worktree-file.ts";
import { recorded, sendOnce, standingOf } from "../writing.ts";

/** One artifact; what is larger belongs where large things are kept. */
export const ARTIFACT_BYTES_MAX = 10 * 1024 * 1024;
const PATH_CHARS_MAX = 1_000;
const MEDIA_TYPE = /^[\w.+-]{1,48}\/[\w.+-]{1,48}$/;

const input = z.strictObject({
  task_id: id,
  agent_id: agentId,
  name: id,
  path: z.string().min(1).max(PATH_CHARS_MAX).optional(),
  text: z.string().optional(),
  media_type: z.string().regex(MEDIA_TYPE).optional(),
  idempotency_key: key,
});
type Given = z.output<typeof input>;

export const artifactStore = defineTool({
  name: "artifact_store",
  toolset: "work",
  title: "Keep an artifact",
  description: "Keeps text, or a file of your worktree by path, with your task under a name.",
  input,
  output: z.object({
    uri: z.string(),
    sha256: z.string(),
    bytes: z.number(),
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: WRITES,
  run: async (given, call) => {
    const { app } = call;
    const actor = actorId.artifacts(given.task_id);
    if ((await recorded(call)) === null) await keep(given, call, actor);
    const kept = await artifactsOf(app.store, given.task_id);
    const { uri = "", bytes = 0 } = kept.find(({ name }) => name === given.name) ?? {};
    const sha256 = uri.slice(artifactUri("").length);
    return { uri, sha256, bytes, ...(await standingOf(app, actor)) };
  },
});

/** The bytes are there before anybody is told of them. */
async function keep(given: Given, call: ToolCall, actor: string): Promise<void> {
  const { task_id: taskId, name, media_type } = given;
  const { config, host } = call.app;
  const hold = holdOf(call, taskId, given.agent_id);
  const bytes = bytesOf(given, call, hold);
  const event = {
    type: "store" as const,
    name,
    sha256: putArtifact(config.state_root, bytes),
    bytes: bytes.length,
    mediaType: media_type ?? (given.text === undefined ? OCTETS : "text/plain"),
    author: agentOf(call, given.agent_id),
    runId: hold.runId,
  } satisfies ArtifactsEvent;
  const shelf: ArtifactsInput = { taskId, placesMax: ARTIFACTS_MAX };
  // Both go into one commit, in this order.
  await Promise.all([
    host.start(actor, shelf, { cause: call.cause }),
    sendOnce(call, actor, event),
  ]);
}

const OCTETS = "application/octet-stream";

function bytesOf({ path, text, agent_id }: Given, call: ToolCall, hold: Hold): Buffer {
  if ((path === undefined) === (text === undefined)) throw needsOne(path, text);
  if (text !== undefined) {
    const bytes = Buffer.from(text);
    if (bytes.length > ARTIFACT_BYTES_MAX) throw tooLarge("text", bytes.length, ARTIFACT_BYTES_MAX);
    return bytes;
  }
  // A visitor works where it pleases: no folder is known to be its own.
  if (path === undefined || hold.kind === "visit") throw needsOne(path, text);
  const { worktree_root: root } = call.app.config;
  const worktree = worktreePath(root, agentOf(call, agent_id));
  return readWorktreeFile(worktree, path, ARTIFACT_BYTES_MAX);
}

const needsOne = (path?: string, text?: string): FaultError =>
  new FaultError({
    code: "mcp.artifact",
    kind: "invalid",
    where: "artifact_store",
    found:
      path === undefined
        ? "neither path nor text"
        : `path ${path}${text === undefined ? " of an agent without a worktree here" : " and text"}`,
    expected: "path in a run that WeatherVane has started, else text",
    next: "send the text itself, without path",
  });
