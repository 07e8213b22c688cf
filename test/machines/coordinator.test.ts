/** The coordinator chart: when it ranks, whom it tells, and how it drains. */
import { describe, expect, test } from "vitest";
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import { machine, WISHES_MAX } from "../../machines/coordinator.ts";
import type { CoordinatorEvent, Ranking } from "../../machines/protocol.ts";
import type { Wish } from "../../machines/wishes.ts";
import { all, compare, done, elapse, failed, gapsOf, movedBy } from "../support/chart-table.ts";
import { play, reachable, say, STARTED_AT_MS, takenOf } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";
import { proposalOf } from "../support/proposals.ts";

const send = say<CoordinatorEvent>;
const proposal = proposalOf("T-1");
const picked: Ranking = { kind: "picked", ...proposal };
const nothing: Ranking = { kind: "nothing", reason: "no task is ready", short: null };
const HOUR_MS = 60 * 60_000;
const short = (untilMs: number | null): Ranking => {
  return { ...nothing, short: { reason: "the budget has no room", untilMs } };
};
const start = send({ type: "start" });
const wish = (taskId: string, provider: string | null = null): Wish => {
  return { taskId, provider, tier: null };
};
const pick = done("rank", picked);

const words = {
  start,
  pick,
  stop: send({ type: "stop", agents: ["a-1", "a-2"] }),
  stopAlone: send({ type: "stop", agents: [] }),
  wake: send({ type: "wake" }),
  free: send({ type: "agentFree", agentId: "a-1" }),
  freeA2: send({ type: "agentFree", agentId: "a-2" }),
  freeA3: send({ type: "agentFree", agentId: "a-3" }),
  claimed: send({ type: "claimed", taskId: "T-1" }),
  lost: send({ type: "claimLost", taskId: "T-1" }),
  ask: send({ type: "dispatch", wishes: [wish("T-2"), wish("T-1")], settled: [] }),
  askAnew: send({ type: "dispatch", wishes: [wish("T-2", "codex")], settled: [] }),
  askSettled: send({ type: "dispatch", wishes: [wish("T-3")], settled: ["T-2"] }),
  askMany: send({
    type: "dispatch",
    settled: [],
    wishes: Array.from({ length: WISHES_MAX }, (_, index) => wish(`M-${index}`)),
  }),
  limit: send({ type: "limit", wipLimit: 5 }),
  unlimit: send({ type: "limit", wipLimit: null }),
  nothing: done("rank", nothing),
  shortToday: done("rank", short(STARTED_AT_MS + HOUR_MS)),
  shortTillNow: done("rank", short(STARTED_AT_MS)),
  shortForGood: done("rank", short(null)),
  newDay: elapse("newDay"),
  broken: failed("rank"),
  idle: all(start, done("rank", nothing)),
  busy: all(start, pick),
  retry: elapse("rankRetry"),
  claimLimit: elapse("claimLimit"),
  drainLimit: elapse("drainLimit"),
};
const stage: Stage = { subject: { machine, actor: "coordinator", input: {} }, words };

const FRESH = "running.ranking.fresh";
const STALE = "running.ranking.stale";
const BUSY = "running.dispatching";
const DRAIN = "tell agent:a-1 drain, tell agent:a-2 drain";
const rows: Rows = {
  "it begins stopped, and does nothing": "=> stopped",
  "nothing moves it while it is stopped (C3)": "~wake ~free ~claimed ~lost !stop => stopped",
  "once started it asks for a ranking": `start => ${FRESH}: run rank`,
  "it is started once": `start !start => ${FRESH}`,
  "the budget is asked for what is picked (C1)": [
    "start pick",
    `${BUSY}: tell budget reserve, set claimLimit 30s`,
  ],
  "it waits where there is nothing to do": "start nothing => running.idle",
  "a wake makes it look again": `idle wake => ${FRESH}: run rank`,
  "so does a free agent": `idle free => ${FRESH}: run rank`,
  "a late answer to a claim does not": "idle ~claimed ~lost => running.idle",
  "a wake during a ranking makes that stale (C2)": `start wake => ${STALE}`,
  "so does a free agent (C2)": `start free => ${STALE}`,
  "more of them change nothing (C2)": `start wake ~wake ~free => ${STALE}`,
  "a stale ranking without a pick is done again (C2)": `start wake nothing => ${FRESH}: run rank`,
  "and the new one is fresh (C2)": "start wake nothing nothing => running.idle",
  "what a stale ranking picked is dispatched, and then ranked again (C2)": [
    "start wake pick claimed",
    `${FRESH}: run rank, clear claimLimit`,
  ],
  "a wake during a dispatch is answered by the next ranking (C2)": `busy ~wake ~free => ${BUSY}`,
  "a second ranking waits for the answer (C1)": [
    "busy claimed",
    `${FRESH}: run rank, clear claimLimit`,
  ],
  "a lost claim is answered by another ranking (C1)": [
    "busy lost",
    `${FRESH}: run rank, clear claimLimit`,
  ],
  "an answer that never comes is waited for half a minute (C1)": [
    "busy claimLimit",
    `${FRESH}: run rank`,
  ],
  "a ranking that failed is tried again in five seconds":
    "start broken => running.faltering: set rankRetry 5s",
  "and no wake is needed for that (C2)": `start broken ~wake ~free retry => ${FRESH}: run rank`,
  "a stale ranking that failed as well (C2)":
    "start wake broken => running.faltering: set rankRetry 5s",

  "where the day's budget is used up it waits for the next day (C5)":
    "start shortToday => running.short.today: set newDay 1h",
  "and then looks again (C5)": `start shortToday newDay => ${FRESH}: run rank`,
  "a day that is over by now is waited for a moment all the same (C5)":
    "start shortTillNow => running.short.today: set newDay 1s",
  "a wake makes it look before that (C5)": `start shortToday wake => ${FRESH}: run rank, clear newDay`,
  "so does a free agent (C5)": `start shortToday free => ${FRESH}: run rank, clear newDay`,
  "where the day will not help it waits for a person (C5)":
    "start shortForGood => running.short.lasting",
  "or for a wake (C5)": `start shortForGood wake => ${FRESH}: run rank`,
  "or for a free agent (C5)": `start shortForGood free => ${FRESH}: run rank`,
  "a stale ranking that found no money is done again (C2)": `start wake shortToday => ${FRESH}: run rank`,
  "and so is one that found none for good (C2)": `start wake shortForGood => ${FRESH}: run rank`,
  "a stop ends that wait too (C3)": [
    "start shortToday stop",
    `draining: ${DRAIN}, set drainLimit 2m, clear newDay`,
  ],
  "a late answer to a claim does not end it":
    "start shortForGood ~claimed ~lost => running.short.lasting",

  "what is asked for makes it look (C6)": `idle ask => ${FRESH}: run rank`,
  "so does another limit": `idle limit => ${FRESH}: run rank`,
  "a ranking that knows nothing of it is done again (C6)": `start ask => ${FRESH}: run rank, end rank`,
  "and so for another limit (C6)": `start limit => ${FRESH}: run rank, end rank`,
  "also where it was stale (C6)": `start wake ask => ${FRESH}: run rank, end rank`,
  "a dispatch goes on (C6)": `busy ask limit => ${BUSY}`,
  "a ranking that failed is tried again all the same (C6)":
    "start broken ask limit => running.faltering",
  "no budget for the day is looked at again (C6)": `start shortToday ask => ${FRESH}: run rank, clear newDay`,
  "and for another limit": `start shortToday limit => ${FRESH}: run rank, clear newDay`,
  "no budget for good is looked at again (C6)": `start shortForGood ask => ${FRESH}: run rank`,
  "also for another limit": `start shortForGood limit => ${FRESH}: run rank`,
  "a claim that nobody waits for grants a wish too (C6)":
    "idle ask nothing claimed => running.idle",
  "nothing is asked of a stopped one (C3), but a limit is kept": "!ask limit => stopped",
  "nor of one that drains": "idle stop !ask limit => draining",

  "a stop drains the agents (C4)": `idle stop => draining: ${DRAIN}, set drainLimit 2m`,
  "a stop ends the ranking (C3)": `start stop => draining: ${DRAIN}, end rank, set drainLimit 2m`,
  "a stop ends the waiting for an answer (C3)": [
    "busy stop",
    `draining: ${DRAIN}, set drainLimit 2m, clear claimLimit`,
  ],
  "a stop ends the waiting for another try (C3)": [
    "start broken stop",
    `draining: ${DRAIN}, set drainLimit 2m, clear rankRetry`,
  ],
  "without agents it stops at once (C4)": "idle stopAlone => stopped",
  "one agent of two is not all (C4)": "idle stop free => draining",
  "the same one twice is not all either (C4)": "idle stop free free => draining",
  "an agent that it does not wait for counts for nothing (C4)": "idle stop freeA3 free => draining",
  "when all are free it is stopped (C4)": "idle stop free freeA2 => stopped: clear drainLimit",
  "the order does not matter (C4)": "idle stop freeA2 free => stopped: clear drainLimit",
  "after two minutes it is stopped anyway (C4)": "idle stop drainLimit => stopped",
  "nothing is dispatched while it drains (C3)": "idle stop ~wake ~claimed ~lost !stop => draining",
  "a start while it drains is not lost: a new owner may find it so after a crash": [
    "idle stop start",
    `${FRESH}: run rank, clear drainLimit`,
  ],
  "a stopped one can be started again": `idle stop drainLimit start => ${FRESH}: run rank`,
  "and drains anew (C4)": "idle stop drainLimit idle stop free => draining",
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

const drain = { type: "drain", reason: "WeatherVane is stopping" };
test.each<[string, string, object]>([
  ["the budget hears all of it", "start pick", { told: [{ type: "reserve", ...proposal }] }],
  ["what is asked for is kept in order (C6)", "idle ask", { wishes: [wish("T-2"), wish("T-1")] }],
  [
    "asked anew it goes to the end",
    "idle ask askAnew",
    { wishes: [wish("T-1"), wish("T-2", "codex")] },
  ],
  [
    "what is settled makes room (C6)",
    "idle ask askSettled",
    { wishes: [wish("T-1"), wish("T-3")] },
  ],
  ["until a run has claimed it (C6)", "idle ask pick claimed", { wishes: [wish("T-2")] }],
  [
    "also where nobody waits for that claim (C6)",
    "idle ask nothing claimed",
    { wishes: [wish("T-2")] },
  ],
  [
    "a lost claim takes nothing away (C6)",
    "idle ask pick lost",
    { wishes: [wish("T-2"), wish("T-1")] },
  ],
  ["at first it drains nobody", "", { draining: [], wishes: [], wipLimit: null }],
  ["a limit that was said is kept", "limit", { wipLimit: 5 }],
  ["until it is taken back", "limit unlimit", { wipLimit: null }],
  ["a ranking is given nothing", "start", { given: [null] }],
  ["why there is nothing to do is kept", "idle", { reason: "no task is ready" }],
  [
    "that there is no money is what people are told",
    "start shortToday",
    { reason: "the budget has no room" },
  ],
  ["until something is picked", "idle wake pick", { reason: null }],
  ["a drained agent hears why", "idle stop", { told: [drain, drain], draining: ["a-1", "a-2"] }],
  ["it counts who is free (C4)", "idle stop freeA2", { draining: ["a-1"] }],
])("%s", (_title, script, facts) => {
  expect(play(stage, script).facts()).toMatchObject(facts);
});

test("of more wishes than there is room for the newest are kept (C6)", () => {
  const { wishes } = play(stage, "idle ask askMany").facts() as unknown as CoordinatorContext;
  expect(wishes.map(({ taskId }) => taskId)).toEqual(
    Array.from({ length: WISHES_MAX }, (_, index) => `M-${index}`),
  );
});

// ── what each state takes ─────────────────────────────────────────────────────────────────────

const samples: readonly CoordinatorEvent[] = [
  { type: "start" },
  { type: "stop", agents: ["a-1"] },
  { type: "wake" },
  { type: "agentFree", agentId: "a-1" },
  { type: "claimed", taskId: "T-1" },
  { type: "claimLost", taskId: "T-1" },
  { type: "dispatch", wishes: [wish("T-1")], settled: [] },
  { type: "limit", wipLimit: 2 },
];
const always = ["agentFree", "claimLost", "claimed", "limit", "wake"];
const places: readonly (readonly [state: string, way: string, taken: string, moved: string])[] = [
  ["stopped", "", "start", "limit start"],
  ["running.idle", "idle", "dispatch stop", "agentFree dispatch limit stop wake"],
  [FRESH, "start", "dispatch stop", "agentFree dispatch limit stop wake"],
  [STALE, "start wake", "dispatch stop", "dispatch limit stop"],
  [
    "running.short.today",
    "start shortToday",
    "dispatch stop",
    "agentFree dispatch limit stop wake",
  ],
  [
    "running.short.lasting",
    "start shortForGood",
    "dispatch stop",
    "agentFree dispatch limit stop wake",
  ],
  [BUSY, "busy", "dispatch stop", "claimLost claimed dispatch limit stop"],
  ["running.faltering", "start broken", "dispatch stop", "dispatch limit stop"],
  ["draining", "idle stop", "start", "agentFree limit start"],
];

describe("no state takes more than its events", () => {
  test.each(places)("%s", (state, way, ...[taken, moved]) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    const list = [...always, ...taken.split(" ")].toSorted();
    expect(takenOf(samples, now)).toBe(list.join(" "));
    expect(movedBy(samples, now)).toBe(moved);
  });

  test("these are all states, and all events it knows", () => {
    const whole = ["", "running", "running.ranking", "running.short"];
    const states = [...places.map(([state]) => state), ...whole].toSorted();
    expect(reachable(stage.subject, "nothing").toSorted()).toEqual(states);
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual([...always, "dispatch", "start", "stop"].toSorted());
  });
});
