/** `context_write`: a decision, constraint, hypothesis or learning, for whoever comes next. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { ENTRY_KINDS } from "../../../machines/visits.ts";
import type { EntryInput } from "../../../machines/visits.ts";
import { defineTool, WRITES } from "../tool.ts";
import { id, key } from "../words.ts";
import { recorded, standingOf, startOnce } from "../writing.ts";

const TEXT_CHARS_MAX = 4_000;
const TASKS_MAX = 50;

export const contextWrite = defineTool({
  name: "context_write",
  toolset: "work",
  title: "Write something down",
  description: "Keeps a decision or learning for other agents; briefs quote what is relevant.",
  input: z.strictObject({
    type: z.enum(ENTRY_KINDS),
    topic: id,
    content: z.string().min(1).max(TEXT_CHARS_MAX),
    task_ids: z.array(id).max(TASKS_MAX).optional(),
    confidence: z.number().min(0).max(1).optional(),
    replaces: id.optional(),
    idempotency_key: key,
  }),
  output: z.object({
    entry_id: id,
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: WRITES,
  run: async ({ type, topic, content, task_ids = [], confidence = null, replaces }, call) => {
    const { scope, app } = call;
    const author = scope.agentId ?? scope.role;
    const entryId = `c${digestOf([type, topic, content])}`;
    const input: EntryInput = {
      id: entryId,
      kind: type,
      topic,
      text: content,
      relatedTasks: task_ids,
      confidence,
      author,
      replaces: replaces ?? null,
    };
    const actor = actorId.context(entryId);
    const isKnown = (await recorded(call)) !== null || app.store.views.entry(entryId) !== null;
    if (!isKnown) await startOnce(call, actor, input);
    return { entry_id: entryId, ...(await standingOf(app, actor)) };
  },
});

/** The same words are the same entry, whoever writes them and however often. */
export const digestOf = (parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, DIGITS);
const DIGITS = 16;
