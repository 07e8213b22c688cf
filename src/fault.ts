/**
 * The one error class: something in the world is not as it must be. It says where, what was found,
 * what was expected and what to do next; at an edge it becomes an event or a message to a person.
 */

/** What kind of trouble it is; the command line turns this into its exit code. */
export type FaultKind = "failed" | "usage" | "notFound" | "notAccepted" | "invalid" | "problems";

export interface FaultDetails {
  /** Stable and dotted, for programs: `roadmap.cycle`. */
  readonly code: string;
  readonly kind?: FaultKind;
  /** The place: a file and line, a task, a branch. */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  /** The next step for a person, as a command where there is one. */
  readonly next: string;
  /** True where the same call may succeed later without anybody's doing. */
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

export class FaultError extends Error {
  readonly code: string;
  readonly kind: FaultKind;
  readonly retriable: boolean;
  readonly details: FaultDetails;

  constructor(details: FaultDetails) {
    const { where, found, expected, next } = details;
    super(`${where}: found ${found}; expected ${expected}. Next: ${next}`, {
      cause: details.cause,
    });
    this.name = "FaultError";
    this.code = details.code;
    this.kind = details.kind ?? "failed";
    this.retriable = details.retriable ?? false;
    this.details = details;
  }
}

/** Any thrown thing as plain data for an event: a stable code and a message for people. */
export function faultData(thrown: unknown): { readonly code: string; readonly message: string } {
  if (thrown instanceof FaultError) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof Error) {
    const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "unexpected";
    return { code, message: thrown.message };
  }
  return { code: "unexpected", message: String(thrown) };
}
