/** What holds of a provider after every sequence of happenings. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ProviderEvent } from "../../machines/capacity.ts";
import type { ProviderContext } from "../../machines/provider-setup.ts";
import { wander } from "../support/chart-table.ts";
import type { Moment, Play } from "../support/chart-table.ts";
import { DAY, MINUTE, reason, samples, subject } from "./provider-stage.ts";

const LEVELS = ["usable.critical", "usable.normal", "usable.warning"];
const OUT = ["cooling", "down", "faltering", "open", "probing", "unavailable"];
const STATES = [...OUT, "usable", ...LEVELS];

/** A limit may end at any time, in the past as well, or nobody knows when; so may a window. */
const events = ({ nowMs }: Play): readonly ProviderEvent[] => [
  ...samples,
  // Often, so that it is sometimes the third in a row.
  ...Array.from({ length: 12 }, () => ({ type: "serverFailed", reason }) as const),
  ...[-MINUTE, 1, 7 * MINUTE, 30 * DAY].map(
    (ms) => ({ type: "limitHit", untilMs: nowMs + ms, reason }) as const,
  ),
  ...[0.5, 0.85, 0.99].flatMap((usedRatio) =>
    [null, nowMs - 1, nowMs + 1, nowMs + DAY].map((resetsAtMs): ProviderEvent => {
      return { type: "usageReported", windows: [{ name: "five_hour", usedRatio, resetsAtMs }] };
    }),
  ),
];

const OUT_FOR_A_WHILE = ["cooling", "faltering", "open", "unavailable"];
const levelOf = (fullest: number): string =>
  fullest >= 0.95 ? "critical" : fullest >= 0.8 ? "warning" : "normal";

/** The waits that begin with a happening, in milliseconds. */
function brokenBy({ play: now, from, what }: Moment): readonly string[] {
  const { untilMs, setbacks, errors, windows } = now.context<ProviderContext>();
  const isUsable = now.at().startsWith("usable");
  const wasUsable = from.startsWith("usable");
  const [timer, ...more] = now.requests.timers;
  const isWaiting = OUT_FOR_A_WHILE.includes(now.at());
  const isLeveled = ["usable.warning", "usable.critical"].includes(now.at());
  const fullest = Math.max(0, ...windows.map(({ usedRatio }) => usedRatio));
  const dueMs = isWaiting ? (untilMs ?? 0) : Math.min(...windows.map((each) => each.resetsAtMs));
  const wrong = {
    "V1 the coordinator is woken where an answer is there":
      now.requests.messages.length !== (from === "probing" && now.at() !== "probing" ? 1 : 0),
    "V2 the way back is through probing": isUsable && !wasUsable && from !== "probing",
    "V3 it waits until the end":
      timer !== undefined && timer.delayMs !== Math.max(1_000, dueMs - now.nowMs),
    "V3 nobody waits for more than eight days": (timer?.delayMs ?? 0) > 8 * DAY || more.length > 0,
    "V3 it waits where it says so": (isWaiting || isLeveled) !== now.live.timers.size > 0,
    "V3 a run that ended well clears the setbacks":
      what === "runEnded" && wasUsable && setbacks + errors > 0,
    "V4 down is left by a recheck": from === "down" && now.at() !== "down" && what !== "recheck",
    "V5 the breaker is open from the third failure on":
      what === "serverFailed" && wasUsable && now.at() !== (errors < 3 ? "faltering" : "open"),
    "V5 failures count in usable": ["faltering", "open"].includes(now.at()) && errors === 0,
    "V6 the level is that of the fullest window":
      isUsable && now.at() !== `usable.${levelOf(fullest)}`,
    "it is asked while it is probed":
      (now.at() === "probing") !== now.live.children.has("probeProvider"),
  };
  return Object.entries(wrong).flatMap(([text, is]) => (is ? [`${text}: ${from}, ${what}`] : []));
}

test("V1 to V6 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 20, maxLength: 120, size: "max" });
  const all = new Set<string>();
  const property = fc.property(walk, (picks) => {
    const broken: string[] = [];
    const look = (moment: Moment) => broken.push(...brokenBy(moment));
    const { been } = wander(subject, picks, { events, outputs: { probeProvider: [null] }, look });
    been.forEach((each) => all.add(each));
    expect(broken).toEqual([]);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
  expect([...all].toSorted()).toEqual(STATES);
});
