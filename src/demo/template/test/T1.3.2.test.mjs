import assert from "node:assert/strict";
import { test } from "node:test";
import { stations } from "../lib/stations.mjs";

test("the station at the summit is known, and the airport still is", () => {
  assert.ok(stations.includes("summit"));
  assert.ok(stations.includes("airport"));
});
