/** What a visitor is walked with: two tasks, two runs, and work that is there or is not. */
import type { Assignment, CollectedWork } from "../../../machines/protocol.ts";
import type { VisitorContext } from "../../../machines/visitor-setup.ts";
import type { VisitorEvent, VisitorInput } from "../../../machines/visits.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: VisitorInput = { id: "v-1" };
const work: Assignment = {
  taskId: "T-1",
  runId: "T-1.1",
  provider: "visitor",
  tier: "medium",
  startFrom: "target",
  commit: null,
  resume: null,
};
const reason = "so it is";
const leaseMs = 600_000;
const collected: readonly CollectedWork[] = [
  { commit: "c0ffee", changed: true, findings: [] },
  { commit: null, changed: false, findings: [{ source: "visitor", text: "no such commit" }] },
];

export const cases: Cases<VisitorContext, VisitorEvent> = {
  actor: "visitor:v-1",
  inputs: [input],
  events: ({ context: { asked, work: inHand } }) => [
    { type: "take", taskId: "T-1", runId: "T-1.1", leaseMs },
    ...(asked === null ? [] : [{ type: "assign", ...work } as const]),
    ...(inHand === null
      ? []
      : [{ type: "assign", ...work, taskId: "T-2", runId: "T-2.1" } as const]),
    { type: "claimLost", taskId: "T-1" },
    { type: "claimLost", taskId: "T-2" },
    ...["T-1.1", "T-0.9"].flatMap((runId): readonly VisitorEvent[] => [
      { type: "progress", runId, note: "half of it" },
      { type: "block", runId, reason },
      { type: "release", runId, reason },
      { type: "complete", runId, ref: "my-branch", summary: "all of it" },
      { type: "stop", runId, reason },
    ]),
  ],
  outputs: { collectVisit: collected },
  essence: ({ asked, work: inHand }) => [asked?.taskId, inHand?.runId],
};
