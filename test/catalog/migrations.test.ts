/** Snapshots that an older WeatherVane wrote are read by the present charts. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { Charts } from "../../src/host/charts.ts";
import { BARE_SPEC } from "../support/specs.ts";

const context = {
  id: "T-1",
  createdAtMs: 1,
  importedAs: "pending",
  spec: BARE_SPEC,
  dependents: [],
  blockers: [],
  attempts: 0,
  conflicts: 0,
  runs: 1,
  run: null,
  lastAgentId: null,
  commit: null,
  findings: [],
  reason: null,
  mergedCommit: null,
};
const run = {
  runId: "T-1.1",
  agentId: "worker-01",
  provider: "command",
  tier: "low",
  rationale: "it is first",
  startFrom: "target",
};

/** An actor of the first version of its chart. */
function revived(actor: string, value: unknown, memory: object) {
  const record = { status: "active", value, context: memory, children: {}, timers: {} };
  const snapshot = JSON.stringify(record);
  const [chart = ""] = actor.split(":");
  const stored = { actor, chart, chartVersion: 1, version: 7, snapshot };
  return new Charts(catalog).revive({ ...stored, savedAtMs: 1 });
}
const reviveTask = (value: unknown, more: object) =>
  revived("task:T-1", value, { ...context, ...more });

test("a task from before there was a budget has spent nothing, and nothing is left of a run", () => {
  const { live, migratedFrom } = reviveTask({ backlog: "ready" }, {});
  expect(migratedFrom).toBe(1);
  const added = { spent: { tokens: 0, microUsd: 0 }, left: null, cuts: 0 };
  expect(live.snapshot?.context).toEqual({ ...context, ...added });
});

test("nothing was reserved for a run that it had begun, and it goes on with no session", () => {
  const { live } = reviveTask({ active: "working" }, { run });
  const estimate = { inputTokens: 0, outputTokens: 0, microUsd: null, price: null };
  expect(live.snapshot?.context).toMatchObject({ run: { ...run, estimate, resume: null } });
});

const { runId, provider, tier, startFrom } = run;
const work = { taskId: "T-1", runId, provider, tier, startFrom, commit: null };

test("the end of a run that an agent recorded before tells no more than it did", () => {
  const exit = { outcome: "failed", detail: "it ended", retryAtMs: null, usage: null };
  const memory = { id: "a-1", work, exit, reason: null, faults: 0, leaseUntilMs: null };
  const { live } = revived("agent:a-1", "collecting", memory);
  const told = { ...exit, errorClass: null, findings: [], session: null, windows: [] };
  expect(live.snapshot?.context).toMatchObject({ exit: told, work: { ...work, resume: null } });
});

test("a provider that was usable is, and how full it is nobody knows", () => {
  const memory = { name: "command", reason: null, untilMs: null, setbacks: 2 };
  const { live } = revived("provider:command", "usable", memory);
  expect(live.snapshot?.value).toEqual({ usable: "normal" });
  expect(live.snapshot?.context).toEqual({ ...memory, errors: 0, windows: [] });
});

test("a visitor goes on with what is in its hands", () => {
  const memory = { id: "v-1", asked: null, work, note: null, ref: null, reason: null };
  const { live } = revived("visitor:v-1", { held: "working" }, memory);
  expect(live.snapshot?.context).toMatchObject({ work: { ...work, resume: null } });
});

test("a coordinator of before was asked for nothing", () => {
  const { live } = revived("coordinator", "stopped", { draining: [], reason: null });
  expect(live.snapshot?.context).toMatchObject({ wishes: [], wipLimit: null });
});
