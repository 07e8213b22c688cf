/** Counting what runs use. Each program tells it in its own way; what is counted is the same. */

/** What came to a total that goes on growing over a session since it stood at `before`. */
export function moreThan(total: number | null, before: number | null | undefined): number | null {
  return total === null ? null : Math.max(0, total - (before ?? 0));
}
