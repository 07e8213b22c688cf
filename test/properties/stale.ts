/**
 * Whether an event speaks of something that the actor has left behind: another run, gate or merge
 * than its present one. Such an event must change nothing.
 */
import type { PlainEvent } from "../../machines/chart.ts";

/** What the charts remember of the present run, as far as they have one. */
interface Memory {
  readonly id?: string;
  readonly runs?: number;
  readonly run?: { readonly runId: string } | null;
  readonly work?: { readonly runId: string } | null;
  readonly rounds?: number;
}

/** These name a run that is to be, not one that was. */
const REQUESTS: readonly string[] = ["assign", "claim", "take"];

export function isStale(event: PlainEvent, context: unknown): boolean {
  const { id = "", runs, run, work, rounds } = context as Memory;
  const { type, runId, gateId, mergeId } = event;
  if (REQUESTS.includes(type)) return false;
  const hasRuns = run !== undefined || work !== undefined;
  if (hasRuns && typeof runId === "string") return runId !== (run ?? work)?.runId;
  if (rounds !== undefined && typeof gateId === "string") {
    return gateId !== `gate:${id.replace(":", "-")}.${rounds}`;
  }
  if (runs === undefined) return false;
  if (typeof gateId === "string") return gateId !== `gate:${id}.${runs}`;
  return typeof mergeId === "string" && mergeId !== `merge-request:${id}.${runs}`;
}
