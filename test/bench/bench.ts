/**
 * `npm run bench`: runs every benchmark, or those that are named, prints a table, or JSON with
 * `--json`; with `--write` it puts the table into docs/benchmarks.md, where the rows of what was not
 * run stay as they are. Exits 1 where a promise is broken.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { isoTime, systemClock } from "../../src/clock.ts";
import { latency } from "./latency.ts";
import { manyTasks } from "./many-tasks.ts";
import { mcp } from "./mcp.ts";
import type { Figure } from "./measure.ts";
import { overhead } from "./overhead.ts";
import { throughput } from "./throughput.ts";

const GIGABYTE = 2 ** 30;

const machine = `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / GIGABYTE)} GiB, Node ${process.versions.node}`;
const date = isoTime(systemClock.now()).slice(0, 10);

const PAGE = new URL("../../docs/benchmarks.md", import.meta.url);
const all = [throughput, latency, manyTasks, overhead, mcp];
const named = all.filter(({ name }) => process.argv.includes(name));

const figures: Figure[] = [];
for (const benchmark of named.length === 0 ? all : named) {
  process.stderr.write(`${benchmark.name} ...\n`);
  figures.push(...(await benchmark()));
}

const rounded = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
const verdict = (kept: boolean | null): string => (kept === null ? "" : kept ? "kept" : "BROKEN");

const rowOf = ({ name, value, unit, promise, kept }: Figure): string =>
  `| ${[name, `${rounded(value)} ${unit}`, promise, verdict(kept)].join(" | ")} |`;

const markdown = (rows: readonly string[]): string =>
  ["| measured | figure | promised | |", "|---|---|---|---|", ...rows].join("\n");

/** The rows of the page with those that were measured now; new ones come last. */
function rowsOfPage(): readonly string[] {
  if (named.length === 0) return figures.map(rowOf);
  const written = readFileSync(PAGE, "utf8").match(/^\| (?!measured).*\|$/gm) ?? [];
  const now = new Map(figures.map((each) => [each.name, rowOf(each)]));
  const nameOf = (row: string): string => row.split(" | ", 1)[0]?.slice(2) ?? "";
  const names = new Set(written.map(nameOf));
  return [
    ...written.map((row) => now.get(nameOf(row)) ?? row),
    ...[...now].flatMap(([name, row]) => (names.has(name) ? [] : [row])),
  ];
}

const documentOf = (rows: readonly string[]): string => `# Benchmarks

Made by \`npm run bench -- --write\` on ${date}: ${machine}. Where only a part
was measured then, the other figures are those of the run before.

Ratios are taken within one run, in rounds that alternate, and the median of the rounds is shown: what
the disk and the neighbours do changes all figures of a round alike. \`synchronous=FULL\` everywhere.

${markdown(rows)}

- **naive** is what people write first: XState's \`createActor\`, and a subscriber that writes every
  snapshot in a transaction of its own, with SQLite as it comes (a rollback journal). It answers nobody,
  has no journal, no timers that survive, no effects and no keys; the host has all of these in the
  figures above. With a write-ahead log the naive way needs one sync a transition instead of several;
  the ratio against it is shown beside, and follows the disk: the faster its sync, the smaller.
- **idle event to effect start** is one event at a time with nothing else to do, commit on disk included.
- **100,000 tasks**: 100 are ready, a tenth of the others blocked, the rest done.
- **dispatch to program start** is from the commit that claims the task: the worktree is prepared, the
  brief is written, and a runner is started. One run at a time, in a repository of 200 files.
- **echo** is a tool that says 200 characters again, called by the SDK's client: straight on the
  worker's socket, and behind \`wvo mcp\`, in rounds that alternate.
- **task_claim** is one claim at a time by a client that started \`wvo mcp\`: from its line to the commit
  on disk, with which effects start and the task is in the client's hands, and to the answer, which
  describes the task and takes the same way back. The promise is for the start of effects.
- **100 clients** are as many processes of \`wvo mcp\` at once, each with one call after the other: a
  claim, then reports, messages and questions.
- **memory of a runner** is what is resident while its program runs.
`;

process.stdout.write(
  process.argv.includes("--json")
    ? `${JSON.stringify({ date, machine, figures }, null, 2)}\n`
    : `${machine}\n\n${markdown(figures.map(rowOf))}\n`,
);
if (process.argv.includes("--write")) {
  writeFileSync(PAGE, documentOf(rowsOfPage()));
}
process.exitCode = figures.some(({ kept }) => kept === false) ? 1 : 0;
