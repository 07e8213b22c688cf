/** The invariants of the coordinator (C1 to C4), what its chart is walked with, and its facts. */
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import type { CoordinatorEvent, Ranking } from "../../machines/protocol.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Samples } from "../../src/proof/checker/survey.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { at, enters, isIn, known, typesIn, whatIn } from "./moments.ts";

export const invariants: readonly Invariant[] = [
  {
    id: "C1",
    text: "at most one dispatch is in flight, and the next ranking waits for its result",
    holds: (moment) => {
      const claims = typesIn(moment, "task").filter((type) => type === "claim");
      const isSent = claims.length > 0;
      return (
        claims.length <= 1 &&
        isSent === enters(moment, "running.dispatching") &&
        (!isSent || isIn(moment.before, "running.ranking")) &&
        (!isIn(moment.after, "running.dispatching") || moment.after.children.size === 0)
      );
    },
  },
  {
    id: "C2",
    text: "a wake during a ranking is not lost: the ranking is done again",
    holds: (moment) =>
      at(moment.before) !== "running.ranking.stale" || !isIn(moment.after, "running.idle"),
  },
  {
    id: "C3",
    text: "outside running nothing is ranked and nothing is dispatched",
    holds: (moment) =>
      moment.after.children.has("rank") === isIn(moment.after, "running.ranking") &&
      (isIn(moment.after, "running") || !typesIn(moment, "task").includes("claim")),
  },
  {
    id: "C4",
    text: "a drain ends when every agent is free, or at its limit",
    holds: (moment) =>
      !enters(moment, "stopped") ||
      ["start", "drainLimit"].includes(whatIn(moment)) ||
      known<CoordinatorContext>(moment.after).draining.length === 0,
  },
];

const events: readonly CoordinatorEvent[] = [
  { type: "start" },
  { type: "stop", agents: [] },
  { type: "stop", agents: ["a-1", "a-2"] },
  { type: "wake" },
  { type: "agentFree", agentId: "a-1" },
  { type: "agentFree", agentId: "a-2" },
  { type: "claimed", taskId: "T-1" },
  { type: "claimLost", taskId: "T-1" },
];
const pick = { agentId: "a-1", provider: "local", tier: "low", rationale: "it is first" } as const;
const rankings: readonly Ranking[] = [
  { kind: "picked", taskId: "T-1", ...pick },
  { kind: "nothing", reason: "no task is ready" },
];

export const samples: Samples = {
  events: () => events,
  outputs: { rank: rankings },
};

export const facts: Facts = { samples, waits: { stopped: "person" } };
