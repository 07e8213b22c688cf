/** The sandbox is off where nobody speaks of it, and programs in it go by their names alone. */
import { expect, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";

test.each([
  [{}, null],
  [{ sandbox: null }, null],
  [{ sandbox: {} }, { programs: [], http: false }],
  [{ sandbox: { programs: ["git", "npx", "g++-12"], http: true } }, undefined],
])("%j gives %j", (given, sandbox) => {
  expect(configSchema.parse(given).sandbox).toEqual(
    sandbox === undefined ? given.sandbox : sandbox,
  );
});

test.each(["/bin/sh", "./a", "a b", "", "-c", "a;b", "x".repeat(65), ".."])(
  "%j is no name of a program",
  (program) => {
    expect(configSchema.safeParse({ sandbox: { programs: [program] } }).success).toBe(false);
  },
);
