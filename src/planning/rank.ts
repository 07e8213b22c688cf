/**
 * Which task comes first: what was asked for, lanes, then WSJF (weighted shortest job first), then age, then id. Who
 * works on it, and whether anybody can, is left to the plan.
 */
import { isoTime } from "../clock.ts";
import { compareText } from "./words.ts";

/** What ranking reads of a task. */
export interface RankedTask {
  readonly id: string;
  /** The status word of the tasks table: pending, needs_review, needs_improvement and so on. */
  readonly status: string;
  readonly type: string;
  /** 1 to 10. */
  readonly complexity: number;
  /** Business value, 0 to 10. */
  readonly value: number;
  /** Time criticality, 0 to 10. */
  readonly timeCriticality: number;
  /** Milliseconds since 1970, UTC. */
  readonly createdAtMs: number;
  /** Tasks that somebody asked for before this one; null where nobody did ask for it. */
  readonly askedAt: number | null;
}

/** In order: finishing what was begun comes before beginning (requirements C-2). */
export const LANES = ["review", "rework", "new"] as const;
export type Lane = (typeof LANES)[number];

/** The lane of a task, by its status word and its type. */
export function laneOf(status: string, type: string): Lane {
  if (status === "needs_review" || type === "review") return "review";
  return status === "needs_improvement" ? "rework" : "new";
}

/** WSJF: (business value + time criticality) / complexity, 0 to 20; more is better (C-1, C7). */
export function scoreOf(
  task: Pick<RankedTask, "value" | "timeCriticality" | "complexity">,
): number {
  return (task.value + task.timeCriticality) / task.complexity;
}

/** Below zero where `a` comes first: asked for, lane, higher score, older, lesser id. A total order. */
export function compareCandidates(a: RankedTask, b: RankedTask): number {
  return (
    wishIndex(a) - wishIndex(b) ||
    laneIndex(a) - laneIndex(b) ||
    scoreOf(b) - scoreOf(a) ||
    a.createdAtMs - b.createdAtMs ||
    compareText(a.id, b.id)
  );
}

const wishIndex = ({ askedAt }: RankedTask): number => askedAt ?? Number.MAX_SAFE_INTEGER;

function laneIndex({ status, type }: RankedTask): number {
  return LANES.indexOf(laneOf(status, type));
}

/** The place of a task in the order, as a sum that a person can check. */
export function explainScore(task: RankedTask): string {
  const { value, timeCriticality, complexity } = task;
  const sum = `(${value} + ${timeCriticality}) / ${complexity} = ${scoreOf(task).toFixed(2)}`;
  const lane = laneOf(task.status, task.type);
  const asked = task.askedAt === null ? "" : "asked for; ";
  return `${asked}${lane} lane; WSJF ${sum}; waiting since ${isoTime(task.createdAtMs)}`;
}
