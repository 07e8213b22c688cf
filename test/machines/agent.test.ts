/** The agent chart, row by row: where each happening leads, and all that it asks for. */
import { describe, expect, test } from "vitest";
import { machine } from "../../machines/agent.ts";
import type { AgentEvent } from "../../machines/protocol.ts";
import { compare, gapsOf, movedBy, play, reachable, takenOf } from "../support/chart-table.ts";
import type { Rows } from "../support/chart-table.ts";
import { assignEvent, reason, runId, stage } from "./agent-stage.ts";

const LIVE = "working.(session.started lease.live)";
const SUSPECT = "working.(session.started lease.suspect)";
const STOPPING = "run stopRun, end runAgent";
const ADOPTED = "working.(session.adopted lease.live)";
const FREED = "tell coordinator agentFree";
const RELEASED = `free.idle: tell budget settle, tell task:T-1 runReleased, ${FREED}`;
const UNDONE = `free.idle: tell provider:local runEnded, tell budget settle, tell task:T-1 runFailed, ${FREED}`;
const CUT = `free.idle: tell budget settle, tell task:T-1 runFailed, ${FREED}`;
const RELEASED_RESTING = `tell budget settle, tell task:T-1 runReleased, ${FREED}, set rest 15s`;
const RESTS = `free.resting: tell budget settle, tell task:T-1 runFailed, ${FREED}, set rest`;

const rows: Rows = {
  "a new agent is free": `=> free.idle: ${FREED}`,
  "what it is assigned is prepared": "assign => preparing.going: run prepareWorktree",
  "the program is started once the worktree is prepared (A2)": [
    "assign prepared",
    `${LIVE}: tell task:T-1 runStarted, run runAgent, set lease 5m`,
  ],
  "a program that ended is collected (A3)": "work ends => collecting: run collectWork, clear lease",
  "work that was left is handed in (A1)": [
    "work ends changed",
    `free.idle: tell provider:local runEnded, tell budget settle, tell task:T-1 workFinished, ${FREED}`,
  ],
  "no change means not done (A1)": ["work ends unchanged", UNDONE],
  "a program that failed has failed, whatever it left (A1)": ["work breaks changed", UNDONE],
  "a limit releases the task, and the provider hears of it first (A5)": [
    "work limited changed",
    `free.idle: tell provider:local limitHit, tell budget settle, tell task:T-1 runReleased, ${FREED}`,
  ],
  "a missing program releases the task (A5)": [
    "work missing unchanged",
    `free.idle: tell provider:local startFailed, tell budget settle, tell task:T-1 runReleased, ${FREED}`,
  ],
  "a server that failed releases the task, and the provider hears of it as such (A5)": [
    "work overloaded unchanged",
    `free.idle: tell provider:local serverFailed, tell budget settle, tell task:T-1 runReleased, ${FREED}`,
  ],
  "an account that may not be used releases the task (A5)": [
    "work noLogin unchanged",
    `free.idle: tell provider:local accessRefused, tell budget settle, tell task:T-1 runReleased, ${FREED}`,
  ],
  "the provider hears first how full its account is": [
    "work usedUp unchanged",
    "free.idle: tell provider:local usageReported, tell provider:local limitHit, " +
      `tell budget settle, tell task:T-1 runReleased, ${FREED}`,
  ],
  "also where the work is handed in": [
    "work nearlyUsedUp changed",
    "free.idle: tell provider:local usageReported, tell provider:local runEnded, " +
      `tell budget settle, tell task:T-1 workFinished, ${FREED}`,
  ],
  "and where nothing was done": [
    "work nearlyUsedUp unchanged",
    "free.idle: tell provider:local usageReported, tell provider:local runEnded, " +
      `tell budget settle, tell task:T-1 runFailed, ${FREED}`,
  ],
  "a program that was cut off has failed, and its provider is told nothing good": [
    "work cutOff changed",
    CUT,
  ],
  "a session that is not known any more is a release (A5)": [
    "resume prepared forgets unchanged",
    RELEASED,
  ],
  "but not where it was to be a new one": ["work forgets unchanged", UNDONE],
  "a program that somebody stopped is released (A5)": ["work stops changed", RELEASED],
  "work that cannot be collected has failed, and the agent rests (A1)": [
    "work ends uncollected",
    `${RESTS} 15s`,
  ],
  "a limit whose work cannot be collected is a release still (A5)": [
    "work limited uncollected",
    `free.resting: tell provider:local limitHit, ${RELEASED_RESTING}`,
  ],
  "so is a missing program (A5)": [
    "work missing uncollected",
    `free.resting: tell provider:local startFailed, ${RELEASED_RESTING}`,
  ],
  "so is a stop that was asked for (A5)": [
    "work stop killed uncollected",
    `free.resting: ${RELEASED_RESTING}`,
  ],

  "a worktree that cannot be prepared has failed, and the agent rests (A1)": [
    "assign unprepared",
    `${RESTS} 15s`,
  ],
  "it rests twice as long the second time": [
    "assign unprepared rest assign unprepared",
    `${RESTS} 30s`,
  ],
  "and at most ten minutes": ["7*fault assign unprepared", `${RESTS} 10m`],
  "after the sixth time it is eight minutes": ["5*fault assign unprepared", `${RESTS} 8m`],
  "a worktree that was prepared ends the doubling": [
    "assign unprepared rest work ends unchanged assign unprepared",
    `${RESTS} 15s`,
  ],
  "a rested agent says that it is free": `assign unprepared rest => free.idle: ${FREED}`,
  "a resting agent takes nothing (A1)": [
    "assign unprepared assignT2",
    "free.resting: tell budget settle, tell task:T-2 runReleased",
  ],
  "a busy agent takes nothing else (A1)": `work assignT2 => ${LIVE}: tell budget settle, tell task:T-2 runReleased`,
  "nor while it prepares (A1)":
    "assign assignT2 => preparing.going: tell budget settle, tell task:T-2 runReleased",
  "nor while it collects (A1)":
    "work ends assignT2 => collecting: tell budget settle, tell task:T-2 runReleased",
  "the run in hand is assigned but once (A1)": `work ~assign => ${LIVE}`,
  "an idle agent hears no beat": "~beat ~stop => free.idle",
  "a free agent answers a drain at once": `drain => free.idle: ${FREED}`,
  "a resting agent answers a drain at once": `assign unprepared drain => free.resting: ${FREED}`,

  "a stop while preparing waits for the worktree (A3)": "assign stop => preparing.halted",
  "a drain while preparing waits for the worktree (A3)": "assign drain => preparing.halted",
  "and then no program is started (A2)": ["assign stop prepared", RELEASED],
  "nor when the worktree failed": ["assign drain unprepared", RELEASED],
  "a halted preparation is no fault": [
    "assign unprepared rest assign stop unprepared assign unprepared",
    `${RESTS} 30s`,
  ],
  "the stop of another run is none": "assign ~stopT2 => preparing.going",
  "one stop is enough": "assign stop ~stop ~drain ~beat => preparing.halted",

  "a stop ends the program and waits for it (A3)": [
    "work stop",
    `stopping.asked: ${STOPPING}, clear lease`,
  ],
  "a drain ends the program as well": `work drain => stopping.asked: ${STOPPING}, clear lease`,
  "the stop of another run ends nothing": `work ~stopT2 => ${LIVE}`,
  "a suspect is stopped as well": `misses stop => stopping.asked: ${STOPPING}, clear suspicion`,
  "an adopted program is stopped as well": [
    "work crash drain",
    "stopping.asked: run stopRun, end adoptRun, clear lease",
  ],
  "a stopped program is collected": "work stop killed => collecting: run collectWork",
  "a stop that was asked for is a release (A5)": ["work stop killed changed", RELEASED],
  "so is a drain (A5)": ["work drain killed unchanged", RELEASED],
  "a program that ended before it was stopped is handed in": [
    "work stop endedFirst changed",
    `free.idle: tell provider:local runEnded, tell budget settle, tell task:T-1 workFinished, ${FREED}`,
  ],
  "one stop of the program is enough": "work stop ~stop ~drain ~beat => stopping.asked",
  "collecting is not disturbed": "work ends ~stop ~drain ~beat => collecting",

  "a beat holds the lease for five minutes more (A4)": `work beat => ${LIVE}: set lease 5m`,
  "the beat of another run holds nothing (A4)": `work ~beatT2 => ${LIVE}`,
  "five minutes without a beat make a suspect (A4)": `misses => ${SUSPECT}: set suspicion 5m`,
  "a suspect that beats is live (A4)": `misses beat => ${LIVE}: set lease 5m, clear suspicion`,
  "the beat of another run does not clear it (A4)": `misses ~beatT2 => ${SUSPECT}`,
  "a suspect that is silent is stopped (A4)": `misses suspicion => stopping.silent: ${STOPPING}`,
  "a silent program has failed, and has not ended well": ["silent killed changed", CUT],
  "a silent program that ended well after all is handed in": [
    "silent endedFirst changed",
    `free.idle: tell provider:local runEnded, tell budget settle, tell task:T-1 workFinished, ${FREED}`,
  ],
  "a silent program at its limit is released (A5)": [
    "silent limitedFirst unchanged",
    `free.idle: tell provider:local limitHit, tell budget settle, tell task:T-1 runReleased, ${FREED}`,
  ],
  "a program that cannot be stopped is tried again in a minute":
    "silent unkilled => stuck: set stuckRetry 1m",
  "and again": "silent unkilled stuckRetry => stopping.silent: run stopRun",
  "until it is gone (A3)": "silent unkilled stuckRetry killed => collecting: run collectWork",
  "while it is stuck nothing disturbs": "silent unkilled ~stop ~drain ~beat => stuck",
  "nor while it is being stopped": "silent ~stop ~drain ~beat => stopping.silent",

  "after a crash of ours the program is adopted, not started (A2)": [
    "work crash",
    `${ADOPTED}: run adoptRun`,
  ],
  "an adopted program has its lease as before (A4)": [
    "misses crash",
    "working.(session.adopted lease.suspect): run adoptRun",
  ],
  "an adopted program that ended is collected":
    "work crash adoptedEnds => collecting: run collectWork, clear lease",
  "an adopted limit is a release (A5)": [
    "work crash adoptedLimited unchanged",
    `free.idle: tell provider:local limitHit, tell budget settle, tell task:T-1 runReleased, ${FREED}`,
  ],
  "one that cannot be adopted is ended, not started anew (A2)": [
    "work crash adoptionLost",
    "stopping.silent: run stopRun, clear lease",
  ],
  "a program of which we lost track is ended (A2)":
    "work lost => stopping.silent: run stopRun, clear lease",
};

const moving: Readonly<Record<string, readonly [way: string, moved: string]>> = {
  "free.idle": ["", "assign drain"],
  "free.resting": ["assign unprepared", "assign drain"],
  "preparing.going": ["assign", "assign drain stop"],
  "preparing.halted": ["assign stop", "assign"],
  [LIVE]: ["work", "assign beat drain stop"],
  [SUSPECT]: ["misses", "assign beat drain stop"],
  [ADOPTED]: ["work crash", "assign beat drain stop"],
  "working.(session.adopted lease.suspect)": ["misses crash", "assign beat drain stop"],
  "stopping.asked": ["work stop", "assign"],
  "stopping.silent": ["silent", "assign"],
  stuck: ["silent unkilled", "assign"],
  collecting: ["work ends", "assign"],
};

const samples: readonly AgentEvent[] = [
  assignEvent("T-1"),
  assignEvent("T-2"),
  { type: "beat", runId },
  { type: "stop", runId, reason },
  { type: "drain", reason },
];
const strangers: readonly AgentEvent[] = [
  { type: "beat", runId: "T-1.0" },
  { type: "stop", runId: "T-2.1", reason },
];

describe("an agent", () => {
  test.each(Object.entries(rows))("%s", (_title, row) => {
    const [seen, written] = compare(stage, row);
    expect(seen).toBe(written);
  });

  test("the rows take every transition and reach every state", () => {
    expect(gapsOf([stage, rows])).toEqual([]);
  });
});

describe("every state takes every event, and is moved by few", () => {
  test.each(Object.entries(moving))("%s", (state, [way, moved]) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    expect(takenOf(samples, now)).toBe("assign beat drain stop");
    expect(movedBy(samples, now)).toBe(moved);
    expect(movedBy(strangers, now)).toBe("");
    expect(takenOf([{ type: "setStatus" }, { type: "agentFree" }], now)).toBe("");
  });

  test("these are all states, and all events it knows", () => {
    const places = ["free.idle", "free.resting", "preparing.going", "preparing.halted"];
    const regions = ["session", "session.adopted", "session.started", "lease"];
    const leases = ["lease.live", "lease.suspect"];
    const inner = [...regions, ...leases].map((each) => `working.${each}`);
    const others = ["stopping.asked", "stopping.silent", "stuck", "collecting"];
    const whole = ["", "free", "preparing", "stopping", "working"];
    const all = [...places, ...inner, ...others, ...whole];
    expect(reachable(stage.subject, "nothing").toSorted()).toEqual(all.toSorted());
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual(["assign", "beat", "drain", "stop"]);
  });
});
