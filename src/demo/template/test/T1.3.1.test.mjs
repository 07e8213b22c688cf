import assert from "node:assert/strict";
import { test } from "node:test";
import { stations } from "../lib/stations.mjs";

test("the station at the harbour is known, and the airport still is", () => {
  assert.ok(stations.includes("harbour"));
  assert.ok(stations.includes("airport"));
});
