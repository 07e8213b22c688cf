/** The page on the real programs names every class of failure with what follows from it. */
import { expect, test } from "vitest";
import { claudeDialect } from "../../src/agents/claude/dialect.ts";
import { codexDialect } from "../../src/agents/codex/dialect.ts";
import { REACTIONS } from "../../src/agents/error-classes.ts";
import { codeIn, readPage, rowsOf, sectionOf } from "./pages.ts";

const page = readPage("docs/providers.md");

test("every class is there, with its reaction", () => {
  const rows = rowsOf(sectionOf(page, "What a run comes to"));
  expect(rows.map(([name = "", then]) => [codeIn(name).join(), then])).toEqual(
    Object.entries(REACTIONS).map(([name, { reaction }]) => [name, reaction]),
  );
});

test("the versions are those that the adapters were made for", () => {
  const [, ...versions] = rowsOf(page).find(([what]) => what === "made for version") ?? [];
  expect(versions).toEqual([claudeDialect.madeFor, codexDialect.madeFor]);
});
