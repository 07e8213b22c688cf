/** The invariants of the refinery (R1 to R4). */
import type { RefineryContext } from "../../machines/refinery.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, eventIn, isIn, known, whatIn } from "./moments.ts";

const NOBODY: RefineryContext = { queue: [], reservations: [] };
const was = ({ before }: Moment): RefineryContext =>
  known<RefineryContext | undefined>(before) ?? NOBODY;
const is = ({ after }: Moment): RefineryContext => known<RefineryContext>(after);

/** Who has the turn: the first of the queue, in `busy` alone. */
const holderOf = (live: Moment["after"], { queue }: RefineryContext): string | undefined =>
  at(live) === "busy" ? queue[0]?.mergeId : undefined;

const turnsIn = ({ requests }: Moment): readonly string[] =>
  requests.messages.flatMap((each) =>
    "event" in each && each.event.type === "takeTurn" ? [each.to] : [],
  );

/** A turn begins when it is told, and ends when its request is settled. */
function givesOneTurn(moment: Moment): boolean {
  const had = holderOf(moment.before, was(moment));
  const has = holderOf(moment.after, is(moment));
  const isOver = whatIn(moment) === "settled" && eventIn(moment)?.["mergeId"] === had;
  const begins = has !== undefined && (had === undefined || isOver);
  return (
    isIn(moment.after, "busy") === (has !== undefined) &&
    turnsIn(moment).join() === (begins ? has : "") &&
    (had === undefined || isOver || has === had)
  );
}

/** The next turn is the reserving task's, or else that of whoever came first. */
function keepsOrder(moment: Moment): boolean {
  const [turn] = turnsIn(moment);
  const { reservations, queue } = is(moment);
  const isOurs = ({ taskId }: { readonly taskId: string }): boolean => taskId === reservations[0];
  const waiting = queue.map(({ mergeId }) => mergeId);
  const came = [...was(moment).queue.map(({ mergeId }) => mergeId), ...waiting];
  const inLine = came.filter((each) => waiting.includes(each));
  const first = queue.find(isOurs)?.mergeId ?? inLine[0];
  return (
    turn === undefined || (turn === first && (reservations.length === 0 || queue.some(isOurs)))
  );
}

export const invariants: readonly Invariant[] = [
  {
    id: "R1",
    text: "in busy exactly one request has the turn, elsewhere none has",
    holds: givesOneTurn,
  },
  {
    id: "R2",
    text: "first come, first served, but for the oldest reservation",
    holds: keepsOrder,
  },
  {
    id: "R3",
    text: "while it is reserved nothing is merged, and not for ever",
    holds: (moment) =>
      !isIn(moment.after, "reserved") ||
      (turnsIn(moment).length === 0 &&
        moment.after.timers.size === 1 &&
        is(moment).reservations.length > 0 &&
        !is(moment).queue.some(({ taskId }) => taskId === is(moment).reservations[0])),
  },
  {
    id: "R4",
    text: "a request that ends or withdraws leaves the queue, and nobody else does",
    holds: (moment) => {
      const gone = whatIn(moment) === "settled" ? eventIn(moment)?.["mergeId"] : undefined;
      const left = was(moment).queue.filter(({ mergeId }) => mergeId !== gone);
      const ids = is(moment).queue.map(({ mergeId }) => mergeId);
      const isWhole = left.every(({ mergeId }) => ids.includes(mergeId));
      return isWhole && !ids.includes(String(gone)) && new Set(ids).size === ids.length;
    },
  },
];
