/** What the gate is walked with: evidence for every verdict. */
import type { GateContext } from "../../../machines/gate.ts";
import type { CheckResult, GateEvent, GateInput } from "../../../machines/protocol.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: GateInput = { id: "gate:T-1.1", taskId: "T-1", commit: "c0ffee", replyTo: "task:T-1" };
const green: CheckResult = {
  name: "tests",
  mandatory: true,
  passed: true,
  score: null,
  floor: 0,
  deep: false,
  evidence: { path: "checks/tests.json", sha256: "5eed" },
  excerpt: "the end",
};
const red: CheckResult = { ...green, passed: false };

export const cases: Cases<GateContext, GateEvent> = {
  actor: input.id,
  inputs: [input, { ...input, id: "gate:trial@T-1.1", replyTo: null, only: ["tests"] }],
  outputs: {
    runChecks: [[green], [red], [{ ...red, deep: true }], [{ ...red, evidence: null }], []],
  },
};
