/** The coordinator chart after every sequence of events: nothing is lost and nothing is done twice. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import { machine } from "../../machines/coordinator.ts";
import type { CoordinatorEvent, Ranking } from "../../machines/protocol.ts";
import { STARTED_AT_MS, wander } from "../support/chart-table.ts";
import type { Moment } from "../support/chart-table.ts";
import { proposalOf } from "../support/proposals.ts";

const picked: Ranking = { kind: "picked", ...proposalOf("T-1") };
const nothing: Ranking = { kind: "nothing", reason: "no task is ready", short: null };
const HOUR_MS = 60 * 60_000;
const short = (untilMs: number | null): Ranking => {
  return { ...nothing, short: { reason: "the budget has no room", untilMs } };
};
const subject = { machine, actor: "coordinator", input: {} };
const samples: readonly CoordinatorEvent[] = [
  { type: "start" },
  { type: "stop", agents: ["a-1"] },
  { type: "wake" },
  { type: "agentFree", agentId: "a-1" },
  { type: "claimed", taskId: "T-1" },
  { type: "claimLost", taskId: "T-1" },
  { type: "dispatch", wishes: [{ taskId: "T-1", provider: null, tier: null }], settled: [] },
  { type: "limit", wipLimit: 2 },
];
const STATES = [
  "stopped",
  "running.idle",
  "running.ranking.fresh",
  "running.ranking.stale",
  "running.short.today",
  "running.short.lasting",
  "running.dispatching",
  "running.faltering",
  "draining",
];

const RESTS = /^running\.(idle|short)/;

/** Watches that nothing is lost and nothing is done twice. */
class Watch {
  readonly broken: string[] = [];
  readonly been = new Set<string>();
  #isWoken = false;

  readonly look = ({ play: now, from, what }: Moment): void => {
    const at = now.at();
    const { messages, effects } = now.requests;
    const claims = messages.filter((each) => "event" in each && each.event.type === "reserve");
    const wasRunning = from.startsWith("running");
    this.been.add(at);
    if (effects.length > 0 || !at.startsWith("running")) this.#isWoken = false;
    else if (["wake", "agentFree", "dispatch", "limit"].includes(what) && wasRunning)
      this.#isWoken = true;
    const { draining } = now.context<CoordinatorContext>();
    const isRanking = at.startsWith("running.ranking");
    const wrong = {
      "C1 a claim waits for its answer": claims.length > 0 && at !== "running.dispatching",
      "C1 one claim at a time": claims.length > (from.startsWith("running.ranking") ? 1 : 0),
      "C1 one ranking at a time": isRanking !== now.live.children.has("rank"),
      "C2 no wake is lost": this.#isWoken && RESTS.test(at),
      "C5 who waits for a day has a timer":
        (at === "running.short.today") !== [...now.live.timers.keys()].join().includes("newDay"),
      "C3 nothing is dispatched outside running":
        !at.startsWith("running") && claims.length + effects.length > 0,
      "C4 it drains until all are free":
        at === "stopped" && from === "draining" && what === "agentFree" && draining.length > 0,
    };
    const texts = Object.entries(wrong).flatMap(([text, is]) => (is ? [text] : []));
    this.broken.push(...texts.map((text) => `${text}: ${from}, ${what}, ${at}`));
  };
}

test("C1, C2, C3, C4 and C5 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 20, maxLength: 120, size: "max" });
  const been = new Set<string>();
  const outputs = { rank: [picked, nothing, short(STARTED_AT_MS + HOUR_MS), short(null)] };
  const events = () => [...samples, { type: "agentFree", agentId: "a-2" }, { type: "wake" }];
  const property = fc.property(walk, (picks) => {
    const watch = new Watch();
    wander(subject, picks, { events, outputs, look: watch.look });
    watch.been.forEach((each) => been.add(each));
    expect(watch.broken).toEqual([]);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
  expect([...been].toSorted()).toEqual(STATES.toSorted());
});
