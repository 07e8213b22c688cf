/** The page for authors of agents: its example runs, and its tables name what really is given. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";
import { codeIn, readPage, rowsOf, sectionOf } from "./pages.ts";
import { brokenPromises, walk } from "./walkthrough.ts";

const page = readPage("docs/command-agent.md");
/** The permissions of a group and of everybody. */
const OTHERS = 0o077;
const WALK_TEST_MS = 6 * 60_000;

const namesUnder = (heading: string): readonly string[] =>
  rowsOf(sectionOf(page, heading)).flatMap(([first = ""]) => codeIn(first));

const ours = (environment: string): readonly string[] =>
  environment
    .split("\n")
    .flatMap((line) => /^(WVO_\w+|CI)=/.exec(line)?.[1] ?? [])
    .toSorted();

test(
  "the complete example does what the page says, in an empty folder",
  async () => {
    const walked = await walk(sectionOf(page, "A complete example"));
    expect(brokenPromises(walked)).toEqual([]);
    expect(walked.shown.filter(({ promised }) => promised !== null)).toHaveLength(2);
  },
  WALK_TEST_MS,
);

test("the variables of agents and checks are those that the page lists, and the files too", async () => {
  const yard = makeWorkspace({
    roadmap: { version: 1, tasks: [{ id: "T1", title: "Show what you are given" }] },
    agent: ["/bin/sh", "-c", "env > given.txt; printenv NOTES"],
    config: { checks: [{ name: "given", run: "env" }] },
  });
  expect(await yard.wvo("run", "--until", "done")).toMatchObject({ code: 0 });
  const runs = (...path: string[]): string => join(yard.repo, "state", "runs", ...path);
  const agent = yard.git("show", "main:given.txt");
  expect(ours(agent)).toEqual(namesUnder("How the program is started").toSorted());
  expect(agent).not.toContain("npm_");
  const [gate = ""] = readdirSync(runs()).filter((name) => name.startsWith("gate"));
  const check = readFileSync(runs(gate, "given-1", "stdout.log"), "utf8");
  expect(ours(check)).toEqual([...new Set(checkVariables())].toSorted());
  expect(check).not.toContain("NOTES=");
  const files = ["", ...readdirSync(runs("T1.1"))].map((name) => runs("T1.1", name));
  expect(files.filter((path) => (statSync(path).mode & OTHERS) !== 0)).toEqual([]);
  expect(readdirSync(runs("T1.1")).toSorted()).toEqual(namesUnder("Where things lie").toSorted());
});

/** The section has two tables; the second one is of outcomes. */
const checkVariables = (): readonly string[] =>
  namesUnder("What checks get").filter((name) => /^(WVO_|CI$)/.test(name));
