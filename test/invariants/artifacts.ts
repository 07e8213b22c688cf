/** The invariants of a task's artifacts (F1, F2), and what the checker cannot see in their chart. */
import type { ArtifactsContext } from "../../machines/artifacts.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { eventIn, isIn, known } from "./moments.ts";

const is = ({ after }: Moment): ArtifactsContext => known<ArtifactsContext>(after);

export const invariants: readonly Invariant[] = [
  {
    id: "F1",
    text: "a name stands for what was put by under it last, and each name is there once",
    holds: (moment) => {
      const { kept } = is(moment);
      const names = new Set(kept.map(({ name }) => name));
      const event = eventIn(moment);
      const last = kept.find(({ name }) => name === event?.["name"]);
      const isHeard = event?.["type"] !== "store" || last?.sha256 === event["sha256"];
      return names.size === kept.length && isHeard;
    },
  },
  {
    id: "F2",
    text: "there are never more names than places, and full is where they are all taken",
    holds: (moment) => {
      const { kept, placesMax } = is(moment);
      return kept.length <= placesMax && isIn(moment.after, "full") === kept.length >= placesMax;
    },
  },
];

export const facts: Facts = {
  ends: ["open", "full"],
  sentBy: { store: ["outside agent"] },
};
