/** What to do next where a name is unknown. */
import { closest, distance } from "fastest-levenshtein";

/** Letters that may be wrong: of `T4` and `T1` nobody knows which was meant, so none in a short name. */
const mistakesMax = ({ length }: string): number => (length < 4 ? 0 : Math.max(2, length / 3));

/** The name that was probably meant, whatever its case; where none is near, what shows all of them. */
export function suggest(given: string, known: readonly string[], otherwise: string): string {
  const lower = new Map(known.map((name) => [name.toLowerCase(), name]));
  if (lower.size === 0) return otherwise;
  const nearest = closest(given.toLowerCase(), [...lower.keys()]);
  const isNear = distance(given.toLowerCase(), nearest) <= mistakesMax(nearest);
  return isNear ? `did you mean ${lower.get(nearest)}?` : otherwise;
}
