/** What the process says when it ends. Documented in docs/cli.md; programs rely on these. */
import type { FaultKind } from "../fault.ts";

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAccepted: 4,
  invalid: 5,
  problems: 7,
  interrupted: 130,
} as const satisfies Record<FaultKind | "ok" | "interrupted", number>;
