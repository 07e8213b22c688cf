#!/usr/bin/env node
// Starts WeatherVane where it can, and says exactly what is missing where it cannot. Plain
// JavaScript in old words, so that an old Node reads it too.
import { existsSync } from "node:fs";

const NODE_MAJOR_MIN = 24;
const { node: version } = process.versions;

if (Number(version.split(".")[0]) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `wvo: found Node ${version} (${process.execPath}); expected Node ${NODE_MAJOR_MIN} or newer. ` +
      "Next: install it and put it first in PATH; in a checkout, npm run -s wvo -- ARGS uses the " +
      "pinned one\n",
  );
  process.exitCode = 1;
} else {
  // A checkout runs its sources, a package what was compiled from them.
  const source = new URL("./main.ts", import.meta.url);
  const compiled = new URL("../dist/src/main.js", import.meta.url);
  const { main } = await import(existsSync(source) ? source.href : compiled.href);
  await main(process.argv);
}
