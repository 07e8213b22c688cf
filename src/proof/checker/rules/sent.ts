/** A state that is entered only by events which nobody sends is never entered: no producer. */
import type { AnyStateNode } from "xstate";
import { pathOf } from "../anatomy.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";

/** The rule is silent where nobody has said who sends what. */
export function checkSent(subject: Subject): readonly Problem[] {
  if (!subject.knowsSenders) return [];
  const { name, anatomy } = subject;
  const drawn = anatomy.reached();
  const real = anatomy.reached({ arrow: (arrow) => subject.isIdle(arrow) });
  const states = anatomy.nodes.filter(
    (node) =>
      drawn.has(node) && !real.has(node) && (node.parent === undefined || real.has(node.parent)),
  );
  const causesOf = (node: AnyStateNode): string =>
    anatomy.arrows
      .filter((arrow) => subject.isIdle(arrow) && arrow.targets.includes(node))
      .flatMap(({ cause }) => (cause.kind === "event" ? [cause.type] : []))
      .join(", ");
  const silent = subject.events.filter((type) => subject.sendersOf(type).length === 0);
  return [
    ...states.map((node): Problem => {
      const about = pathOf(node);
      const found = `${about} is entered only by ${causesOf(node)}, which nobody sends`;
      const next = "have something tell it, say in `sentBy` who sends it, or remove the state";
      return { code: "no-sender", chart: name, about, found, next };
    }),
    ...silent.map((about): Problem => {
      const found = `nobody sends ${about}`;
      const next = "have something tell it, say in `sentBy` who sends it, or remove the transition";
      return { code: "no-sender", chart: name, about, found, next };
    }),
  ];
}
