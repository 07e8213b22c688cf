/**
 * The optional JSON lines of a `command` agent, read from its standard output: progress, usage and
 * limits. The format stands in docs/command-agent.md; lines that are not of it are just output.
 */
import { existsSync } from "node:fs";
import { z } from "zod";
import type { Usage } from "../../machines/protocol.ts";
import { jsonOf, linesOf } from "./lines.ts";

/** A longer line is output, not a message. */
const LINE_BYTES_MAX = 64 * 1024;

/** The last moment that ECMAScript can name (ECMA-262, 21.4.1.1). */
const TIME_MAX_MS = 8_640_000_000_000_000;
const count = z.number().int().min(0).max(TIME_MAX_MS);
const lineSchema = z.discriminatedUnion("wvo", [
  z.object({ wvo: z.literal("progress"), text: z.string() }),
  z.object({
    wvo: z.literal("usage"),
    input_tokens: count.optional(),
    output_tokens: count.optional(),
    cost_usd: z.number().min(0).optional(),
  }),
  z.object({
    wvo: z.literal("limit"),
    reason: z.string().optional(),
    retry_after_ms: count.optional(),
    /** Milliseconds since 1970. */
    resets_at: count.optional(),
  }),
]);

/** What the lines of a run amount to. */
export interface CommandReport {
  readonly usage: Usage | null;
  readonly limit: { readonly reason: string; readonly retryAtMs: number | null } | null;
  readonly lastProgress: string | null;
}

const NOTHING: CommandReport = { usage: null, limit: null, lastProgress: null };

/** Reads a run's standard output to its end, however long it is. */
export function readReport(path: string, endedAtMs: number): CommandReport {
  if (!existsSync(path)) return NOTHING;
  let report = NOTHING;
  for (const line of linesOf(path, LINE_BYTES_MAX)) report = fold(report, line, endedAtMs);
  return report;
}

function fold(report: CommandReport, line: string, endedAtMs: number): CommandReport {
  const parsed = lineSchema.safeParse(jsonOf(line));
  if (!parsed.success) return report;
  const { data } = parsed;
  switch (data.wvo) {
    case "progress":
      return { ...report, lastProgress: data.text };
    case "usage":
      return { ...report, usage: addUsage(report.usage, data) };
    case "limit": {
      const afterMs = data.retry_after_ms;
      const retryAtMs = data.resets_at ?? (afterMs === undefined ? null : endedAtMs + afterMs);
      return { ...report, limit: { reason: data.reason ?? "a limit of its account", retryAtMs } };
    }
    default:
      return data satisfies never;
  }
}

interface UsageLine {
  readonly input_tokens?: number | undefined;
  readonly output_tokens?: number | undefined;
  readonly cost_usd?: number | undefined;
}

/** Each line tells what was used since the one before. */
function addUsage(sum: Usage | null, line: UsageLine): Usage {
  return {
    inputTokens: plus(sum?.inputTokens, line.input_tokens),
    outputTokens: plus(sum?.outputTokens, line.output_tokens),
    costUsd: plus(sum?.costUsd, line.cost_usd),
  };
}

/** What nobody reported stays unknown. */
const plus = (sum: number | null | undefined, more: number | undefined): number | null =>
  more === undefined ? (sum ?? null) : (sum ?? 0) + more;
