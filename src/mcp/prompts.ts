/** Where a person begins: short texts that set a model to work with the tools. */
import type { GetPromptResult, McpServer } from "@modelcontextprotocol/server";
import { completable } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { McpHost } from "./tool.ts";

const COMPLETIONS_MAX = 100;

export function servePrompts(server: McpServer, { store }: McpHost): void {
  const taskIds = (begun: string): string[] =>
    store.views
      .tasks(begun.slice(0, -1), COMPLETIONS_MAX)
      .map(({ id }) => id)
      .filter((id) => id.startsWith(begun));
  const prompt = (name: string, about: About, write: Write): void => {
    server.registerPrompt(name, about, (args) => say(write(args as Words)));
  };
  prompt(
    "work_loop",
    { title: "Work off tasks", argsSchema: z.object({ agent_id: z.string() }) },
    ({ agent_id }) =>
      [
        `You are ${agent_id}. Work off tasks until plan_next shows none that is ready:`,
        "claim the first with task_claim, do what it says in this repository, report with task_update,",
        "commit, and hand in with task_complete. Give back what you cannot do.",
      ].join(" "),
  );
  prompt(
    "plan_epic",
    { title: "Plan an epic", argsSchema: z.object({ goal: z.string() }) },
    ({ goal }) =>
      [
        `Break this goal into tasks: ${goal}.`,
        "Read task_list first, and context_search for what was decided. Each task is small, has",
        "acceptance that a check can see, and names what it depends on. Then call task_create once.",
      ].join(" "),
  );
  const id = completable(z.string(), taskIds);
  prompt(
    "review_task",
    { title: "Review a task", argsSchema: z.object({ id }) },
    ({ id: taskId }) =>
      [
        `Review task ${taskId}: read it with task_get, include history and gates.`,
        "Say what was asked, what was handed in, what the checks found, and what is missing.",
      ].join(" "),
  );
  prompt(
    "incident",
    { title: "Look into an incident", argsSchema: z.object({ anomaly: z.string() }) },
    ({ anomaly }) =>
      [
        `Something is wrong: ${anomaly}.`,
        "Look at orchestrator_status, agent_list and event_log. Name the first step that went wrong,",
        "its cause, and the one tool call that sets it right; ask before calling it.",
      ].join(" "),
  );
}

type Words = Readonly<Record<string, string>>;
interface About {
  readonly title: string;
  readonly argsSchema: z.ZodObject;
}
type Write = (words: Words) => string;

const say = (text: string): GetPromptResult => ({
  messages: [{ role: "user", content: { type: "text", text } }],
});
