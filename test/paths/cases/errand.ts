/** What an errand is walked with: each kind, and what may come of it. */
import type { ErrandContext } from "../../../machines/errand.ts";
import type { Errand, ErrandInput, ErrandResult } from "../../../machines/visits.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const errands: readonly Errand[] = [
  { kind: "write", path: "a.txt", sha256: "a".repeat(64) },
  { kind: "run", program: "git", args: ["status"], limitMs: 1_000 },
  { kind: "commit", message: "all of it" },
];
const results: readonly ErrandResult[] = [
  { kind: "written", bytes: 3 },
  { kind: "ended", how: "exited", code: 0, stdout: "", stderr: "", truncated: false },
  { kind: "committed", commit: "c0ffee" },
];

export const cases: Cases<ErrandContext> = {
  actor: "errand:e1",
  inputs: errands.map((what): ErrandInput => {
    return { id: "e1", visitor: "ann", taskId: "T-1", runId: "T-1.1", what };
  }),
  outputs: { runErrand: results },
};
