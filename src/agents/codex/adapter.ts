/** Codex's `exec --json`, for the reader that all agent programs share. */
import type { Adapter } from "../transcript.ts";
import { judge } from "./judge.ts";
import { add, begin } from "./transcript.ts";
import type { CodexTranscript } from "./transcript.ts";

export const codexAdapter: Adapter<CodexTranscript> = {
  begin,
  add,
  judge,
  hasSpoken: ({ hasSpoken }) => hasSpoken,
};
