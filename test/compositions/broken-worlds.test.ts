/** Every law can break: with one thing changed in one chart, or in the world, it is seen to. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { violationText } from "../../src/proof/checker/explore.ts";
import type { Violation } from "../../src/proof/checker/explore.ts";
import { planNext } from "../../src/planning/plan.ts";
import { changed } from "../invariants/changed.ts";
import { laws } from "./laws.ts";
import { explore } from "./life.ts";
import { begin, settingOf } from "./setting.ts";
import type { Size } from "./setting.ts";

interface Break {
  readonly law: string;
  readonly chart: string;
  readonly path: string;
  readonly value: unknown;
  /** Happenings on the shortest way to it, `wvo run` included. */
  readonly steps: number;
  readonly luck?: number;
}

const LANDING = "states.landing.states.step.states.moving";
const STARTED = "states.working.states.session.states.started";
const restart = { guard: "wasInterrupted", target: "started", reenter: true };
const again = { target: "moving", reenter: true };
interface Enqueued {
  readonly event: { readonly mergeId: string };
}
const turnForAll = {
  settled: { guard: "hasTurn", target: "choosing", actions: "leave" },
  enqueue: {
    actions: [
      "join",
      {
        type: "tell",
        params: ({ event }: Enqueued) => ({ to: event.mergeId, event: { type: "takeTurn" } }),
      },
    ],
  },
};
const onlyTell = {
  type: "tell",
  params: ({ context }: { readonly context: { readonly id: string } }) => ({
    to: "coordinator",
    event: { type: "agentFree", agentId: context.id },
  }),
};
const deaf = { wake: {}, agentFree: {} };
const IDLE = "states.running.states.idle.on";

const breaks: readonly Break[] = [
  { law: "W1", chart: "agent", path: "states.free.entry", value: [onlyTell], steps: 5 },
  { law: "W2", chart: "agent", path: `${STARTED}.invoke.onError.0`, value: restart, steps: 6 },
  { law: "W4", chart: "refinery", path: "states.busy.on", value: turnForAll, steps: 13, luck: 0 },
  {
    law: "W5",
    chart: "task",
    path: "states.active.states.working.on.workFinished.target",
    value: "#task.gate.merging",
    steps: 12,
  },
  {
    law: "W6",
    chart: "agent",
    path: "states.working.on.drain.target",
    value: "collecting",
    steps: 6,
  },
  { law: "W7", chart: "gate", path: "states.failed.entry", value: [], steps: 8 },
  { law: "W8", chart: "coordinator", path: IDLE, value: deaf, steps: 3 },
  {
    law: "W9",
    chart: "task",
    path: "states.active.on.runReleased.guard",
    value: "hasBlockers",
    steps: 6,
  },
  {
    law: "W10",
    chart: "merge-request",
    path: `${LANDING}.invoke.onError`,
    value: again,
    steps: 12,
  },
  { law: "W11", chart: "coordinator", path: "guards.isDrained", value: () => true, steps: 5 },
  { law: "W12", chart: "budget", path: "states.open.on.settle.0.actions", value: [], steps: 5 },
  { law: "L1", chart: "provider", path: "states.cooling.after", value: {}, steps: 6 },
];

const WORLDS_MAX = 4_000;
/** Seconds on an idle machine; another that is busy may take many times as long. */
const TIME_LIMIT_MS = 5 * 60_000;

/** The shortest way to a world in which one law is broken. */
function violationOf(only: string, size: Partial<Size>): Violation {
  const setting = settingOf({ tasks: 2, agents: 2, luck: 1, ...size });
  const [violation] = explore(setting, begin(setting), { worldsMax: WORLDS_MAX, only }).violations;
  return violation ?? { broken: `${only} holds`, path: [] };
}

const changedIn = ({ chart, path, value }: Break) =>
  catalog.map((each) =>
    each.name === chart ? { ...each, machine: changed(each.machine, path, value) } : each,
  );

test.each(breaks)(
  "$law breaks when $path of the $chart is changed",
  (each) => {
    const violation = violationOf(each.law, { charts: changedIn(each), luck: each.luck ?? 1 });
    expect(violation.path.length, violationText(violation)).toBe(each.steps);
  },
  TIME_LIMIT_MS,
);

test("W3 breaks when the ranking does not look at what runs already", () => {
  const rank: Size["rank"] = (view) => planNext({ ...view, running: 0 });
  expect(violationText(violationOf("W3", { wipLimit: 1, rank, luck: 0 }))).toBe(
    `W3: no more tasks run than the WIP limit says
    1  wvo run begins
    2  rank of coordinator picks nothing: coordinator running.ranking.fresh -> running.idle
    3  probeProvider of provider:local is done: provider:local probing -> usable.normal, coordinator running.idle -> running.ranking.fresh
    4  rank of coordinator picks T-1: coordinator running.ranking.fresh -> running.dispatching, task:T-1 backlog.ready -> active.claimed, coordinator running.dispatching -> running.ranking.fresh, agent:worker-01 free.idle -> preparing.going
    5  rank of coordinator picks T-2: coordinator running.ranking.fresh -> running.dispatching, task:T-2 backlog.ready -> active.claimed, coordinator running.dispatching -> running.ranking.fresh, agent:worker-02 free.idle -> preparing.going`,
  );
});

test("every law is broken once on purpose", () => {
  const broken = new Set(["W3", ...breaks.map(({ law }) => law)]);
  expect(laws.filter(({ id }) => !broken.has(id))).toEqual([]);
});

describe("the laws need the order that the host promises", () => {
  test("where a turn's messages overtake the inbox, the refinery is busy for ever", () => {
    const violation = violationOf("W4", { tasks: 1, agents: 1, delivery: "hasty" });
    expect(violation.path.slice(-5)).toEqual([
      "task:T-1 gets gatePassed of gate:T-1.1, alone: task:T-1 gate.checking -> gate.merging",
      "cancel to task:T-1: task:T-1 gate.merging -> gate.withdrawing",
      "merge-request:T-1.1 gets start of task:T-1, alone: merge-request:T-1.1 begins",
      "merge-request:T-1.1 gets withdraw of task:T-1: merge-request:T-1.1 queued -> withdrawn, task:T-1 gate.withdrawing -> cancelled",
      "refinery gets enqueue of merge-request:T-1.1: refinery empty -> busy",
    ]);
  });

  test("where one sender's messages to two receivers change places, a wake is lost", () => {
    const violation = violationOf("L1", { agents: 1, luck: 0, delivery: "scattered" });
    expect(violation.broken).toContain("task:T-2 is backlog.ready");
    expect(violation.path.at(-1)).toBe("coordinator gets agentFree of agent:worker-01, alone");
  });
});
