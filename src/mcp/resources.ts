/**
 * What clients may read and watch: the same facts as the tools tell, under addresses. No fact lives
 * here alone, since programs read resources only when somebody asks for it.
 */
import { readFileSync } from "node:fs";
import type { McpServer, ReadResourceResult } from "@modelcontextprotocol/server";
import { ResourceNotFoundError, ResourceTemplate } from "@modelcontextprotocol/server";
import { actorId } from "../../machines/protocol.ts";
import { convoysAfter } from "../app/convoys.ts";
import { catalog } from "../catalog/catalog.ts";
import { purposes } from "../catalog/purposes.ts";
import { FaultError } from "../fault.ts";
import { serveArtifacts } from "./artifact-resource.ts";
import type { McpHost } from "./tool.ts";
import { tellConvoy } from "./tools/convoy-list.ts";
import { describeStatus } from "./tools/orchestrator-status.ts";
import { describeTask } from "./tools/task-get.ts";

/** Names that a completion offers at most; the protocol takes no more. */
const COMPLETIONS_MAX = 100;

export function serveResources(server: McpServer, app: McpHost): void {
  serveArtifacts(server, app);
  const json = { mimeType: "application/json" };
  server.registerResource(
    "status",
    "wvo://status",
    { title: "How things stand", ...json },
    async ({ href }) => asJson(href, await describeStatus(app)),
  );
  server.registerResource(
    "roadmap",
    "wvo://roadmap",
    { title: "The roadmap's file", mimeType: "application/yaml" },
    ({ href }) => ({
      contents: [{ uri: href, mimeType: "application/yaml", text: roadmapText(app) }],
    }),
  );
  for (const each of templatesOf(app)) {
    const { name, title, variable, ids, read } = each;
    const matching = async (value: string): Promise<string[]> =>
      (await ids(value)).filter((found) => found.startsWith(value)).slice(0, COMPLETIONS_MAX);
    const template = new ResourceTemplate(`wvo://${name}/{${variable}}`, {
      list: undefined,
      complete: { [variable]: matching },
    });
    server.registerResource(name, template, { title, ...json }, async ({ href }, variables) =>
      asJson(href, await orNotFound(href, read(String(variables[variable])))),
    );
  }
}

interface Template {
  readonly name: string;
  readonly title: string;
  readonly variable: string;
  /** Ids that may begin like this. */
  readonly ids: (begun: string) => readonly string[] | Promise<readonly string[]>;
  readonly read: (id: string) => Promise<object | null>;
}

function templatesOf(app: McpHost): readonly Template[] {
  const { views } = app.store;
  /** Just before the first id that begins so, in the order of ids. */
  const before = (begun: string): string => begun.slice(0, -1);
  const taskIds = (begun: string) =>
    views.tasks(before(begun), TASKS_LOOKED_AT).map(({ id }) => id);
  return [
    {
      name: "tasks",
      title: "A task",
      variable: "id",
      ids: taskIds,
      read: (id) => describeTask(app, decodeURIComponent(id)),
    },
    {
      name: "runs",
      title: "A run: its task, agent and provider",
      variable: "id",
      ids: () => views.tasksIn("in_progress", TASKS_LOOKED_AT).map(({ run_id }) => run_id ?? ""),
      read: async (id) => runOf(app, decodeURIComponent(id)),
    },
    {
      name: "convoys",
      title: "A convoy and how far it is",
      variable: "id",
      ids: async (begun) =>
        (await convoysAfter(app.store, before(begun), TASKS_LOOKED_AT)).map(({ name }) => name),
      read: (id) => tellConvoy(app.store, decodeURIComponent(id)),
    },
    {
      name: "charts",
      title: "A state chart",
      variable: "name",
      ids: () => catalog.map(({ name }) => name),
      read: async (id) => chartOf(id),
    },
  ];
}
const TASKS_LOOKED_AT = 1_000;

function runOf({ store }: McpHost, runId: string): object | null {
  const taskId = runId.slice(0, Math.max(0, runId.lastIndexOf(".")));
  const row = store.views.task(taskId);
  if (row === null) return null;
  const gates = store.views.gatesOf(taskId).filter(({ id }) => id === actorId.gate(runId));
  const { run_id, assigned_to, provider, tier, rationale } = row;
  const now = run_id === runId ? { agent: assigned_to, provider, tier, rationale } : {};
  return { run_id: runId, task_id: taskId, is_under_way: run_id === runId, ...now, gates };
}

function chartOf(name: string): object | null {
  const chart = catalog.find((each) => each.name === name);
  if (chart === undefined) return null;
  const { machine, version, outside = [] } = chart;
  return { name, version, purpose: purposes[name] ?? "", outside, definition: machine.config };
}

const roadmapText = ({ config }: McpHost): string => readFileSync(config.roadmap, "utf8");

const asJson = (uri: string, found: object): ReadResourceResult => ({
  contents: [{ uri, mimeType: "application/json", text: JSON.stringify(found) }],
});

async function orNotFound(uri: string, reading: Promise<object | null>): Promise<object> {
  try {
    const found = await reading;
    if (found !== null) return found;
  } catch (thrown) {
    if (!(thrown instanceof FaultError) || thrown.kind !== "notFound") throw thrown;
  }
  throw new ResourceNotFoundError(uri);
}
