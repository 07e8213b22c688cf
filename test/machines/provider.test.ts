/** The provider chart: when runs may be started, and how long it waits where they may not. */
import { describe, expect, test } from "vitest";
import { machine } from "../../machines/provider.ts";
import type { ProviderContext } from "../../machines/provider-setup.ts";
import { compare, gapsOf, movedBy, play } from "../support/chart-table.ts";
import { reachable, STARTED_AT_MS, takenOf } from "../support/chart-table.ts";
import type { Rows } from "../support/chart-table.ts";
import { MINUTE, reason, samples, stage, subject } from "./provider-stage.ts";

const TOLD = "tell coordinator wake";
const WOKEN = `usable.normal: ${TOLD}`;
const rows: Rows = {
  "at first the program itself is asked (V2)": "=> probing: run probeProvider",
  "one that answers is usable, and the coordinator hears of the answer (V1)": `answers => ${WOKEN}`,
  "one that does not is tried again in a minute": `fails => unavailable: ${TOLD}, set wait 1m`,
  "by asking it again (V2)": "fails wait => probing: run probeProvider",
  "the second time in two minutes": `fails wait fails => unavailable: ${TOLD}, set wait 2m`,
  "the sixth time in 32 minutes": [
    "fails wait fails wait fails wait fails wait fails wait fails",
    `unavailable: ${TOLD}, set wait 32m`,
  ],
  "and then once an hour": [
    "fails wait fails wait fails wait fails wait fails wait fails wait fails",
    `unavailable: ${TOLD}, set wait 1h`,
  ],
  "never less often": [
    "fails wait fails wait fails wait fails wait fails wait fails wait fails wait fails",
    `unavailable: ${TOLD}, set wait 1h`,
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
  "a probe that fails adds up as well (V3)": `answers limit wait fails => unavailable: ${TOLD}, set wait 2m`,
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
  "one that ends soon is believed (V3)": "answers limitSoon => cooling: set wait 2s",
  "and so is the second one (V3)": "answers soonOften limitSoon => cooling: set wait 2s",
  "the third one in a row is not (V3)": "answers 2*soonOften limitSoon => cooling: set wait 1m",
  "nor the next one, for longer (V3)": "answers 3*soonOften limitSoon => cooling: set wait 2m",
  "never for more than an hour (V3)": "answers 20*soonOften limitSoon => cooling: set wait 1h",
  "a run that ended well makes it believed again (V3)": [
    "answers 3*soonOften ended limitSoon",
    "cooling: set wait 2s",
  ],
  "runs that are refused at once are one setback (V3)": [
    "answers limitSoon limitSoon limitSoon limitSoon recovers limitSoon",
    "cooling: set wait 2s",
  ],
  "a limit that ends later is believed after all of them (V3)": [
    "answers 9*soonOften limitHour",
    "cooling: set wait 1h",
  ],
  "an end in eight days is believed": "answers limitEightDays => cooling: set wait 8d",
  "an end in a year is not": "answers limitYear => cooling: set wait 8d",

  "a second limit with an earlier end shortens nothing (V3)":
    "answers limitHour minute limitPast => cooling: set wait 59m",
  "a second limit without an end shortens nothing either (V3)":
    "answers limitHour limit => cooling: set wait 1h",
  "a limit counts while the program is asked (V2)": `limit => cooling: ${TOLD}, end probeProvider, set wait 1m`,
  "a limit counts while it is unavailable": "fails limitHour => cooling: set wait 1h, clear wait",
  "a limit that is over shortens no later one": [
    "answers limitHour recovers limit",
    "cooling: set wait 1m",
  ],

  "a failed start makes it unavailable": "answers startFails => unavailable: set wait 1m",
  "a person may ask for another look (V2)":
    "answers startFails recheck => probing: run probeProvider, clear wait",
  "also while it is usable (V2)": "answers recheck => probing: run probeProvider",
  "also where it was limited: who asks knows better (V2)":
    "answers limitEightDays recheck => probing: run probeProvider, clear wait",
  "a look is taken once": "~recheck => probing",
  "and a limit that was asked away shortens no later one": [
    "answers limitHour recheck limit",
    `cooling: ${TOLD}, end probeProvider, set wait 1m`,
  ],
  "what ended before the limit revives nothing (V2)": [
    "answers limit ~ended ~startFails ~serverFails",
    "cooling",
  ],
  "nor while it is unavailable (V2)":
    "answers startFails ~ended ~startFails ~serverFails => unavailable",
  "nor while it is asked (V2)": "~ended ~startFails ~serverFails => probing",

  "a server that failed is left alone for a moment (V5)":
    "answers serverFails => faltering: set wait 15s",
  "and then the program is asked (V2)": "answers serverFails wait => probing: run probeProvider",
  "the second time in a row twice as long (V5)": [
    "answers serverFailsOften serverFails",
    "faltering: set wait 30s",
  ],
  "the third time the breaker opens (V5)": [
    "answers 2*serverFailsOften serverFails",
    "open: set wait 1m",
  ],
  "an open one asks the program too (V2)": [
    "answers 2*serverFailsOften serverFails wait",
    "probing: run probeProvider",
  ],
  "one failure after that opens it again, for twice as long (V5)": [
    "answers 3*serverFailsOften serverFails",
    "open: set wait 2m",
  ],
  "for an hour at most (V5)": ["answers 12*serverFailsOften serverFails", "open: set wait 1h"],
  "a run that ended begins the row anew (V5)": [
    "answers 2*serverFailsOften ended serverFails",
    "faltering: set wait 15s",
  ],
  "an outage that ends three runs at once is one failure (V5)": [
    "answers serverFails ~serverFails ~serverFails ~ended",
    "faltering",
  ],
  "a late run does not close the breaker (V2)": [
    "answers 2*serverFailsOften serverFails ~ended ~serverFails",
    "open",
  ],
  "a limit counts while the server falters": [
    "answers serverFails limitHour",
    "cooling: set wait 1h, clear wait",
  ],
  "a person may ask an open one (V2)": [
    "answers 2*serverFailsOften serverFails recheck",
    "probing: run probeProvider, clear wait",
  ],

  "without access it is down, and nothing is waited for (V4)": "answers refused => down",
  "also where the program itself says that it is logged out (V4)": `loggedOut => down: ${TOLD}`,
  "nothing that a run tells brings it back (V4)": [
    "answers refused ~ended ~startFails ~serverFails ~limitHour ~refused",
    "down",
  ],
  "nor how full its account is (V4)": "answers refused used95 => down",
  "only a person does, and the program is asked (V4)": [
    "answers refused recheck",
    "probing: run probeProvider",
  ],
  "a refusal counts while it cools": "answers limitHour refused => down: clear wait",
  "a refusal of an earlier run undoes no recheck": "answers refused recheck ~refused => probing",

  "below 80 % all is normal (V6)": "answers used79 => usable.normal",
  "from 80 % on it is a warning (V6)": "answers used80 => usable.warning: set windowEnd 1h",
  "from 95 % on it is critical (V6)": "answers used95 => usable.critical: set windowEnd 1h",
  "less is told: it is normal again (V6)": [
    "answers used95 used79",
    "usable.normal: clear windowEnd",
  ],
  "a level ends with its window (V6)": "answers used95 windowEnds => usable.normal",
  "a warning too (V6)": "answers used80 windowEnds => usable.normal",
  "where another window is full its level counts (V6)": [
    "answers usedBoth windowEnds",
    "usable.warning: set windowEnd 71h",
  ],
  "the fullest window counts, whatever was told of others (V6)": [
    "answers usedWeek used79",
    "usable.critical: set windowEnd 1h",
  ],
  "a window without an end is believed for an hour (V6)": [
    "answers used90Untold",
    "usable.warning: set windowEnd 1h",
  ],
  "an end in a year is cut to eight days (V6)": [
    "answers usedYear",
    "usable.warning: set windowEnd 8d",
  ],
  "a window that is over says nothing (V6)": "answers usedOver => usable.normal",
  "what was told while it was out counts afterwards (V6)": [
    "answers serverFails used95 recovers",
    "usable.critical: tell coordinator wake, set windowEnd 3585s",
  ],
  "unless the window has ended (V6)": `answers limitEightDays used95 recovers => ${WOKEN}`,
  "a critical one takes runs still (V1)": "answers used95 ended => usable.critical",
  "and falters as any other": [
    "answers used95 serverFails",
    "faltering: set wait 15s, clear windowEnd",
  ],
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

const at = (minutes: number): number => STARTED_AT_MS + minutes * MINUTE;
test("only so many windows are kept, the newest", () => {
  const { windows } = play(stage, "answers usedMany").context<ProviderContext>();
  expect(windows.map(({ name }) => name).join(" ")).toBe("w2 w3 w4 w5 w6 w7 w8 w9 w10 w11");
});

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
  ["a recheck begins without the old reason", "answers refused recheck", { reason: null }],
  ["a refusal says why", "answers refused", { reason: "no credit", untilMs: null }],
  ["a logout says why", "loggedOut", { reason: "no login", untilMs: null }],
  ["failures of the server are counted", "answers serverFails", { errors: 1, setbacks: 0 }],
  ["until a run ends (V5)", "answers serverFailsOften ended", { errors: 0 }],
  [
    "a failure of the server says why, and until when",
    "answers serverFails",
    { reason: "overloaded", untilMs: at(0.25) },
  ],
  [
    "windows are kept by their names",
    "answers usedWeek used79 used80",
    {
      windows: [
        { name: "seven_day", usedRatio: 0.96, resetsAtMs: at(7 * 24 * 60) },
        { name: "five_hour", usedRatio: 0.8, resetsAtMs: at(60) },
      ],
    },
  ],
  ["a run that ended counts down to none (V3)", "fails recovers ended", { setbacks: 0 }],
  ["an end in a year is cut to eight days", "answers limitYear", { untilMs: at(8 * 24 * 60) }],
])("%s", (_title, script, facts) => {
  expect(play(stage, script).facts()).toMatchObject(facts);
});

// ── what each state takes ─────────────────────────────────────────────────────────────────────

const ALL = "accessRefused limitHit recheck runEnded serverFailed startFailed usageReported";
const OUT = "accessRefused limitHit recheck usageReported";
const places: readonly (readonly [state: string, way: string, moved: string])[] = [
  ["probing", "", "limitHit usageReported"],
  ["usable.normal", "answers", ALL],
  ["usable.warning", "answers used80", ALL],
  ["usable.critical", "answers used95", ALL],
  ["cooling", "answers limit", OUT],
  ["faltering", "answers serverFails", OUT],
  ["open", "answers 2*serverFailsOften serverFails", OUT],
  ["unavailable", "fails", OUT],
  ["down", "loggedOut", "recheck usageReported"],
];

describe("every state takes every event, and is moved by few", () => {
  test.each(places)("%s", (state, way, moved) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    expect(takenOf(samples, now)).toBe(ALL);
    expect(movedBy(samples, now)).toBe(moved);
    expect(takenOf([{ type: "setStatus" }, { type: "wake" }], now)).toBe("");
  });

  test("these are all states, and all events it knows", () => {
    const states = ["", "usable", ...places.map(([state]) => state)].toSorted();
    expect(reachable(subject, "nothing").toSorted()).toEqual(states);
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual(samples.map(({ type }) => type).toSorted());
  });
});

test("without probing nothing is usable (V2)", () => {
  expect(reachable(subject, "probing")).toEqual(["", "cooling", "down"]);
  expect(reachable(subject, "cooling")).toContain("usable");
});
