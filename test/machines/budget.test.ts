/** The budget chart: who is granted a run, what is held back for it, and what it ends as. */
import * as fc from "fast-check";
import type { BudgetEvent } from "../../machines/bookkeeping.ts";
import { describe, expect, test } from "vitest";
import { machine } from "../../machines/budget.ts";
import type { BudgetContext } from "../../machines/budget-setup.ts";
import type { Proposal } from "../../machines/protocol.ts";
import type { Cap, Caps, Usage } from "../../machines/spending.ts";
import { compare, gapsOf, movedBy, play, reachable, say } from "../support/chart-table.ts";
import { STARTED_AT_MS, takenOf, wander } from "../support/chart-table.ts";
import type { Moment, Play, Rows, Stage } from "../support/chart-table.ts";
import { NO_CAPS, proposalOf } from "../support/proposals.ts";

/** Every run is expected to use 1,100 tokens and 2,000 millionths of a dollar. */
const ask = (taskId: string, changes: Partial<Proposal> = {}) =>
  say<BudgetEvent>({ type: "reserve", ...proposalOf(taskId), ...changes });
const capped = (scope: keyof Caps, cap: Partial<Cap>): Partial<Proposal> => ({
  caps: { ...NO_CAPS, [scope]: { tokens: null, microUsd: null, ...cap } },
});
const ends = (runId: string, usage: Usage | null) =>
  say<BudgetEvent>({ type: "settle", runId, usage });
const cheap = { inputTokens: 400, outputTokens: 100, costUsd: 0.0005 };
const dear = { inputTokens: 4_000, outputTokens: 1_000, costUsd: 0.009 };
const dearEstimate = { ...proposalOf("T-2").estimate, microUsd: null };
const HOUR_MS = 60 * 60_000;

const words = {
  ask1: ask("T-1"),
  ask2: ask("T-2"),
  ask1Elsewhere: ask("T-1", { agentId: "a-2", tier: "high" }),
  askDay: ask("T-2", capped("day", { microUsd: 4_000 })),
  askDayLess: ask("T-2", capped("day", { microUsd: 3_999 })),
  askDayTokens: ask("T-2", capped("day", { tokens: 2_200 })),
  askDayFewerTokens: ask("T-2", capped("day", { tokens: 2_199 })),
  askRoadmap: ask("T-2", capped("roadmap", { microUsd: 4_000 })),
  askRoadmapLess: ask("T-2", capped("roadmap", { microUsd: 3_999 })),
  askOwn: ask("T-2", {
    ...capped("task", { microUsd: 5_000 }),
    spentOnTask: { tokens: 9, microUsd: 3_000 },
  }),
  askOwnLess: ask("T-2", {
    ...capped("task", { microUsd: 4_999 }),
    spentOnTask: { tokens: 9, microUsd: 3_000 },
  }),
  askUnforeseen: ask("T-2", { ...capped("day", { microUsd: 1_000_000 }), estimate: dearEstimate }),
  askUnforeseenTokens: ask("T-2", {
    ...capped("day", { tokens: 1_000_000 }),
    estimate: dearEstimate,
  }),
  cheap1: ends("T-1.1", cheap),
  dear1: ends("T-1.1", dear),
  silent1: ends("T-1.1", null),
  cheap9: ends("T-9.1", cheap),
  release1: say<BudgetEvent>({ type: "release", runId: "T-1.1" }),
  release9: say<BudgetEvent>({ type: "release", runId: "T-9.1" }),
  nextDay: (now: Play) => {
    now.nowMs += 24 * HOUR_MS;
  },
  dayBefore: (now: Play) => {
    now.nowMs -= 24 * HOUR_MS;
  },
};
const stage: Stage = { subject: { machine, actor: "budget", input: {} }, words };

const CLAIM1 = "open: tell task:T-1 claim";
const CLAIM2 = "open: tell task:T-2 claim";
const LOST = "open: tell coordinator claimLost";
const rows: Rows = {
  "it begins with nothing": "=> open",
  "without a cap every run is granted": `ask1 => ${CLAIM1}`,
  "also beside another": `ask1 ask2 => ${CLAIM2}`,
  "who asks again gets the same claim again (B2)": `ask1 ask1Elsewhere => ${CLAIM1}`,

  "what is reserved counts for the day (B1)": `ask1 askDay => ${CLAIM2}`,
  "and not a millionth more is granted (B1)": `ask1 askDayLess => ${LOST}`,
  "tokens count as money does (B1)": `ask1 askDayTokens => ${CLAIM2}`,
  "to the last of them (B1)": `ask1 askDayFewerTokens => ${LOST}`,
  "so it is for the whole roadmap (B1)": `ask1 askRoadmap => ${CLAIM2}`,
  "to the last millionth (B1)": `ask1 askRoadmapLess => ${LOST}`,
  "a task has a cap of its own (B1)": `askOwn => ${CLAIM2}`,
  "in which others do not count (B1)": `ask1 askOwn => ${CLAIM2}`,
  "but what it has spent does (B1)": `askOwnLess => ${LOST}`,
  "what costs nobody knows how much fits no cap in money (B1)": `askUnforeseen => ${LOST}`,
  "but one in tokens (B1)": `askUnforeseenTokens => ${CLAIM2}`,

  "a run that ended leaves a receipt (B2)": "ask1 cheap1 => open: start receipt:T-1.1",
  "also one that cost too much: nobody is stopped (B3)": "ask1 dear1 => open: start receipt:T-1.1",
  "it ends once (B2)": "ask1 cheap1 ~cheap1 => open",
  "a run that nothing was reserved for is not settled (B2)": "~cheap9 => open",
  "what was used counts instead of what was reserved (B1)": `ask1 cheap1 askDayTokens => ${CLAIM2}`,
  "less makes room (B1)": `ask1 cheap1 askDayLess => ${CLAIM2}`,
  "more takes it (B1)": `ask1 dear1 askDay => ${LOST}`,
  "the estimate counts where nothing was told (B1)": `ask1 silent1 askDayLess => ${LOST}`,
  "a claim that was lost makes room (B2)": `ask1 release1 askDayLess => ${CLAIM2}`,
  "a release of nothing is nothing (B2)": "~release9 => open",
  "a released run can be asked for again (B2)": `ask1 release1 ask1 => ${CLAIM1}`,

  "the next day begins with nothing spent (B4)": `ask1 dear1 nextDay askDay => ${CLAIM2}`,
  "but with what is reserved (B4)": `ask1 nextDay askDayLess => ${LOST}`,
  "the roadmap's total goes on (B4)": `ask1 dear1 nextDay askRoadmap => ${LOST}`,
  "a run counts on the day on which it ends (B4)": `ask1 nextDay dear1 askDay => ${LOST}`,
  "a clock that goes back brings no day again (B4)": `ask1 nextDay dear1 dayBefore askDay => ${LOST}`,
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

const { agentId, provider, tier, rationale, estimate } = proposalOf("T-1");
const dispatch = { agentId, provider, tier, rationale, estimate };
test.each<[string, string, object]>([
  [
    "the claim says which run, who, how and why",
    "ask1",
    { told: [{ type: "claim", runId: "T-1.1", ...dispatch }] },
  ],
  [
    "asked for again, it is the first dispatch (B2)",
    "ask1 ask1Elsewhere",
    { told: [{ type: "claim", runId: "T-1.1", ...dispatch }] },
  ],
  ["who loses hears for which task", "ask1 askDayLess", { told: [{ taskId: "T-2" }] }],
  [
    "what is held back is known with its time",
    "ask1",
    { reservations: [{ runId: "T-1.1", taskId: "T-1", reservedAtMs: STARTED_AT_MS, ...dispatch }] },
  ],
  [
    "the receipt is given estimate and usage",
    "ask1 cheap1",
    {
      told: [{ runId: "T-1.1", taskId: "T-1", provider, tier, estimate, usage: cheap }],
      reservations: [],
      spent: { tokens: 500, microUsd: 500 },
      spentToday: { tokens: 500, microUsd: 500 },
    },
  ],
  ["the estimate counts for a silent one", "ask1 silent1", { spent: { microUsd: 2_000 } }],
  [
    "days are told apart (B4)",
    "ask1 ask2 cheap1 nextDay ask1 cheap1",
    { spent: { tokens: 1_000 }, spentToday: { tokens: 500 } },
  ],
])("%s", (_title, script, facts) => {
  expect(play(stage, script).facts()).toMatchObject(facts);
});

// ── what it takes ─────────────────────────────────────────────────────────────────────────────

const samples: readonly BudgetEvent[] = [
  { type: "reserve", ...proposalOf("T-1") },
  { type: "settle", runId: "T-1.1", usage: null },
  { type: "release", runId: "T-1.1" },
];

describe("it takes its events and no other", () => {
  test.each([
    ["ask1", "release reserve settle", "release reserve settle"],
    ["", "release reserve settle", "reserve"],
  ])("after %j", (way, taken, moved) => {
    const now = play(stage, way);
    expect(takenOf(samples, now)).toBe(taken);
    expect(movedBy(samples, now)).toBe(moved);
    expect(takenOf([{ type: "stop" }, { type: "setTotal" }], now)).toBe("");
  });

  test("these are all states, and all events it knows", () => {
    expect(reachable(stage.subject, "nothing").toSorted()).toEqual(["", "open"]);
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual(["release", "reserve", "settle"]);
  });
});

// ── after every sequence ──────────────────────────────────────────────────────────────────────

const CAP = { tokens: 5_000, microUsd: 6_000 };
const usages = [cheap, dear, null, { inputTokens: 0, outputTokens: 0, costUsd: 0 }];

/** Keeps the money by hand. */
class Purse {
  readonly broken: string[] = [];
  readonly #held = new Map<string, number>();
  #spent = 0;
  #granted = 0;

  readonly events = (now: Play): readonly BudgetEvent[] => {
    const { reservations } = now.context<BudgetContext>();
    const open = reservations.map(({ runId }) => runId);
    return [
      ...["T-1", "T-2", "T-3"].map((taskId): BudgetEvent => {
        const caps = { ...NO_CAPS, roadmap: CAP };
        return { type: "reserve", ...proposalOf(taskId, this.#granted), caps };
      }),
      ...open.flatMap((runId) =>
        usages.map((usage) => ({ type: "settle", runId, usage }) as const),
      ),
      ...open.map((runId) => ({ type: "release", runId }) as const),
    ];
  };

  readonly look = ({ play: now, event }: Moment): void => {
    const { reservations, spent } = now.context<BudgetContext>();
    const told = event as BudgetEvent;
    const { messages } = now.requests;
    const isGranted = messages.some((each) => "event" in each && each.event.type === "claim");
    const isNew = isGranted && told.type === "reserve" && !this.#held.has(told.runId);
    const due = this.#spent + [...this.#held.values()].reduce((sum, each) => sum + each, 0);
    if (isNew) {
      this.#held.set(told.runId, 2_000);
      this.#granted += 1;
      if (due + 2_000 > CAP.microUsd) this.broken.push(`B1 granted beyond the cap: ${due}`);
    }
    if (told.type === "settle") {
      const costUsd = told.usage === null ? 0.002 : (told.usage.costUsd ?? 0);
      this.#spent += Math.round(costUsd * 1_000_000);
      const receipts = messages.filter((each) => "start" in each);
      if (receipts.length !== 1) this.broken.push("B2 a settled run has one receipt");
    }
    if (told.type !== "reserve") this.#held.delete(told.runId);
    const isHeld = reservations.map(({ runId }) => runId).join() === [...this.#held.keys()].join();
    if (!isHeld) this.broken.push("B2 what is held back is what was granted");
    if (spent.microUsd !== this.#spent) this.broken.push("B4 the total is what was settled");
  };
}

test("B1, B2 and B4 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 20, maxLength: 100, size: "max" });
  const property = fc.property(walk, (picks) => {
    const purse = new Purse();
    const { events, look } = purse;
    wander(stage.subject, picks, { events, look });
    expect(purse.broken).toEqual([]);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
