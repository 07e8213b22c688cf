/** The provider chart: when runs may be started, and how long it waits where they may not. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { machine } from "../../machines/provider.ts";
import type { ProviderContext } from "../../machines/provider.ts";
import type { ProviderEvent } from "../../machines/capacity.ts";
import { all, compare, done, elapse, failed, gapsOf, movedBy } from "../support/chart-table.ts";
import { play, reachable, say, STARTED_AT_MS, takenOf, wander } from "../support/chart-table.ts";
import type { Moment, Play, Rows, Stage } from "../support/chart-table.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const reason = "too many requests";
/** A limit that ends so many milliseconds from now. */
const limitFor = (ms: number) =>
  say<ProviderEvent>((now) => ({ type: "limitHit", untilMs: now.nowMs + ms, reason }));
const limit = say<ProviderEvent>({ type: "limitHit", untilMs: null, reason });
const answers = done("probeProvider", null);
const wait = elapse("wait");
const recovers = all(wait, answers);

const words = {
  limit,
  answers,
  wait,
  recovers,
  fails: failed("probeProvider", "agents.missing", "no such program"),
  startFails: say<ProviderEvent>({ type: "startFailed", reason: "no such file" }),
  ended: say<ProviderEvent>({ type: "runEnded" }),
  recheck: say<ProviderEvent>({ type: "recheck" }),
  limitHour: limitFor(60 * MINUTE),
  limitPast: limitFor(-60 * MINUTE),
  limit90: limitFor(90),
  limitEightDays: limitFor(8 * DAY),
  limitYear: limitFor(365 * DAY),
  minute: (now: Play) => {
    now.nowMs += MINUTE;
  },
  limitOften: all(limit, recovers),
};
const subject = { machine, actor: "provider:local", input: { name: "local" } };
const stage: Stage = { subject, words };

const WOKEN = "usable: tell coordinator wake";
const rows: Rows = {
  "at first the program itself is asked (V2)": "=> probing: run probeProvider",
  "one that answers is usable, and the coordinator hears of it": `answers => ${WOKEN}`,
  "one that does not is tried again in a minute": "fails => unavailable: set wait 1m",
  "by asking it again (V2)": "fails wait => probing: run probeProvider",
  "the second time in two minutes": "fails wait fails => unavailable: set wait 2m",
  "the sixth time in 32 minutes": [
    "fails wait fails wait fails wait fails wait fails wait fails",
    "unavailable: set wait 32m",
  ],
  "and then once an hour": [
    "fails wait fails wait fails wait fails wait fails wait fails wait fails",
    "unavailable: set wait 1h",
  ],
  "never less often": [
    "fails wait fails wait fails wait fails wait fails wait fails wait fails wait fails",
    "unavailable: set wait 1h",
  ],

  "a limit without an end cools for a minute (V3)": "answers limit => cooling: set wait 1m",
  "after it the program is asked (V2)": "answers limit wait => probing: run probeProvider",
  "the second one cools for two (V3)": "answers limitOften limit => cooling: set wait 2m",
  "the sixth one for 32 (V3)": "answers 5*limitOften limit => cooling: set wait 32m",
  "the seventh one for an hour (V3)": "answers 6*limitOften limit => cooling: set wait 1h",
  "and every other (V3)": "answers 9*limitOften limit => cooling: set wait 1h",
  "a run that ended well begins anew (V3)": [
    "answers 5*limitOften ended limit",
    "cooling: set wait 1m",
  ],
  "failed starts and limits add up (V3)": [
    "answers startFails recovers limit",
    "cooling: set wait 2m",
  ],
  "a probe that fails adds up as well (V3)": "answers limit wait fails => unavailable: set wait 2m",
  "a limit with an end cools exactly until then (V3)": "answers limitHour => cooling: set wait 1h",
  "to the millisecond above a second (V3)": [
    "answers limitHour minute limitHour",
    "cooling: set wait 1h",
  ],
  "it does not add up (V3)": [
    "answers limitHour recovers limitHour recovers limit",
    "cooling: set wait 1m",
  ],
  "an end in the past is none (V3)": "answers limitPast => cooling: set wait 1m",
  "and adds up (V3)": "answers limitPast recovers limitPast => cooling: set wait 2m",
  "one that is all but now waits a second": "answers limit90 => cooling: set wait 1s",
  "an end in eight days is believed": "answers limitEightDays => cooling: set wait 8d",
  "an end in a year is not": "answers limitYear => cooling: set wait 8d",

  "a second limit with an earlier end shortens nothing (V3)":
    "answers limitHour minute limitPast => cooling: set wait 59m",
  "a second limit without an end shortens nothing either (V3)":
    "answers limitHour limit => cooling: set wait 1h",
  "a limit counts while the program is asked (V2)":
    "limit => cooling: end probeProvider, set wait 1m",
  "a limit counts while it is unavailable": "fails limitHour => cooling: set wait 1h, clear wait",
  "a limit that is over shortens no later one": [
    "answers limitHour recovers limit",
    "cooling: set wait 1m",
  ],

  "a failed start makes it unavailable": "answers startFails => unavailable: set wait 1m",
  "a person may ask for another look (V2)":
    "answers startFails recheck => probing: run probeProvider, clear wait",
  "also while it is usable (V2)": "answers recheck => probing: run probeProvider",
  "but a limit is not asked away (V2)": "answers limit ~recheck => cooling",
  "a look is taken once": "~recheck => probing",
  "what ended before the limit revives nothing (V2)": "answers limit ~ended ~startFails => cooling",
  "nor while it is unavailable (V2)": "answers startFails ~ended ~startFails => unavailable",
  "nor while it is asked (V2)": "~ended ~startFails => probing",
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

const at = (minutes: number): number => STARTED_AT_MS + minutes * MINUTE;
test.each<[string, string, object]>([
  ["the program is asked by name", "", { given: [{ name: "local" }], name: "local" }],
  ["a limit says why and how long", "answers limitHour", { reason, untilMs: at(60), setbacks: 0 }],
  ["one without an end counts (V3)", "answers limit", { reason, untilMs: at(1), setbacks: 1 }],
  ["a failed probe says why", "fails", { reason: "no such program", untilMs: at(1), setbacks: 1 }],
  ["a failed start says why", "answers startFails", { reason: "no such file", setbacks: 1 }],
  [
    "a usable one waits for nothing",
    "fails recovers",
    { reason: null, untilMs: null, setbacks: 1 },
  ],
  ["a run that ended counts down to none (V3)", "fails recovers ended", { setbacks: 0 }],
  ["an end in a year is cut to eight days", "answers limitYear", { untilMs: at(8 * 24 * 60) }],
])("%s", (_title, script, facts) => {
  expect(play(stage, script).facts()).toMatchObject(facts);
});

// ── what each state takes ─────────────────────────────────────────────────────────────────────

const samples: readonly ProviderEvent[] = [
  { type: "limitHit", untilMs: null, reason },
  { type: "startFailed", reason },
  { type: "runEnded" },
  { type: "recheck" },
];
const places: readonly (readonly [state: string, way: string, moved: string])[] = [
  ["probing", "", "limitHit"],
  ["usable", "answers", "limitHit recheck runEnded startFailed"],
  ["cooling", "answers limit", "limitHit"],
  ["unavailable", "fails", "limitHit recheck"],
];

describe("every state takes every event, and is moved by few", () => {
  test.each(places)("%s", (state, way, moved) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    expect(takenOf(samples, now)).toBe("limitHit recheck runEnded startFailed");
    expect(movedBy(samples, now)).toBe(moved);
    expect(takenOf([{ type: "setStatus" }, { type: "wake" }], now)).toBe("");
  });

  test("these are all states, and all events it knows", () => {
    const states = ["", ...places.map(([state]) => state)].toSorted();
    expect(reachable(subject, "nothing").toSorted()).toEqual(states);
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual(samples.map(({ type }) => type).toSorted());
  });
});

test("without probing nothing is usable (V2)", () => {
  expect(reachable(subject, "probing")).toEqual(["", "cooling"]);
  expect(reachable(subject, "cooling")).toContain("usable");
});

// ── after every sequence ──────────────────────────────────────────────────────────────────────

/** A limit may end at any time, in the past as well, or nobody knows when. */
const events = ({ nowMs }: Play): readonly ProviderEvent[] => [
  ...samples,
  ...[-MINUTE, 1, 7 * MINUTE, 30 * DAY].map(
    (ms) => ({ type: "limitHit", untilMs: nowMs + ms, reason }) as const,
  ),
];

/** The waits that begin with a happening, in milliseconds. */
function brokenBy({ play: now, from, what }: Moment): readonly string[] {
  const { untilMs, setbacks } = now.context<ProviderContext>();
  const [wait, ...more] = now.requests.timers.map(({ delayMs }) => delayMs);
  const isWaiting = ["cooling", "unavailable"].includes(now.at());
  const wakes = now.requests.messages.length;
  const wrong = {
    "V1 the coordinator is woken where runs may start":
      wakes !== (now.at() === "usable" && from !== "usable" ? 1 : 0),
    "V2 the way back is through probing":
      now.at() === "usable" && !["usable", "probing"].includes(from),
    "V3 it waits until the end":
      wait !== undefined && wait !== Math.max(1_000, (untilMs ?? 0) - now.nowMs),
    "V3 nobody waits for more than eight days": (wait ?? 0) > 8 * DAY || more.length > 0,
    "V3 it waits where it says so": isWaiting !== now.live.timers.size > 0,
    "V3 a run that ended well clears the setbacks":
      what === "runEnded" && from === "usable" && setbacks > 0,
    "it is asked while it is probed":
      (now.at() === "probing") !== now.live.children.has("probeProvider"),
  };
  return Object.entries(wrong).flatMap(([text, is]) => (is ? [`${text}: ${from}, ${what}`] : []));
}

test("V1, V2 and V3 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 20, maxLength: 120, size: "max" });
  const property = fc.property(walk, (picks) => {
    const broken: string[] = [];
    const look = (moment: Moment) => broken.push(...brokenBy(moment));
    const { been } = wander(subject, picks, { events, outputs: { probeProvider: [null] }, look });
    expect(broken).toEqual([]);
    expect(been.size).toBeGreaterThan(1);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
