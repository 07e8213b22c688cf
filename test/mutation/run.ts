/**
 * `npm run mutation [AREA ...]`: changes the code in thousands of small ways and counts what the
 * tests notice. Writes docs/mutation.json, which `npm run prove` and docs/proof.md show; exits 1
 * where a promise is broken. About an hour on two cores for everything.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Stryker } from "@stryker-mutator/core";
import { isoTime, systemClock } from "../../src/clock.ts";
import { areas } from "./areas.ts";
import type { Area } from "./areas.ts";
import { brokenIn, scoreOf } from "./report.ts";
import type { AreaReport, MutationReport, Survivor } from "./report.ts";

const REPORT = new URL("../../docs/mutation.json", import.meta.url);
const CONCURRENCY = 2;
/** A mutant that runs into an endless loop is given up after this much more than the usual time. */
const TIMEOUT_MS = 12_000;

type Mutant = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

async function mutate({ leavesOutStatic = false, ...area }: Area): Promise<AreaReport> {
  const { name, mutate: files, tests, part } = area;
  process.env["MUTATION_TESTS"] = tests.join(",");
  const stryker = new Stryker({
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    // Not only the tests that import the file: some find the charts by looking into the folder.
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    tsconfigFile: "none.json",
    mutate: [...files],
    coverageAnalysis: "perTest",
    ignoreStatic: leavesOutStatic,
    concurrency: CONCURRENCY,
    timeoutMS: TIMEOUT_MS,
    reporters: [],
    ignorePatterns: ["state", "dist", "reports"],
  });
  const mutants = await stryker.runMutationTest();
  const isKilled = ({ status }: Mutant) => status === "Killed" || status === "Timeout";
  const counted = mutants.filter(({ status }) => COUNTED.has(status));
  const survivors = counted.filter((mutant) => !isKilled(mutant)).map(survivorOf);
  const timeouts = counted.filter(({ status }) => status === "Timeout").length;
  const killed = counted.filter(isKilled).length;
  const date = isoTime(systemClock.now()).slice(0, "2026-01-01".length);
  return { name, date, part, mutants: counted.length, killed, timeouts, survivors };
}

/** A mutant that does not compile, or that Stryker left out, says nothing of the tests. */
const COUNTED: ReadonlySet<string> = new Set(["Killed", "Timeout", "Survived", "NoCoverage"]);

function survivorOf({ fileName, location, mutatorName, replacement }: Mutant): Survivor {
  const file = fileName.slice(fileName.search(/(machines|src)\/[^/]+(\/[^/]+)?$/));
  const { start, end } = location;
  const lines = readFileSync(file, "utf8").split("\n");
  const line = lines[start.line - 1] ?? "";
  const isOneLine = start.line === end.line;
  const original = line.slice(start.column - 1, isOneLine ? end.column - 1 : undefined);
  return {
    file,
    line: start.line,
    text: line.trim(),
    mutator: mutatorName,
    original,
    replacement: replacement ?? "",
  };
}

const wanted = process.argv.slice(2);
const chosen = areas.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const before: MutationReport = existsSync(REPORT)
  ? (JSON.parse(readFileSync(REPORT, "utf8")) as MutationReport)
  : { areas: [] };
const known = new Map(before.areas.map((each) => [each.name, each]));
for (const area of chosen) {
  const report = await mutate(area);
  known.set(area.name, report);
  process.stdout.write(`${area.name}: ${scoreOf(report).toFixed(1)} % of ${report.mutants}\n`);
  writeFileSync(REPORT, `${JSON.stringify({ areas: inOrder() }, null, 2)}\n`);
}

/** What is known by now, as the areas stand; of one that is gone nothing is kept. */
function inOrder(): MutationReport["areas"] {
  return areas.flatMap(({ name }) => known.get(name) ?? []);
}

const broken = brokenIn({ areas: inOrder() });
for (const part of broken) {
  const score = `${scoreOf(part).toFixed(1)} %`;
  process.stderr.write(`${part.part}: ${score} found, ${part.least} % expected\n`);
}
process.exitCode = broken.length > 0 ? 1 : 0;
