/** A state that no path of arrows leads to is dead weight, or an arrow to it was forgotten. */
import { pathOf } from "../anatomy.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";

export function checkEnterable({ name, anatomy }: Subject): readonly Problem[] {
  const reached = anatomy.reached();
  const unreached = anatomy.nodes.filter(
    (node) => !reached.has(node) && (node.parent === undefined || reached.has(node.parent)),
  );
  return unreached.map((node) => ({
    code: "unenterable",
    chart: name,
    about: pathOf(node),
    found: `nothing ever enters ${pathOf(node)}`,
    next: "add the transition that leads there, or remove the state",
  }));
}
