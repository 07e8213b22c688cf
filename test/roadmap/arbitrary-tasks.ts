/** Tasks as fast-check makes them up, with texts that are hard to write as YAML. */
import * as fc from "fast-check";
import type { TaskSpec } from "../../machines/protocol.ts";
import type { ExportTask } from "../../src/roadmap/drafts.ts";
import { STATUS_WORDS } from "../../src/roadmap/schema.ts";

/** Texts that YAML could take for something else. */
const AWKWARD = [
  "null",
  "~",
  "yes",
  "5",
  "0x10",
  "1e3",
  "- a",
  "? a",
  ": a",
  "a: b",
  "a #b",
  "#a",
  "&a",
  "*a",
  "!a",
  "|",
  ">",
  "%a",
  "@a",
  "`a",
  "'a",
  '"a',
  "a'",
  "[a",
  "{a",
  "a, b",
  "a]",
  "---",
  "...",
  "a:",
  " a",
  "a ",
  "\ta",
  "a\tb",
  "a\nb",
  "a\n\nb\n",
  "a\n\n",
  "\na",
  " a\nb",
  "a\n b \nc",
  "a\r\nb",
  "a\u2028b",
  "\uFEFFa",
  "\u0000",
  "\u0085",
  "\u00A0",
  "é🚀",
  "<<",
  "a\\nb",
  "---\na",
  "a\n...\nb",
];
const anyText = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 10 }),
  fc.lorem({ maxCount: 30 }),
);
const line = anyText.filter((text) => text.trim() !== "");
const word = fc.constantFrom("feature", "bug", "review", "task");
const home = fc.constantFrom<readonly [string | null, string | null]>(
  [null, null],
  ["E1", null],
  ["E1", "M1"],
  ["E1", "M9"],
  ["E9", null],
  ["E9", "M9"],
);

/** Specs of tasks that may depend on the tasks before them only. */
function anySpec(before: readonly string[]): fc.Arbitrary<TaskSpec> {
  const fields = fc.record({
    title: line,
    description: anyText,
    type: fc.oneof(word, line),
    priority: fc.constantFrom("high" as const, "medium" as const, "low" as const),
    value: fc.oneof(fc.constantFrom(1, 5, 10), fc.double({ min: 0, max: 10, noNaN: true })),
    timeCriticality: fc.integer({ min: 0, max: 10 }),
    complexity: fc.integer({ min: 1, max: 10 }),
    acceptance: fc.array(line, { maxLength: 3 }),
    lists: fc.shuffledSubarray([...before]),
    cuts: fc.tuple(fc.nat(3), fc.nat(3)),
  });
  return fc.tuple(fields, home).map(([{ lists, cuts, ...rest }, [epicId, milestoneId]]) => ({
    ...rest,
    epicId,
    milestoneId,
    dependsOn: lists.slice(0, cuts[0]),
    related: lists.slice(cuts[0], cuts[0] + cuts[1]),
    suggested: lists.slice(cuts[0] + cuts[1]),
  }));
}

/** Tasks of these ids; each depends on earlier ones only. */
export const tasksNamed = (ids: readonly string[]): fc.Arbitrary<readonly ExportTask[]> =>
  fc.tuple(
    ...ids.map((id, index) =>
      fc.record({
        id: fc.constant(id),
        status: fc.constantFrom(...STATUS_WORDS),
        spec: anySpec(ids.slice(0, index)),
      }),
    ),
  );
