/** The invariants of a message (Q1 to Q4), and what the checker cannot see in its chart. */
import { CLAIMS_MAX } from "../../machines/message.ts";
import type { MessageContext } from "../../machines/message.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { at, enters, eventIn, isIn, known, whatIn } from "./moments.ts";

const was = ({ before }: Moment): MessageContext | undefined =>
  known<MessageContext | undefined>(before);
const is = ({ after }: Moment): MessageContext => known<MessageContext>(after);

/** A claim ends by its holder's word or by its lease. */
function isEndedByRight(moment: Moment): boolean {
  if (!isIn(moment.before, "claimed") || isIn(moment.after, "claimed")) return true;
  return whatIn(moment) === "lease" || eventIn(moment)?.["agentId"] === was(moment)?.holder;
}

export const invariants: readonly Invariant[] = [
  {
    id: "Q1",
    text: "a claimed message has one holder, and nobody else's word ends or returns it",
    holds: (moment) =>
      (is(moment).holder !== null) === isIn(moment.after, "claimed") && isEndedByRight(moment),
  },
  {
    id: "Q2",
    text: "a lease runs as long as it is claimed",
    holds: ({ after }) => after.timers.size === (isIn(after, "claimed") ? 1 : 0),
  },
  {
    id: "Q3",
    text: "after the last claim that came to nothing it is dead",
    holds: (moment) =>
      is(moment).claims <= CLAIMS_MAX &&
      (!enters(moment, "dead") || is(moment).claims === CLAIMS_MAX) &&
      (!isIn(moment.after, "waiting") || is(moment).claims < CLAIMS_MAX),
  },
  {
    id: "Q4",
    text: "done is reached from claimed, by its holder's word",
    holds: (moment) =>
      !enters(moment, "done") ||
      (at(moment.before) === "claimed" && whatIn(moment) === "acknowledge"),
  },
];

export const facts: Facts = {
  sentBy: Object.fromEntries(
    ["claim", "acknowledge", "giveBack"].map((type) => [type, ["outside agent"]]),
  ),
  waits: { waiting: "outside agent" },
  claims: [{ state: "claimed", owner: "holder", heldBy: "outside agent" }],
};
