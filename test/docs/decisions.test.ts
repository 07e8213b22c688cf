/** The records of decisions: all are listed, and what they say of libraries and rooms is so. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeIn, headingsOf, linksOf, readPage, ROOT, rowsOf } from "./pages.ts";

const RECORDS = globSync("docs/decisions/0*.md", { cwd: ROOT }).toSorted((a, b) =>
  a < b ? -1 : 1,
);

test("every record stands in the list", () => {
  const listed = linksOf(readPage("docs/decisions/README.md"));
  expect(listed.map((name) => `docs/decisions/${name}`)).toEqual(RECORDS);
});

test.each(RECORDS)("%s has context, decision and consequences", (path) => {
  expect(headingsOf(readPage(path)).slice(1)).toEqual(["Context", "Decision", "Consequences"]);
});

interface Package {
  readonly license?: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const packageAt = (folder: string): Package =>
  JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Package;

test("every library is on record, with the version and the licence that it has", () => {
  const { dependencies, devDependencies } = packageAt(".");
  const rows = rowsOf(readPage("docs/decisions/0001-libraries.md"));
  const recorded = rows.map(([name = "", ...rest]) =>
    [codeIn(name), ...rest].slice(0, 3).join(" "),
  );
  const pinned = Object.entries({ ...dependencies, ...devDependencies }).map(([name, version]) => {
    return `${name} ${version} ${packageAt(join("node_modules", name)).license}`;
  });
  expect({
    lacking: pinned.filter((each) => !recorded.includes(each)),
    gone: recorded.filter((each) => !pinned.includes(each)),
  }).toEqual({ lacking: [], gone: [] });
});

test("the record of the rooms names every room that is a folder of its own", () => {
  const rooms = readPage("test/rooms.test.ts");
  const named = codeIn(readPage("docs/decisions/0004-rooms.md"));
  const added = ["processes", "config", "catalog", "proof", "app", "demo"];
  expect(added.filter((name) => !rooms.includes(`"src/${name}"`))).toEqual([]);
  expect(added.filter((name) => !named.includes(`src/${name}`))).toEqual([]);
});
