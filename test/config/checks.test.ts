/** What weathervane.yaml may say about checks: each has a name of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { readConfigFile } from "../../src/config/file.ts";
import { emptyFolder } from "../support/workbench.ts";

const read = (...names: readonly string[]) => {
  const path = join(emptyFolder(), "weathervane.yaml");
  const checks = names.map((name) => ({ name, run: "true" }));
  writeFileSync(path, stringify({ version: 1, checks }));
  return readConfigFile(path).values.checks.map(({ name }) => name);
};

test("checks with names of their own are read in their order", () => {
  expect(read("types", "lint", "tests")).toEqual(["types", "lint", "tests"]);
});

test.each([
  ["the same name twice", ["lint", "lint"]],
  ["names that differ in letter case alone", ["lint", "Lint"]],
])("%s: refused, since evidence goes by it", (_title, names) => {
  expect(() => read(...names)).toThrowError(/names of their own/);
});
