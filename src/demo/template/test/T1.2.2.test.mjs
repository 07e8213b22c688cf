import assert from "node:assert/strict";
import { test } from "node:test";
import { average } from "../lib/average.mjs";

test("the average of some readings", () => {
  assert.equal(average([{ celsius: 10 }, { celsius: 20 }, { celsius: 24 }]), 18);
});

test("no readings have no average", () => {
  assert.equal(average([]), null);
});
