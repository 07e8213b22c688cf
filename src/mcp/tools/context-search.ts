/** `context_search`: what others wrote down, by its words. */
import { z } from "zod";
import { ENTRY_KINDS } from "../../../machines/visits.ts";
import { isoTime } from "../../clock.ts";
import { wordsOf } from "../../planning/words.ts";
import { defineTool, READS } from "../tool.ts";
import { id, limit } from "../words.ts";

/** Words of a question that are looked for. */
const WORDS_MAX = 50;

const entry = z.object({
  entry_id: id,
  type: z.string(),
  topic: z.string(),
  content: z.string(),
  task_ids: z.array(z.string()),
  confidence: z.number().nullable(),
  author: z.string(),
  at: z.string(),
});

export const contextSearch = defineTool({
  name: "context_search",
  toolset: "work",
  title: "Look up what others wrote",
  description: "Decisions, constraints, hypotheses and learnings that share words with query.",
  input: z.strictObject({
    query: z.string().min(1).max(1_000),
    type: z.enum(ENTRY_KINDS).optional(),
    limit,
  }),
  output: z.object({ entries: z.array(entry) }),
  annotations: READS,
  run: async ({ query, type = null, limit: most }, { app }) => {
    const words = wordsOf(query).slice(0, WORDS_MAX);
    const rows = app.store.views.searchEntries(words, type, most);
    return {
      entries: rows.map((row) => ({
        entry_id: row.id,
        type: row.kind,
        topic: row.topic,
        content: row.content,
        task_ids: JSON.parse(row.related_tasks) as string[],
        confidence: row.confidence,
        author: row.author,
        at: isoTime(row.at),
      })),
    };
  },
});
