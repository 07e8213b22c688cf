/** The invariant of the roadmap (O1), what its chart is walked with, and its facts. */
import type { RoadmapEvent } from "../../machines/protocol.ts";
import type { RoadmapContext } from "../../machines/roadmap.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Samples } from "../../src/proof/checker/survey.ts";
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

const imported = (path: string, text: string): RoadmapEvent => {
  return { type: "imported", path, text, constraints: [] };
};

const events = [imported("a.yaml", "1"), imported("a.yaml", "2"), imported("b.yaml", "1")];

export const samples: Samples = {
  events: () => events.map((event) => ({ ...event })),
};

export const facts: Facts = { samples, ends: ["known"] };
