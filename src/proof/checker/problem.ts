/** What the checker finds: one thing that is wrong with one chart, and what to do about it. */

export type ProblemCode =
  | "unenterable"
  | "unleavable"
  | "no-sender"
  | "no-demotion"
  | "unhandled"
  | "unowned-claim"
  | "premature"
  | "unqueued"
  | "repeated-work";

export interface Problem {
  readonly code: ProblemCode;
  readonly chart: string;
  /** The state, event or effect that it is about. */
  readonly about: string;
  /** What is wrong, as one sentence. */
  readonly found: string;
  /** What to do about it. */
  readonly next: string;
}

/** A problem as one line for people. */
export const problemText = ({ code, chart, found, next }: Problem): string =>
  `${chart}: ${found} (${code}). Next: ${next}`;
