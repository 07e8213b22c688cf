/**
 * How the fields of a roadmap are spelled: their names in the older format, and the nearest known
 * word to an unknown one. Which fields exist is the schema's matter.
 */
import { closest, distance } from "fastest-levenshtein";

/** Fields that the older format calls otherwise. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  depends_on: "dependencies",
  acceptance: "exit_criteria",
  complexity: "estimated_complexity",
};

/** Names too far from ours for a distance to find them. */
const MEANT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(OLD_NAMES).map(([field, old]) => [old, field])),
  blocked_by: "depends_on",
  exit_criterion: "acceptance",
  criteria: "acceptance",
  name: "title",
};

/** Letters that may be wrong: one in a short word, two or every third in a longer one. */
const mistakesMax = ({ length }: string): number =>
  length < 4 ? 1 : Math.max(2, Math.floor(length / 3));

/** The name of a field in the older format. */
export function oldNameOf(field: string): string {
  return Object.hasOwn(OLD_NAMES, field) ? (OLD_NAMES[field] ?? field) : field;
}

/** Both spellings of a field, ours first. */
export function namesOf(field: string): readonly string[] {
  const old = oldNameOf(field);
  return old === field ? [field] : [field, old];
}

/** The known word that was probably meant, or null. */
export function wordMeantBy(word: string, known: readonly string[]): string | null {
  const meant = Object.hasOwn(MEANT, word) ? MEANT[word] : undefined;
  if (meant !== undefined && known.includes(meant)) return meant;
  if (known.length === 0) return null;
  const nearest = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), nearest) <= mistakesMax(nearest) ? nearest : null;
}
