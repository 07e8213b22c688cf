/** What JSON would change or drop is named by its path: it would be lost by a restart. */
import { expect, test } from "vitest";
import { nonJsonPath } from "../../src/host/json.ts";

/** The deepest nesting that a context may have. */
const DEPTH_MAX = 32;

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { in: value };
  return value;
}
const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each<[string, unknown]>([
  ["null", null],
  ["a text", "text"],
  ["true", true],
  ["a number", -1.5],
  ["a list", [1, [null, "a"]]],
  ["an object", { a: { b: [] } }],
  ["nothing in it", {}],
  ["as deep as may be", nested(DEPTH_MAX + 1)],
])("%s survives", (_title, value) => {
  expect(nonJsonPath(value)).toBeNull();
});

test.each<[string, unknown, string]>([
  ["no number", Number.NaN, ""],
  ["infinity", Number.POSITIVE_INFINITY, ""],
  ["undefined", undefined, ""],
  ["a function", () => 1, ""],
  ["a big number", 1n, ""],
  ["a map", new Map(), ""],
  ["an object of a class", new URL("about:blank"), ""],
  ["the part of an object", { a: 1, b: { c: undefined } }, ".b.c"],
  ["the part of a list", { a: [1, Number.NaN] }, ".a.1"],
  ["the first of two parts", { a: 1n, b: 1n }, ".a"],
  ["a cycle", cycle, ".self".repeat(DEPTH_MAX + 1)],
  ["too deep", nested(DEPTH_MAX + 2), ".in".repeat(DEPTH_MAX + 1)],
])("%s is found", (_title, value, path) => {
  expect(nonJsonPath(value)).toBe(path);
});
