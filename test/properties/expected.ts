/** What is expected of one thing that was done alone, and the comparison with what came of it. */
import { stillness } from "./photo.ts";
import type { Photo } from "./photo.ts";

/** What must be so after something that was done alone. */
export interface Expected {
  /** True where nothing may have changed. */
  readonly still: boolean;
  /** The event that must now be among the dead letters, as stale. */
  readonly dead: string | null;
}
export const ANYTHING: Expected = { still: false, dead: null };
export const NOTHING: Expected = { still: true, dead: null };

export function compare(before: Photo, after: Photo, { still, dead }: Expected): void {
  if (!still) return;
  expectSame("after nothing", stillness(after), stillness(before));
  const added = after.dead.slice(0, after.dead.length - before.dead.length);
  const found = added.map(({ envelope: { id }, why }) => `${why} ${id}`);
  expectSame("the dead letters", found, dead === null ? [] : [`stale ${dead}`]);
}

export function expectSame(what: string, found: unknown, expected: unknown): void {
  const [seen, wanted] = [found, expected].map((each) => JSON.stringify(each));
  if (seen !== wanted) throw new Error(`${what}: found ${seen}, expected ${wanted}`);
}
