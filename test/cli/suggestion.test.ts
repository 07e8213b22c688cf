/** An unknown name is answered with the one that was meant, or with where all of them are. */
import { expect, test } from "vitest";
import { suggest } from "../../src/cli/suggestion.ts";

const LIST = "the list shows them";

test.each([
  ["worker-1", ["worker-01", "worker-02"], "did you mean worker-01?"],
  ["coordnator", ["coordinator", "refinery"], "did you mean coordinator?"],
  ["CLAUDE", ["claude", "codex"], "did you mean claude?"],
  ["t1", ["T1", "T2"], "did you mean T1?"],
  ["T4", ["T1", "T2", "T3"], LIST],
  ["ZZ", ["A"], LIST],
  ["nobody", ["worker-01"], LIST],
  ["anything", [], LIST],
])("%s of %j: %s", (given, known, next) => {
  expect(suggest(given, known, LIST)).toBe(next);
});
