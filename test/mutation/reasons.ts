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
    change: /(=== null \?|\?\? ("|0\b)).*->/,
    reason: "never null there: an invariant of the chart says so, and the compiler cannot know it",
  },
  {
    file: /^machines\/(agent|visitor)-setup\.ts$/,
    change:
      /^(const NO_WORK: |taskId: "",|runId: "",|provider: "",|tier: "low",|startFrom: "target",) ?/,
    reason: "a placeholder for the compiler that is never read, as its comment says",
  },
  {
    file: /^machines\//,
    change: /!== null && .*-> true$/,
    reason: "what follows is false for null as well; the comparison is for the compiler",
  },
  {
    file: /^machines\/gate\.ts$/,
    change: /only === undefined -> false/,
    reason: "what is undefined is not there in JSON, in which it is kept and sent",
  },
  {
    file: /^machines\/gate\.ts$/,
    change: /SCORE_MIN - ROUNDING -> /,
    reason: "no mean of scores can be told from its neighbours at the distance of a rounding error",
  },
  {
    file: /^machines\/provider-setup\.ts$/,
    change: /errors < BREAKER_AT -> errors <= BREAKER_AT/,
    reason: "at that count both ways of waiting come to one minute",
  },
  {
    file: /^src\/planning\/(graph|plan|route)\.ts$/,
    change: /\?\. ?\w+|\?\. -> |[!=]== undefined -> (false|true)$|\?\.\w.* -> /,
    reason: "never undefined there: it is looked up by a name that came from the same table",
  },
  {
    file: /^src\/planning\/(brief|tokens|graph)\.ts$/,
    change: /^(const fits = |encoding\.setMergeCacheSize|if \(!finished\.has\(root\)\))/,
    reason: "it only saves time: without it the same is found",
  },
  {
    file: /^src\/host\//,
    change: /^default: \|/,
    reason: "never reached: the compiler sees that all cases are there",
  },
  {
    file: /^src\/host\//,
    change:
      /(\?\? |= )(""|\[\]).* \| (""|\[\]) -> |\?\? ("interrupted"|1)\b|typeof src === "string"/,
    reason: "a default for the compiler: what stands before it is always there",
  },
  {
    file: /^src\/host\/(prospects|kernel)\.ts$/,
    change: /a < b -> a <= b/,
    reason: "no two of the sorted names are alike",
  },
  {
    file: /^src\/host\/(kernel|owner)\.ts$/,
    change: /^if \(\w+ === null\) throw new Error\(/,
    reason: "the words of a bug that no caller makes",
  },
  {
    file: /^src\/host\/kernel\.ts$/,
    change: /^const inert = /,
    reason: "XState asks for it and reads it only to tell its own inspector",
  },
  {
    file: /^src\/host\/effects\.ts$/,
    change: /^if \(handler === undefined\)/,
    reason: "never reached: only kinds that have a handler are claimed",
  },
  {
    file: /^src\/host\/effects\.ts$/,
    change: /^(const untilMs = |cancel\(\);|if \(limit <= 0\) \{)/,
    reason: "nobody reads it: a claim for none, a timer after the end, the end of our own claim",
  },
  {
    file: /^src\/host\/actor-ref\.ts$/,
    change: /byActor\.delete|all\.size === 0/,
    reason: "it only gives memory back",
  },
  {
    file: /^src\/host\/(alarm|loop)\.ts$/,
    change: /dueMs <= dueMs -> |this\.#alarm\.clear\(\);|this\.#hasWork|^if \(this\.#hasWork\)/,
    reason: "one look more or less into a store that has nothing: the next ring finds what waits",
  },
  {
    file: /^src\/host\/turn\.ts$/,
    change: /kind: "stepped", next.*"stepped" -> /,
    reason: "never read there: only the step and what it asks for are",
  },
];

/** The reason of the first rule that fits, or null. */
export function reasonOf({ file, text, original, replacement }: Survivor): string | null {
  const change = `${text} | ${original} -> ${replacement}`;
  const rule = RULES.find((each) => each.file.test(file) && each.change.test(change));
  return rule?.reason ?? null;
}
