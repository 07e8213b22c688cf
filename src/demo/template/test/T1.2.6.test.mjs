import assert from "node:assert/strict";
import { test } from "node:test";
import { toFahrenheit } from "../lib/units.mjs";

test("water freezes at 32 and boils at 212", () => {
  assert.equal(toFahrenheit(0), 32);
  assert.equal(toFahrenheit(100), 212);
});
