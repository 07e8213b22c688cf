/** What a merge request is walked with: every end of git's part, and verdicts of both gates. */
import type { Landing, MergeRequestEvent, MergeRequestInput } from "../../../machines/protocol.ts";
import type { Rebase } from "../../../machines/protocol.ts";
import type { MergeRequestContext } from "../../../machines/merge-request-setup.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: MergeRequestInput = { id: "merge-request:T-1.1", taskId: "T-1", commit: "c0ffee" };
const findings = [{ source: "merge", text: "both changed it" }];
const reason = "no evidence";
const rebases: readonly Rebase[] = [
  { kind: "rebased", commit: "d00d", onto: "ba5e" },
  { kind: "conflict", findings },
  { kind: "empty", findings },
];
const landings: readonly Landing[] = [
  { kind: "landed" },
  { kind: "moved" },
  { kind: "held", reason: "a changed file" },
];

/** The wait for a held target is at its longest after these. */
const HOLDS_COUNTED = 6;

export const cases: Cases<MergeRequestContext, MergeRequestEvent> = {
  actor: input.id,
  inputs: [input],
  events: ({ context: { rounds } }) => [
    { type: "takeTurn" },
    { type: "withdraw" },
    ...[`gate:merge-request-T-1.1.${rounds}`, "gate:merge-request-T-1.1.0"].flatMap(
      (gateId): readonly MergeRequestEvent[] => [
        { type: "gatePassed", gateId },
        { type: "gateFailed", gateId, findings },
        { type: "gateInconclusive", gateId, reason },
      ],
    ),
  ],
  outputs: {
    rebase: rebases,
    land: landings,
    observeTarget: [{ contains: true }, { contains: false }],
  },
  essence: ({ rounds, faults, holds, rebased }) => [
    rounds,
    faults,
    Math.min(holds, HOLDS_COUNTED),
    rebased !== null,
  ],
};
