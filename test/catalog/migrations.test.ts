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

/** A task of the first version, which has spent nothing that anybody counted. */
function revived(value: unknown, more: object) {
  const record = { status: "active", value, context: { ...context, ...more }, children: {} };
  const snapshot = JSON.stringify({ ...record, timers: {} });
  const stored = { actor: "task:T-1", chart: "task", chartVersion: 1, version: 7, snapshot };
  return new Charts(catalog).revive({ ...stored, savedAtMs: 1 });
}

test("a task from before there was a budget has spent nothing", () => {
  const { live, migratedFrom } = revived({ backlog: "ready" }, {});
  expect(migratedFrom).toBe(1);
  expect(live.snapshot?.context).toEqual({ ...context, spent: { tokens: 0, microUsd: 0 } });
});

test("nothing was reserved for a run that it had begun", () => {
  const { live } = revived({ active: "working" }, { run });
  const estimate = { inputTokens: 0, outputTokens: 0, microUsd: null, price: null };
  expect(live.snapshot?.context).toMatchObject({ run: { ...run, estimate } });
});
