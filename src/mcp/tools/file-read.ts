/** `file_read`: a text file of the worktree of the caller's task, or a part of it. */
import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { FaultError } from "../../fault.ts";
import { ownTask, worktreeOf } from "../errands.ts";
import { defineTool, READS } from "../tool.ts";
import { agentId, worktreePlace } from "../words.ts";
import { readWorktreeFile } from "../worktree-file.ts";

const FILE_BYTES_MAX = 5_000_000;
const CHARS_MAX = 50_000;
const CHARS_DEFAULT = 20_000;

export const fileRead = defineTool({
  name: "file_read",
  toolset: "sandbox",
  title: "Read a file",
  description: "Reads a text file of your task's worktree, from a character on.",
  input: z.strictObject({
    path: worktreePlace,
    agent_id: agentId,
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(CHARS_MAX).default(CHARS_DEFAULT),
  }),
  output: z.object({ text: z.string(), truncated: z.boolean(), chars: z.number() }),
  annotations: READS,
  run: async ({ path, agent_id, offset, limit }, call) => {
    const task_id = ownTask(call, agent_id);
    const worktree = await worktreeOf(call, { task_id, agent_id });
    const bytes = readWorktreeFile(worktree, path, FILE_BYTES_MAX);
    if (!isUtf8(bytes)) throw noText(path, bytes.length);
    const text = bytes.toString();
    const end = offset + limit;
    const part = text.slice(offset, end).toWellFormed();
    return { text: part, truncated: end < text.length, chars: text.length };
  },
});

const noText = (path: string, bytes: number): FaultError =>
  new FaultError({
    code: "mcp.no-text",
    kind: "invalid",
    where: path,
    found: `${bytes} bytes that are no text`,
    expected: "text in UTF-8",
    next: "have exec_command run a program that reads it",
  });
