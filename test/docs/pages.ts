/** The pages that people read, taken apart: sections by their headings, blocks, tables, links. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = new URL("../..", import.meta.url).pathname;

/** A fenced block: its language, its text, and the line its fence stands in. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** Every page of the project, by its path from the root. */
export const pages: readonly string[] = [
  ...globSync(["*.md", "docs/**/*.md"], { cwd: ROOT }),
].toSorted((a, b) => (a < b ? -1 : 1));

export const readPage = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const HEADING = /^(#+) (.+)$/gm;
const FENCE = /^```(\w*)\n(.*?)^```$/gms;

/** The text below a heading, up to the next one of the same or a higher level. */
export function sectionOf(page: string, heading: string): string {
  const bare = withoutBlocks(page);
  const found = [...bare.matchAll(HEADING)].find(([, , words]) => words === heading);
  if (found === undefined)
    throw new Error(`no heading "${heading}" on the page; write the section`);
  const start = found.index + found[0].length;
  const level = found[1]?.length ?? 1;
  const end = bare.slice(start).search(new RegExp(`^#{1,${level}} `, "m"));
  return end < 0 ? page.slice(start) : page.slice(start, start + end);
}

/** The fenced blocks of a text, in order. */
export function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(FENCE)].map(({ 1: language = "", 2: body = "", index }) => {
    return { language, text: body, line: text.slice(0, index).split("\n").length };
  });
}

/** The rows of all tables in a text, as cells; the head and the line below it are left out. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = withoutBlocks(text).split("\n");
  return lines.flatMap((line, at) => {
    const isHead = /^\|[\s|:-]+\|$/.test(lines[at + 1] ?? "");
    const isRule = /^\|[\s|:-]+\|$/.test(line);
    return line.startsWith("|") && !isHead && !isRule ? [cellsOf(line)] : [];
  });
}

/** The words of a cell that stand in code type. */
export const codeIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** The headings of a page, without their marks. */
export const headingsOf = (page: string): readonly string[] =>
  [...withoutBlocks(page).matchAll(HEADING)].map(([, , heading = ""]) => heading);

/** Where the links of a page lead. */
export const linksOf = (page: string): readonly string[] =>
  [...withoutBlocks(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);

/** A vertical bar within a cell is written as \|. */
const cellsOf = (line: string): readonly string[] =>
  line
    .slice(1, line.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

/** The same length, so that places stay the same. */
const withoutBlocks = (page: string): string =>
  page.replaceAll(FENCE, (block) => block.replaceAll(/[^\n]/g, " "));
