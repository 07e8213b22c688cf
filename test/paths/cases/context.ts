/** What an entry is walked with: one that stands alone, and one that takes another one's place. */
import type { EntryContext } from "../../../machines/context.ts";
import type { EntryEvent, EntryInput } from "../../../machines/visits.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: EntryInput = {
  id: "c0123456789abcdef",
  kind: "decision",
  topic: "storage",
  text: "one file",
  relatedTasks: ["T-1"],
  confidence: 0.9,
  author: "a-1",
  replaces: null,
};

export const cases: Cases<EntryContext, EntryEvent> = {
  actor: `context:${input.id}`,
  inputs: [input, { ...input, replaces: "cfedcba9876543210" }],
  events: () => ["c1", "c2"].map((by) => ({ type: "supersede", by })),
};
