/** `file_write`: a file of the worktree of the caller's task, whole; folders are made. */
import { z } from "zod";
import { putArtifact } from "../../store/artifact-files.ts";
import { errand, underWay } from "../errands.ts";
import { defineTool, DESTROYS } from "../tool.ts";
import { agentId, id, key, standing, worktreePlace } from "../words.ts";

export const fileWrite = defineTool({
  name: "file_write",
  toolset: "sandbox",
  title: "Write a file",
  description: "Writes a whole text file into your task's worktree, over what is there.",
  input: z.strictObject({
    task_id: id,
    agent_id: agentId,
    path: worktreePlace,
    text: z.string(),
    idempotency_key: key,
  }),
  output: standing.extend({ bytes: z.number() }),
  annotations: DESTROYS,
  run: async ({ path, text, ...asked }, call) => {
    const {
      result,
      again,
      standing: now,
    } = await errand(call, asked, () => {
      // The bytes are there before anybody is told of them.
      const sha256 = putArtifact(call.app.config.state_root, Buffer.from(text));
      return { kind: "write", path, sha256 };
    });
    if (result?.kind !== "written") throw underWay("file_write", again);
    return { bytes: result.bytes, ...now };
  },
});
