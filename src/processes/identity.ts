/**
 * Who a process is: its pid together with the moment it was started, because pids are used again.
 * Finding the processes of a run, and ending them, is left to `tree.ts`.
 */
import { bootId, readProcess } from "./process-table.ts";

/** Plain JSON: it is written to files and database rows, and compared after a restart. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the machine started, or the start time as `ps` prints it. */
  readonly startTicks: string;
  /** Which start of the machine the ticks count from; empty where start times are absolute. */
  readonly bootId: string;
}

/** The living process with this pid, or null. */
export function identityOf(pid: number): ProcessIdentity | null {
  const seen = readProcess(pid);
  return seen === null ? null : { pid, startTicks: seen.startTicks, bootId };
}

/** True while this very process lives; another one under the same pid does not count. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== bootId) return false;
  return readProcess(identity.pid)?.startTicks === identity.startTicks;
}

/** Signals this very process; false where it has ended or is not ours to signal. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false; // ended in between (ESRCH) or another user's (EPERM): a later look tells
  }
}
