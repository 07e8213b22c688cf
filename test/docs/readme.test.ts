/** The README's examples are run as they stand, and what they promise is compared. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeIn, blocksOf, readPage, ROOT, sectionOf } from "./pages.ts";
import { brokenPromises, walk } from "./walkthrough.ts";

const readme = readPage("README.md");
const WALK_TEST_MS = 6 * 60_000;

test(
  "the quickstart does what the README says, in an empty folder",
  async () => {
    const walked = await walk(sectionOf(readme, "Quickstart"));
    expect(brokenPromises(walked)).toEqual([]);
    expect(walked.shown.filter(({ promised }) => promised !== null)).toHaveLength(3);
    expect(readFileSync(join(walked.folder, "letters/T3.md"), "utf8")).toBe(
      "# T3: Put both into one letter\n",
    );
  },
  WALK_TEST_MS,
);

test(
  "the demo ends as the README shows",
  async () => {
    const section = sectionOf(readme, "See it work");
    const command = `npm --prefix "$WEATHERVANE" run -s demo -- --dir demo`;
    expect(blocksOf(section)[0]?.text).toBe("npm ci && npm run demo\n");
    const walked = await walk(section.replace("npm ci && npm run demo", command));
    expect(walked.shown.map(({ promised }) => promised)).toEqual([
      expect.stringContaining("8 of 8"),
    ]);
    expect(brokenPromises(walked)).toEqual([]);
  },
  WALK_TEST_MS,
);

test("every npm script that the README names is in package.json", () => {
  const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm (?:--prefix \S+ )?(?:run (?:-s )?([a-z]+)|(test))\b/g)];
  const names = new Set(named.map(([, script, test]) => script ?? test ?? ""));
  const all = ["bench", "check", "demo", "docs", "mutation", "prove", "test", "wvo"];
  expect([...names].toSorted()).toEqual(all);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...names]));
});

test("the map names every folder of the source, and nothing that is not there", () => {
  const [map] = blocksOf(sectionOf(readme, "Where things are"));
  const named = [...(map?.text ?? "").matchAll(/^(\S+) /gm)].map(([, path = ""]) => path);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const folders = globSync("src/*/", { cwd: ROOT }).map((path) => `${path.replace(/\/$/, "")}/`);
  expect(folders.filter((folder) => !named.includes(folder))).toEqual([]);
});

test("code in the tables is a command", () => {
  const cells = codeIn(sectionOf(readme, "Commands"));
  expect(cells.filter((code) => !/^(wvo |--json)/.test(code))).toEqual([]);
});
