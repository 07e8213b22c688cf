/**
 * Why a change of the code that no test noticed is no gap: each rule is a pattern over the line as
 * it stands, the changed part and what it became. What no rule explains is listed as open.
 */
import type { Survivor } from "./report.ts";

interface Rule {
  readonly file: RegExp;
  /** Matched with `text | original -> replacement`. */
  readonly change: RegExp;
  readonly reason: string;
}

const RULES: readonly Rule[] = [
  {
    file: /^machines\//,
    change: /^(types: \{|const \w+ = setup\(\{|.* as \w+(Context|Input|Event)\b).*-> \{\}$/,
    reason: "`types` exist for the compiler alone",
  },
  {
    file: /^machines\//,
    change: /^actions: \{ tell \}.*-> \{\}$/,
    reason: "`tell` does nothing by itself: the host reads the name and the parameters",
  },
  {
    file: /^machines\//,
    change: /\?\./,
    reason: "never null there: an invariant of the chart says so, and the compiler cannot know it",
  },
  {
    file: /^machines\//,
    change: /(event\.type|\.kind) [!=]==/,
    reason: "the chart calls it for this event alone; the comparison is for the compiler",
  },
  {
    file: /^machines\//,
    change: /(=== null \?|\?\? "").*->/,
    reason: "never null there: an invariant of the chart says so, and the compiler cannot know it",
  },
];

/** The reason of the first rule that fits, or null. */
export function reasonOf({ file, text, original, replacement }: Survivor): string | null {
  const change = `${text} | ${original} -> ${replacement}`;
  const rule = RULES.find((each) => each.file.test(file) && each.change.test(change));
  return rule?.reason ?? null;
}
