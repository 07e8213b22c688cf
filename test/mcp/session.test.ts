/**
 * One session as an agent has it, the same for every client: plan, claim, progress, hand in, a task
 * that cannot go on, what was written down, the queue, and how things stand.
 */
import { expect, test } from "vitest";
import { SLOW_MS, supervised } from "../support/supervised.ts";
import type { Workspace } from "../support/workspace.ts";
import { CLIENTS } from "./clients.ts";
import type { Call } from "./clients.ts";

const TASKS = [
  { id: "T1", title: "First", priority: "high" },
  { id: "T2", title: "Second" },
];
const agent_id = "ann";

/** What the check of the workspace looks for, committed on a branch. */
function workOn({ git }: Workspace, branch: string, file: string): void {
  git("checkout", "--quiet", "-b", branch);
  const blob = git("hash-object", "-w", "weathervane.yaml");
  git("update-index", "--add", "--cacheinfo", `100644,${blob},${file}`);
  git("commit", "--quiet", `--message=${branch}`);
  git("checkout", "--quiet", "--force", "main");
}

async function work(call: Call, yard: Workspace): Promise<void> {
  const plan = await call("plan_next", { agent_id });
  expect(plan).toMatchObject({ tasks: [{ id: "T1" }, { id: "T2" }] });
  const claim = await call("task_claim", { task_id: "T1", agent_id });
  expect(claim).toMatchObject({ run_id: "T1.1", state: "held.working" });
  expect(await call("task_claim", { task_id: "T1", agent_id: "bob" })).toBeNull();
  const progress = { task_id: "T1", agent_id, event: "progress", note: "half of it" };
  expect(await call("task_update", progress)).toMatchObject({ state: "active.working" });
  workOn(yard, "anns-work", "work/T1");
  const done = { task_id: "T1", agent_id, commit: "anns-work", summary: "all of it" };
  expect(await call("task_complete", done)).toMatchObject({ task_id: "T1", run_id: "T1.1" });
  await call("task_claim", { task_id: "T2", agent_id });
  const block = { task_id: "T2", agent_id, event: "block", note: "which key?" };
  expect(await call("task_update", block)).toMatchObject({ status: "blocked" });
}

async function talk(call: Call): Promise<void> {
  const entry = { type: "learning", topic: "keys", content: "the key is in the vault" };
  const written = await call("context_write", entry);
  const found = await call("context_search", { query: "vaults" });
  expect(found).toMatchObject({ entries: [{ entry_id: written?.["entry_id"], topic: "keys" }] });
  const sent = await call("event_send", { to: agent_id, type: "HELP", payload: { task: "T2" } });
  const claimed = await call("event_claim", { agent_id });
  expect(claimed).toMatchObject({
    event: { event_id: sent?.["event_id"], payload: { task: "T2" } },
  });
  const ack = { event_id: sent?.["event_id"], agent_id, outcome: "ack" };
  expect(await call("event_ack", ack)).toMatchObject({ state: "done" });
}

test.each(Object.entries(CLIENTS))(
  "%s goes through the session",
  async (_name, open) => {
    const yard = supervised({ roadmap: { version: 1, tasks: TASKS } });
    await yard.up("--hold");
    const call = await open(yard);
    await work(call, yard);
    await talk(call);
    const status = await call("orchestrator_status", {});
    expect(status).toMatchObject({ tasks: { blocked: 1 }, dead_letters: 0 });
  },
  SLOW_MS,
);
