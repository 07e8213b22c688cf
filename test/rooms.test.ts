/** The house keeps its order: what each room may know, and how large a file may grow. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;

/** From what knows nothing to what knows all; imports point up this list, never down. */
const ROOMS = [
  "machines",
  "src/version.ts",
  "src/clock.ts",
  "src/fault.ts",
  "src/planning",
  "src/processes",
  "src/config",
  "src/store",
  "src/host",
  "src/catalog",
  "src/proof",
  "src/agents",
  "src/git",
  "src/quality",
  "src/roadmap",
  "src/watch",
  "src/supervisor",
  "src/app",
  "src/mcp",
  "src/demo",
  "src/cli",
  "src/worker",
  "src/main.ts",
];
/** Each of these sees the rooms above them, and none sees another. */
const EDGES = ["src/agents", "src/git", "src/quality", "src/roadmap", "src/watch"];

/** Packages that only some rooms may use. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  xstate: ["machines", "src/host", "src/proof", "src/app", "src/supervisor"],
  "@xstate/graph": ["src/proof"],
  "better-sqlite3": ["src/store"],
  execa: ["src/git"],
  commander: ["src/cli"],
  ws: ["src/watch"],
  "@modelcontextprotocol/server": ["src/mcp", "src/worker"],
};

const files = globSync(["machines/**/*.ts", "src/**/*.ts"], { cwd: ROOT });
const roomOf = (path: string): string =>
  ROOMS.find((room) => path === room || path.startsWith(`${room}/`)) ?? "nowhere";

interface Import {
  readonly file: string;
  readonly from: string;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const specifiers = [...text.matchAll(/^(?:import|export)[^;]*?from "([^"]+)"/gms)];
  return specifiers.map(([, from = ""]) => ({ file, from }));
}

const imports = files.flatMap(importsOf);
const isOurs = ({ from }: Import): boolean => from.startsWith(".");
const targetOf = ({ file, from }: Import): string => normalize(join(dirname(file), from));

test("every file is in a room that is on the list", () => {
  expect(files.filter((file) => roomOf(file) === "nowhere")).toEqual([]);
  expect(files.length).toBeGreaterThan(50);
});

test("imports point up the list of rooms, never down", () => {
  const down = imports.filter((each) => {
    const [from, to] = [roomOf(each.file), roomOf(targetOf(each))];
    return isOurs(each) && ROOMS.indexOf(to) > ROOMS.indexOf(from);
  });
  expect(down).toEqual([]);
});

test("no edge knows another edge", () => {
  const across = imports.filter((each) => {
    const [from, to] = [roomOf(each.file), roomOf(targetOf(each))];
    return isOurs(each) && from !== to && EDGES.includes(from) && EDGES.includes(to);
  });
  expect(across).toEqual([]);
});

test("charts import XState and each other, nothing else", () => {
  const foreign = imports
    .filter(({ file }) => roomOf(file) === "machines")
    .filter((each) =>
      isOurs(each) ? roomOf(targetOf(each)) !== "machines" : each.from !== "xstate",
    );
  expect(foreign).toEqual([]);
});

test.each(Object.entries(PACKAGES))("%s is used in its rooms alone", (name, rooms) => {
  const elsewhere = imports.filter(
    ({ file, from }) => from === name && !rooms.includes(roomOf(file)),
  );
  expect(elsewhere).toEqual([]);
});

test("only the clock says what time it is, and only the kernel reaches into XState", () => {
  const said = (word: RegExp, allowed: string): readonly string[] =>
    files.filter((file) => file !== allowed && word.test(readFileSync(join(ROOT, file), "utf8")));
  expect(said(/\bDate\.now\(|new Date\(|\bMath\.random\(/, "src/clock.ts")).toEqual([]);
  expect(said(/\._nodes|_sendInspectionEvent|\._parent/, "src/host/kernel.ts")).toEqual([]);
});

test("no source file is longer than 300 lines", () => {
  const long = files.filter(
    (file) => readFileSync(join(ROOT, file), "utf8").split("\n").length > 301,
  );
  expect(long).toEqual([]);
});
