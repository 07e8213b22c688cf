/** What outlives a run of an agent program: its session, and with it half of the work. */
import type { Usage } from "./spending.ts";

/** A conversation that a program keeps, and what it has used so far in all. */
export interface Session {
  readonly sessionId: string;
  readonly used: Usage | null;
}

/** What a run that was cut off has left: its session, and its work so far if it did any. */
export interface Left extends Session {
  readonly commit: string | null;
}
