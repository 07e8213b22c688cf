/** Claude Code's stream-json, for the reader that all agent programs share. */
import type { Adapter } from "../transcript.ts";
import { judge } from "./judge.ts";
import { add, begin } from "./transcript.ts";
import type { ClaudeTranscript } from "./transcript.ts";

export const claudeAdapter: Adapter<ClaudeTranscript> = {
  begin,
  add,
  judge,
  hasSpoken: ({ hasSpoken }) => hasSpoken,
};
