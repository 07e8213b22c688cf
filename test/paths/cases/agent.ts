/** What an agent is walked with: two runs, one of them another's, and every end of a program. */
import type { AgentContext } from "../../../machines/agent-setup.ts";
import type { AgentEvent, Assignment, CollectedWork } from "../../../machines/protocol.ts";
import type { AgentInput } from "../../../machines/protocol.ts";
import { plainExit } from "../../../src/agents/run-exit.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: AgentInput = { id: "a-1" };
const work: Assignment = {
  taskId: "T-1",
  runId: "T-1.1",
  provider: "local",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
};
const reason = "it is wanted";
const OUTCOMES = ["completed", "failed", "limited", "notStarted", "stopped"] as const;
const session = { sessionId: "s-1", used: null };
const windows = [{ name: "five_hour", usedRatio: 0.9, resetsAtMs: null }];
const exits = [
  ...OUTCOMES.map((outcome) => plainExit({ outcome, detail: `it ${outcome}` })),
  plainExit({ outcome: "limited", detail: "529", errorClass: "overloaded" }),
  plainExit({ outcome: "notStarted", detail: "401", errorClass: "auth" }),
  plainExit({ outcome: "completed", detail: "it is done", windows }),
  plainExit({ outcome: "failed", detail: "it crashed", errorClass: "crashed", session }),
  plainExit({ outcome: "failed", detail: "it is gone", errorClass: "session_not_found" }),
];
const collected: readonly CollectedWork[] = [
  { commit: "c0ffee", changed: true, findings: [] },
  { commit: null, changed: false, findings: [] },
];
/** The rest is at its longest after these; more faults change nothing. */
const FAULTS_COUNTED = 2;

export const cases: Cases<AgentContext, AgentEvent> = {
  actor: "agent:a-1",
  inputs: [input],
  events: ({ context: { work: inHand } }) => [
    { type: "assign", ...work },
    { type: "assign", ...work, startFrom: "branch", resume: { ...session, commit: "ba1f" } },
    ...(inHand === null
      ? []
      : [{ type: "assign", ...work, taskId: "T-2", runId: "T-2.1" } as const]),
    ...["T-1.1", "T-0.9"].flatMap((runId): readonly AgentEvent[] => [
      { type: "beat", runId },
      { type: "stop", runId, reason },
    ]),
    { type: "drain", reason },
  ],
  outputs: { runAgent: exits, adoptRun: exits, stopRun: exits, collectWork: collected },
  essence: ({ work: inHand, exit, faults }) => [
    [inHand !== null, inHand?.resume],
    [exit?.outcome, exit?.errorClass, exit?.windows.length],
    Math.min(faults, FAULTS_COUNTED),
  ],
};
