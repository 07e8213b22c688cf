/**
 * The end of a run as its chart is told it. It stands in snapshots until the run is reported, and
 * what was found goes on into the next brief, so that lists and texts are kept short.
 */
import type { Finding } from "../../machines/chart.ts";
import type { UsageWindow } from "../../machines/capacity.ts";
import type { RunExit } from "../../machines/protocol.ts";
import type { LimitWindow } from "./verdict.ts";

/** Of one run; the rest repeats itself. */
const FINDINGS_MAX = 20;
const FINDING_CHARS_MAX = 300;
/** No account has more than a handful. */
const WINDOWS_MAX = 10;

/** An end with the little that every program tells; `command` has no more. */
export function plainExit(told: Pick<RunExit, "outcome" | "detail"> & Partial<RunExit>): RunExit {
  const nothing = { retryAtMs: null, usage: null, findings: [], session: null, windows: [] };
  return { errorClass: null, ...nothing, ...told };
}

/** Each finding once, and the beginning of its text. */
export function briefFindings(findings: readonly Finding[]): readonly Finding[] {
  const short = findings.map(({ source, text, ...more }) => {
    return { ...more, source, text: text.slice(0, FINDING_CHARS_MAX).toWellFormed() };
  });
  const seen = new Map(short.map((each) => [`${each.source}: ${each.text}`, each]));
  return [...seen.values()].slice(0, FINDINGS_MAX);
}

/** Where only a word was told of a window, this is how full it is taken to be. */
const RATIOS: ReadonlyMap<string, number> = new Map([
  ["allowed_warning", 0.8],
  ["rejected", 1],
]);

/** The windows of which it is known how full they are. */
export function knownWindows(windows: readonly LimitWindow[]): readonly UsageWindow[] {
  const known = windows.flatMap(({ name, usedRatio, resetsAtMs, status }) => {
    const ratio = usedRatio ?? RATIOS.get(status);
    return ratio === undefined ? [] : [{ name, usedRatio: ratio, resetsAtMs }];
  });
  return known.slice(0, WINDOWS_MAX);
}
