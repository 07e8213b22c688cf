/** `git_status`: what git says of the worktree of the caller's task. */
import { z } from "zod";
import { LOOKS } from "../../git/visit-worktree.ts";
import { sandboxOf, worktreeOf } from "../errands.ts";
import { defineTool, READS } from "../tool.ts";
import { agentId, id } from "../words.ts";

const CHARS_MAX = 20_000;

export const gitStatus = defineTool({
  name: "git_status",
  toolset: "sandbox",
  title: "Look at the worktree",
  description: "What git says of your task's worktree: status, diff against HEAD, or log.",
  input: z.strictObject({
    task_id: id,
    agent_id: agentId,
    what: z.enum(LOOKS).default("status"),
  }),
  output: z.object({ text: z.string(), truncated: z.boolean() }),
  annotations: READS,
  run: async ({ what, ...asked }, call) => {
    const worktree = await worktreeOf(call, asked);
    const text = await sandboxOf(call).look(worktree, what);
    return { text: text.slice(0, CHARS_MAX).toWellFormed(), truncated: text.length > CHARS_MAX };
  },
});
