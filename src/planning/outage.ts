/**
 * Why a provider takes no run, until when, and what a person can do about it: one wording for the
 * plan, the progress of a run and `wvo status`.
 */
import { isoTime } from "../clock.ts";

export interface Outage {
  readonly name: string;
  /** Why it takes no run; null before it was asked for the first time. */
  readonly reason: string | null;
  /** When it is tried again, in milliseconds since 1970; null where no time is set. */
  readonly untilMs: number | null;
  /** True where it is not tried again before a person asks for it. */
  readonly isDown: boolean;
}

export function explainOutage({ name, reason, untilMs, isDown }: Outage): string {
  const why = reason ?? "not checked yet";
  if (isDown) return `${why}; when that is mended: wvo auth recheck ${name}`;
  return untilMs === null ? why : `${why}, tried again at ${isoTime(untilMs)}`;
}
