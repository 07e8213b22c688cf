import assert from "node:assert/strict";
import { test } from "node:test";
import { report } from "../lib/report.mjs";

test("a report in one line", () => {
  const readings = [{ celsius: 10 }, { celsius: 20 }];
  assert.equal(report(readings), "10 to 20 °C, on average 15 °C (59 °F)");
});
