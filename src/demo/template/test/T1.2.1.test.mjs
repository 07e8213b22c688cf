import assert from "node:assert/strict";
import { test } from "node:test";
import { parseReadings } from "../lib/parse.mjs";

test("readings are parsed line by line", () => {
  assert.deepEqual(parseReadings("06:00 11.5\n12:00 19\n"), [
    { time: "06:00", celsius: 11.5 },
    { time: "12:00", celsius: 19 },
  ]);
});

test("a line that is no reading is refused with its number", () => {
  assert.throws(() => parseReadings("06:00 11.5\nrain\n"), /line 2/);
});
