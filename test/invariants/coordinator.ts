/** The invariants of the coordinator (C1 to C6), and what the checker cannot see in its chart. */
import { WISHES_MAX } from "../../machines/coordinator.ts";
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { at, enters, eventIn, isIn, known, typesIn, whatIn } from "./moments.ts";

const wishesOf = (live: LiveActor): readonly string[] =>
  live.snapshot === null ? [] : known<CoordinatorContext>(live).wishes.map(({ taskId }) => taskId);

export const invariants: readonly Invariant[] = [
  {
    id: "C1",
    text: "at most one dispatch is in flight, and the next ranking waits for its result",
    holds: (moment) => {
      const claims = typesIn(moment, "budget").filter((type) => type === "reserve");
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
      at(moment.before) !== "running.ranking.stale" ||
      !["running.idle", "running.short"].some((rest) => isIn(moment.after, rest)),
  },
  {
    id: "C3",
    text: "outside running nothing is ranked and nothing is dispatched",
    holds: (moment) =>
      moment.after.children.has("rank") === isIn(moment.after, "running.ranking") &&
      (isIn(moment.after, "running") || !typesIn(moment, "budget").includes("reserve")),
  },
  {
    id: "C4",
    text: "a drain ends when every agent is free, or at its limit",
    holds: (moment) =>
      !enters(moment, "stopped") ||
      ["start", "drainLimit"].includes(whatIn(moment)) ||
      known<CoordinatorContext>(moment.after).draining.length === 0,
  },
  {
    id: "C5",
    text: "it rests in short with a sentence, and in today with a timer for the next day",
    holds: ({ after }) =>
      !isIn(after, "running.short") ||
      (known<CoordinatorContext>(after).reason !== null &&
        [...after.timers.keys()].some((name) => name.startsWith("newDay@")) ===
          isIn(after, "running.short.today")),
  },
  {
    id: "C6",
    text: "a wish is there once, and goes where a run has claimed its task, or where there are too many",
    holds: (moment) => {
      const ids = wishesOf(moment.after);
      const event = eventIn(moment);
      const isClaimed = (id: string): boolean =>
        event?.type === "claimed" && event["taskId"] === id;
      return (
        new Set(ids).size === ids.length &&
        ids.length <= WISHES_MAX &&
        !ids.some(isClaimed) &&
        (ids.length === WISHES_MAX ||
          wishesOf(moment.before).every((id) => ids.includes(id) || isClaimed(id)))
      );
    },
  },
];

export const facts: Facts = { waits: { stopped: "person" } };
