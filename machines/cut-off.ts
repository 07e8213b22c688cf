/**
 * Runs that were cut off: which ends are of that kind, and what such a run leaves for the next one to
 * go on with. Whether the next one does is for its task to say.
 */
import type { ErrorClass } from "./capacity.ts";
import { outputOf } from "./chart.ts";
import type { Assignment, CollectedWork, RunExit } from "./protocol.ts";
import type { Left } from "./session.ts";

interface Run {
  readonly work: Assignment | null;
  readonly exit: RunExit | null;
}
interface Happened {
  readonly context: Run;
  readonly event: unknown;
}

/** A program that may not use its account has a class for that, one that is missing has none. */
export const hasRun = ({ outcome, errorClass }: RunExit): boolean =>
  outcome !== "notStarted" || errorClass !== null;

/** Classes that say nothing of the work: the run was cut off in the midst of it. */
const CUT_OFF: ReadonlySet<ErrorClass | null> = new Set(["timeout", "crashed", "killed"]);
export const isCutOff = ({ outcome, errorClass }: RunExit): boolean =>
  outcome === "failed" && CUT_OFF.has(errorClass);

/** A run that was gone on with once begins anew; one that a limit has ended is gone on with again. */
function canBeGoneOnWith({ exit, work }: Run): boolean {
  if (exit === null || work === null || exit.session === null) return false;
  // The markers of a conflict would go into a commit, and nobody would look for them again.
  if (work.startFrom === "overlay") return false;
  if (exit.outcome === "limited" || exit.outcome === "notStarted") return true;
  return work.resume === null && isCutOff(exit);
}

/** True where what the run leaves belongs on the branch of its task. */
export const isKept = (run: Run): boolean =>
  run.exit?.outcome === "completed" || canBeGoneOnWith(run);

/** What the next run may go on with: of this run, or of the one before where this never began. */
export function leftBy({ context, event }: Happened): { readonly left?: Left } {
  const { exit, work } = context;
  if (exit === null || !hasRun(exit)) return work?.resume ? { left: work.resume } : {};
  if (exit.session === null || !canBeGoneOnWith(context)) return {};
  const { commit, findings } = outputOf<CollectedWork | undefined>(event) ?? NOT_COLLECTED;
  // A tree that is not as the session remembers it is worse than a fresh one.
  return commit === null && findings.length > 0 ? {} : { left: { ...exit.session, commit } };
}
const NOT_COLLECTED = { commit: null, findings: [{}] };
