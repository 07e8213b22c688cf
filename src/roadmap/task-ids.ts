/**
 * Task ids that cannot be used, or not beside each other: an id is a part of the names of
 * branches, folders and actors. The form of a single id is the schema's matter.
 */

/** So the checks of a merge are named, where those of a task begin with its own id. */
const OURS = "merge-request-";
export const OURS_MESSAGE = `an id that does not begin with "${OURS}": so WeatherVane names its own`;

export const isOurs = (id: string): boolean => foldedId(id).startsWith(OURS);

/** An id as a file system without upper and lower case tells it from others. */
export const foldedId = (id: string): string => id.toLowerCase();

/** What is wrong with an id that another one differs from only in the case of letters. */
export function caseClash(id: string, other: string) {
  return {
    code: "roadmap.caseClash",
    found: `the task id ${id}, which differs from ${other} only in upper and lower case`,
    expected: "ids that differ in more: on many file systems both are one branch and one folder",
    next: "give one of the two another id",
  };
}

/** The id among others that is the same but for the case of its letters, or undefined. */
export function twinOf(id: string, others: Iterable<string>): string | undefined {
  const folded = foldedId(id);
  for (const other of others) if (other !== id && foldedId(other) === folded) return other;
  return undefined;
}
