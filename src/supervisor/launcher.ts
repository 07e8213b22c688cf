/** How `wvo` is started again as another process, from a checkout or from a package. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Compiled files lie two folders deeper than sources, and the launcher only among these. */
const candidates = ["../wvo.js", "../../../src/wvo.js"];
const found = candidates
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path));

/** The program and its first argument; the words of the command line follow. */
export const wvoArgv = (...words: readonly string[]): readonly [string, ...string[]] => {
  if (found === undefined) throw new Error("wvo.js does not lie where it belongs");
  return [process.execPath, found, ...words];
};
