/**
 * What an agent of ours writes in its present run, under an address: the end of its output, as it
 * stands. Not for workers, whose business other agents' runs are not.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { McpServer } from "@modelcontextprotocol/server";
import { ResourceNotFoundError, ResourceTemplate } from "@modelcontextprotocol/server";
import { FILE } from "../processes/run-folder.ts";
import { tailOf } from "../quality/evidence.ts";
import type { McpHost } from "./tool.ts";

/** Of each stream; `wvo agent tail` shows all of it. */
const LOG_BYTES_MAX = 20_000;

export function serveAgentLogs(server: McpServer, { config, store }: McpHost): void {
  const atWork = () => store.views.agents().filter(({ run_id }) => run_id !== null);
  const template = new ResourceTemplate("wvo://agents/{id}/log", {
    list: undefined,
    complete: {
      id: (begun) => atWork().flatMap(({ agent_id: id }) => (id.startsWith(begun) ? [id] : [])),
    },
  });
  const about = { title: "What an agent writes in its run", mimeType: "application/json" };
  server.registerResource("agent-log", template, about, async ({ href: uri }, { id }) => {
    const agentId = decodeURIComponent(String(id));
    const run = atWork().find((row) => row.agent_id === agentId);
    if (run === undefined) throw new ResourceNotFoundError(uri);
    const folder = join(config.state_root, "runs", run.run_id ?? "");
    const endOf = (name: string): string => {
      const path = join(folder, name);
      return existsSync(path) ? tailOf(path, LOG_BYTES_MAX) : "";
    };
    const log = { agent_id: agentId, run_id: run.run_id, task_id: run.current_task_id };
    const text = { stdout: endOf(FILE.stdout), stderr: endOf(FILE.stderr) };
    const told = JSON.stringify({ ...log, ...text });
    return { contents: [{ uri, mimeType: "application/json", text: told }] };
  });
}
