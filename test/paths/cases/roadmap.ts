/** What the roadmap is walked with: a file that comes twice, and another one. */
import type { RoadmapContext, RoadmapEvent } from "../../../machines/roadmap.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const constraints = ["keep it small"];

export const cases: Cases<RoadmapContext, RoadmapEvent> = {
  events: () => [
    { type: "imported", path: "state/roadmap.yaml", text: "tasks: []\n", constraints },
    { type: "imported", path: "state/roadmap.yaml", text: "tasks: [] # anew\n", constraints },
    { type: "imported", path: "other.yaml", text: "tasks: []\n", constraints: [] },
  ],
};
