/** `exec_command`: runs a listed program in the worktree of the caller's task, without a shell. */
import { z } from "zod";
import { errand } from "../errands.ts";
import { defineTool, RUNS_PROGRAMS } from "../tool.ts";
import { agentId, id, key, standing } from "../words.ts";

const ARGS_MAX = 200;
const ARG_CHARS_MAX = 100_000;
const LIMIT_MAX_S = 600;
const LIMIT_DEFAULT_S = 40;
/** A name alone: a path would lead past the list. */
const PROGRAM = /^\w[\w.+-]{0,63}$/;

export const execCommand = defineTool({
  name: "exec_command",
  toolset: "sandbox",
  title: "Run a program",
  description:
    "Runs a listed program in your task's worktree, without a shell. While state is doing, ask " +
    "again with the idempotency_key you are given.",
  input: z.strictObject({
    task_id: id,
    agent_id: agentId,
    program: z.string().regex(PROGRAM),
    args: z.array(z.string().max(ARG_CHARS_MAX)).max(ARGS_MAX).default([]),
    timeout_s: z.int().min(1).max(LIMIT_MAX_S).default(LIMIT_DEFAULT_S),
    idempotency_key: key,
  }),
  output: standing.extend({
    how: z.enum(["running", "exited", "timeout", "stopped"]),
    exit_code: z.number().nullable(),
    stdout: z.string(),
    stderr: z.string(),
    truncated: z.boolean(),
    idempotency_key: z.string(),
  }),
  annotations: RUNS_PROGRAMS,
  run: async ({ program, args, timeout_s, ...asked }, call) => {
    const limitMs = timeout_s * 1_000;
    const {
      result,
      again,
      standing: now,
    } = await errand(call, asked, () => {
      return { kind: "run", program, args, limitMs };
    });
    const ended = result?.kind === "ended" ? result : RUNNING;
    const { how, code: exit_code, stdout, stderr, truncated } = ended;
    return { how, exit_code, stdout, stderr, truncated, idempotency_key: again, ...now };
  },
});

const RUNNING = { how: "running", code: null, stdout: "", stderr: "", truncated: false } as const;
