import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("the command line reports on standard input", () => {
  const input = "06:00 10\n12:00 20\n";
  const { stdout } = spawnSync(process.execPath, ["bin/report.mjs"], { input, encoding: "utf8" });
  assert.equal(stdout, "10 to 20 °C, on average 15 °C (59 °F)\n");
});
