/** The invariant of the roadmap (O1), and what the checker cannot see in its chart. */
import type { RoadmapContext } from "../../machines/roadmap.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { eventIn, known } from "./moments.ts";

export const invariants: readonly Invariant[] = [
  {
    id: "O1",
    text: "a path is kept once, with its newest text",
    holds: (moment) => {
      const { sources } = known<RoadmapContext>(moment.after);
      const paths = sources.map(({ path }) => path);
      const event = eventIn(moment);
      const isNewest = event === null || sources.at(-1)?.text === event["text"];
      return isNewest && new Set(paths).size === paths.length;
    },
  },
];

export const facts: Facts = { ends: ["known"] };
