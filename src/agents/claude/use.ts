/**
 * Tokens and money of a run of Claude Code, counted while it runs. A result accounts for its turn;
 * until one comes, and where none comes, the messages themselves are all there is.
 */
import type { Usage } from "../../../machines/protocol.ts";
import { moreThan } from "../usage.ts";
import type { ResultEvent } from "./events.ts";

export interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A message is told several times, with counts that only grow while it streams. */
interface Message extends Tokens {
  readonly id: string | null;
}

export interface ClaudeUse {
  /** What results account for. */
  readonly settled: Tokens;
  /** Null as soon as a result did not tell what it cost by itself. */
  readonly settledUsd: number | null;
  /** Finished messages since the last result. */
  readonly unsettled: Tokens;
  readonly message: Message | null;
  /** The session's totals, which go on growing where it is resumed. */
  readonly session: Usage | null;
}

const NONE: Tokens = { inputTokens: 0, outputTokens: 0 };
export const NOTHING_USED: ClaudeUse = {
  settled: NONE,
  settledUsd: 0,
  unsettled: NONE,
  message: null,
  session: null,
};

export function countMessage(use: ClaudeUse, id: string | null, tokens: Tokens): ClaudeUse {
  const { message } = use;
  if (message === null || message.id !== id) {
    return { ...use, unsettled: plus(use.unsettled, message ?? NONE), message: { id, ...tokens } };
  }
  const inputTokens = Math.max(message.inputTokens, tokens.inputTokens);
  const outputTokens = Math.max(message.outputTokens, tokens.outputTokens);
  return { ...use, message: { id, inputTokens, outputTokens } };
}

/** The message that is streamed has this many tokens by now. */
export function countOutput(use: ClaudeUse, outputTokens: number): ClaudeUse {
  return use.message === null ? use : countMessage(use, use.message.id, { ...NONE, outputTokens });
}

export function settle(use: ClaudeUse, result: ResultEvent): ClaudeUse {
  const own = totalOf(result.model_usage_since_last_result);
  // `usage` lacks the last message where the turn was cut off by a limit of ours, so it is second.
  const tokens = own === null || own.inputTokens === 0 ? result.usage : own;
  const isTold = own !== null && use.settledUsd !== null;
  const total = totalOf(result.modelUsage);
  return {
    settled: plus(use.settled, tokens),
    settledUsd: isTold ? use.settledUsd + own.costUsd : null,
    unsettled: NONE,
    message: null,
    session: {
      inputTokens: total?.inputTokens ?? null,
      outputTokens: total?.outputTokens ?? null,
      costUsd: result.total_cost_usd ?? total?.costUsd ?? null,
    },
  };
}

/** What this run used, given what its session had used before it. */
export function usageOf(use: ClaudeUse, before: Usage | null): Usage | null {
  const { settled, unsettled, message, session } = use;
  const tokens = plus(plus(settled, unsettled), message ?? NONE);
  if (session === null) return message === null ? null : { ...tokens, costUsd: null };
  return { ...tokens, costUsd: use.settledUsd ?? moreThan(session.costUsd, before?.costUsd) };
}

function totalOf(useByModel: ResultEvent["modelUsage"]): (Tokens & { costUsd: number }) | null {
  if (useByModel === null) return null;
  return Object.values(useByModel).reduce(
    (sum, use) => ({ ...plus(sum, use), costUsd: sum.costUsd + use.costUsd }),
    { ...NONE, costUsd: 0 },
  );
}

const plus = (sum: Tokens, more: Tokens): Tokens => ({
  inputTokens: sum.inputTokens + more.inputTokens,
  outputTokens: sum.outputTokens + more.outputTokens,
});
