/** `git_commit`: commits everything in the worktree of the caller's task; `task_complete` takes it. */
import { z } from "zod";
import { errand, underWay } from "../errands.ts";
import { defineTool, WRITES } from "../tool.ts";
import { agentId, id, key, note, standing } from "../words.ts";

export const gitCommit = defineTool({
  name: "git_commit",
  toolset: "sandbox",
  title: "Commit",
  description: "Commits all changes in your task's worktree; name the sha in task_complete.",
  input: z.strictObject({ task_id: id, agent_id: agentId, message: note, idempotency_key: key }),
  output: standing.extend({ sha: z.string() }),
  annotations: WRITES,
  run: async ({ message, ...asked }, call) => {
    const what = { kind: "commit", message } as const;
    const { result, again, standing: now } = await errand(call, asked, () => what);
    if (result?.kind !== "committed") throw underWay("git_commit", again);
    return { sha: result.commit, ...now };
  },
});
