/** The pages hold together: links lead somewhere, and nothing of one machine is in them. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { headingsOf, linksOf, pages, readPage, ROOT } from "./pages.ts";

/** A heading as a link names it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(/\s/g, "-");

function leadsNowhere(page: string, link: string): boolean {
  if (/^https?:/.test(link)) return false;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !headingsOf(readPage(target)).map(anchorOf).includes(anchor);
}

test.each(pages)("%s: links within the project lead somewhere", (page) => {
  const text = readPage(page);
  expect(linksOf(text).filter((link) => leadsNowhere(page, link))).toEqual([]);
});

test.each(pages)("%s: no path of one machine", (page) => {
  const lines = readPage(page).split("\n");
  expect(lines.filter((line) => /\/(?:work|tmp|home|root)\/(?!you\b)\w/.test(line))).toEqual([]);
});

test("the package holds every page, and all that the pages link to", () => {
  const listing = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const report = execFileSync("npm", listing, { cwd: ROOT, encoding: "utf8" });
  const packed = new Set([...report.matchAll(/"path": "([^"]+)"/g)].map(([, path = ""]) => path));
  const linked = pages.flatMap((page) =>
    linksOf(readPage(page))
      .filter((link) => !/^(https?:|#)/.test(link))
      .map((link) => normalize(join(dirname(page), link.split("#", 1)[0] ?? ""))),
  );
  const isPacked = (path: string): boolean =>
    packed.has(path) || [...packed].some((file) => path.endsWith("/") && file.startsWith(path));
  expect([...pages, ...linked].filter((path) => !isPacked(path))).toEqual([]);
});
