/**
 * `npm run bench`: runs every benchmark, prints a table, or JSON with `--json`; with `--write` it
 * puts the table into docs/benchmarks.md. Exits 1 where a promise is broken.
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { isoTime, systemClock } from "../../src/clock.ts";
import { latency } from "./latency.ts";
import { manyTasks } from "./many-tasks.ts";
import type { Figure } from "./measure.ts";
import { throughput } from "./throughput.ts";

const GIGABYTE = 2 ** 30;

const machine = `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / GIGABYTE)} GiB, Node ${process.versions.node}`;
const date = isoTime(systemClock.now()).slice(0, 10);

const figures: Figure[] = [];
for (const benchmark of [throughput, latency, manyTasks]) {
  process.stderr.write(`${benchmark.name} ...\n`);
  figures.push(...(await benchmark()));
}

const rounded = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
const verdict = (kept: boolean | null): string => (kept === null ? "" : kept ? "kept" : "BROKEN");

function markdown(): string {
  const rows = figures.map(({ name, value, unit, promise, kept }) =>
    [name, `${rounded(value)} ${unit}`, promise, verdict(kept)].join(" | "),
  );
  return [
    "| measured | figure | promised | |",
    "|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

const DOCUMENT = `# Benchmarks

Made by \`npm run bench -- --write\` on ${date}: ${machine}.

Ratios are taken within one run, in rounds that alternate, and the median of the rounds is shown: what
the disk and the neighbours do changes all figures of a round alike. \`synchronous=FULL\` everywhere.

${markdown()}

- **naive** is what people write first: XState's \`createActor\`, and a subscriber that writes every
  snapshot in a transaction of its own, with SQLite as it comes (a rollback journal). It answers nobody,
  has no journal, no timers that survive, no effects and no keys; the host has all of these in the
  figures above. With a write-ahead log the naive way needs one sync a transition instead of several;
  the ratio against it is shown beside, and follows the disk: the faster its sync, the smaller.
- **idle event to effect start** is one event at a time with nothing else to do, commit on disk included.
- **100,000 tasks**: 100 are ready, a tenth of the others blocked, the rest done.
`;

process.stdout.write(
  process.argv.includes("--json")
    ? `${JSON.stringify({ date, machine, figures }, null, 2)}\n`
    : `${machine}\n\n${markdown()}\n`,
);
if (process.argv.includes("--write")) {
  writeFileSync(new URL("../../docs/benchmarks.md", import.meta.url), DOCUMENT);
}
process.exitCode = figures.some(({ kept }) => kept === false) ? 1 : 0;
