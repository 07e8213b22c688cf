import assert from "node:assert/strict";
import { test } from "node:test";
import { extremes } from "../lib/extremes.mjs";

test("the coldest and the warmest reading", () => {
  const readings = [{ celsius: 12 }, { celsius: -3 }, { celsius: 21 }, { celsius: 9 }];
  assert.deepEqual(extremes(readings), { min: -3, max: 21 });
});
