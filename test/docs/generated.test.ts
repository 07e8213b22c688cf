/** Generated pages are as fresh as what they are generated from. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMAND, GENERATED } from "./generated.ts";
import { readPage, ROOT } from "./pages.ts";

test.each(Object.entries(GENERATED))("%s is fresh", (path, text) => {
  const found = existsSync(join(ROOT, path)) ? readPage(path) : "nothing";
  expect(found, `${path} is stale; bring it up to date with: ${COMMAND}`).toBe(text);
});

test("the command that freshens them is in package.json", () => {
  const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> };
  expect(COMMAND).toBe("npm run docs");
  expect(scripts["docs"]).toBe("node test/docs/write.ts");
});
