/** A state that no arrow leads out of, and that is no declared end, holds its work for ever. */
import { pathOf } from "../anatomy.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";

export function checkLeavable(subject: Subject): readonly Problem[] {
  const { name, anatomy } = subject;
  const stuck = anatomy.leaves.filter(
    (leaf) => !subject.isEnd(leaf) && anatomy.exitsOf(leaf).length === 0,
  );
  return stuck.map((leaf) => ({
    code: "unleavable",
    chart: name,
    about: pathOf(leaf),
    found: `nothing ever leaves ${pathOf(leaf)}`,
    next: "add a way out, make it final, or give it the tag `end`",
  }));
}
