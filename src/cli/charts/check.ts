/**
 * `wvo charts check FILE`: lints somebody's own chart, looks for known wedges, and proves it
 * through the real host in a folder of its own. It needs no workspace and leaves nothing behind.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lintChart } from "../../host/lint.ts";
import { chartFrom } from "../../proof/candidate.ts";
import type { OwnChart } from "../../proof/candidate.ts";
import { checkChart } from "../../proof/checker/check.ts";
import { factsOf } from "../../proof/checker/facts.ts";
import type { Problem } from "../../proof/checker/problem.ts";
import { prove } from "../../proof/prove.ts";
import type { Proof } from "../../proof/prove.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit-codes.ts";

/** One thing that is wrong, from whichever of the three looks found it. */
interface Found {
  readonly code: string;
  readonly found: string;
  readonly next: string;
}

export const checkChartCommand = () =>
  command(
    { name: "check", summary: "lint and prove a chart of your own", isLocal: true },
    async ({ out, args }) => {
      const own = await chartFrom(args[0] ?? "");
      const { chart, ok, counts, problems, notes } = await examine(own);
      out.result({ chart, ok, ...counts, problems, notes }, () =>
        [summary(chart, counts), ...problems.map(text), ...notes.map(noteText)].join("\n"),
      );
      return ok ? EXIT.ok : EXIT.problems;
    },
  ).argument("<file>", "a module that exports `machine`, and `cases` where guards need payloads");

interface Counts {
  readonly states: number;
  readonly declared: number;
  readonly taken: number;
  readonly paths: number;
  readonly refused: number;
  readonly invariants: number;
}

async function examine(own: OwnChart) {
  const lint = lintChart(own.machine).map(lintProblem);
  // A chart that breaks the rules may not even come to an end, so nothing else is tried.
  const proof = lint.length > 0 ? null : await proveAlone(own);
  const wedges = lint.length > 0 ? [] : checkChart(own.machine, own.facts).map(wedge);
  const isNote = notesOf(own);
  const problems: readonly Found[] = [
    ...lint,
    ...wedges.filter((each) => !isNote(each)),
    ...(proof?.problems ?? []).map(proofProblem),
  ];
  const { states = 0, declared = 0, taken = 0, paths = 0, refused = 0 } = proof ?? {};
  const invariants = own.invariants.length;
  const counts: Counts = { states, declared, taken, paths, refused, invariants };
  const ok = problems.length === 0;
  return { chart: own.name, ok, counts, problems, notes: wedges.filter(isNote) };
}

async function proveAlone(own: OwnChart): Promise<Proof> {
  const folder = mkdtempSync(join(tmpdir(), "wvo-check-"));
  try {
    return await prove(own, { folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const wedge = ({ code, found, next }: Problem): Found => ({ code, found, next });

/**
 * While a chart does not say who sends its events, that one of them alone ends a wait is worth a
 * word and no proof of a wedge.
 */
function notesOf({ machine, facts }: OwnChart): (found: Found) => boolean {
  const { sentBy } = factsOf(machine, facts);
  return ({ code }) => code === "no-demotion" && sentBy === undefined;
}

const lintProblem = (found: string): Found => {
  return { code: "lint", found, next: "mend it: the host would not open this chart" };
};
const proofProblem = (found: string): Found => {
  const next = "mend the chart, or give `cases` the payload that leads there";
  return { code: "proof", found, next };
};

function summary(name: string, counts: Counts): string {
  const { states, declared, taken, paths, refused, invariants } = counts;
  if (states === 0) return `${name}: not proven`;
  return [
    `${name}: ${taken} of ${declared} transitions taken`,
    `${states} states, ${paths} paths, ${refused} refused pairs, ${invariants} invariants`,
  ].join(", ");
}

const text = ({ code, found, next }: Found): string =>
  `  ${code}: ${found.replaceAll("\n", "\n  ")}\n    next: ${next}`;

const noteText = ({ found }: Found): string =>
  `  note: ${found} (say in \`facts.sentBy\` who sends what)`;
