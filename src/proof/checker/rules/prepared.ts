/** An effect that destroys something waits until what it destroys is safe, on every path to it. */
import type { AnyStateNode } from "xstate";
import { lineOf, pathOf } from "../anatomy.ts";
import type { Arrow } from "../anatomy.ts";
import type { Destructive } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";

export function checkPrepared(subject: Subject): readonly Problem[] {
  return (subject.facts.destructive ?? []).flatMap((each) => checkOne(subject, each));
}

function checkOne({ anatomy, name }: Subject, wanted: Destructive): readonly Problem[] {
  const { effect, after, since } = wanted;
  const start = since === undefined ? undefined : anatomy.at(since);
  const isAfter = (node: AnyStateNode): boolean =>
    lineOf(node).some((each) => pathOf(each) === after);
  const causes = ({ cause }: Arrow): boolean => cause.kind === "event" && cause.type === after;
  const from = start === undefined ? undefined : [{ target: start, source: null }];
  const reached = anatomy.reached({ node: isAfter, arrow: causes }, from);
  const hasty = [...reached].filter(({ invoke }) => invoke.some(({ src }) => src === effect));
  return hasty.map((node) => ({
    code: "premature",
    chart: name,
    about: effect,
    found: `${pathOf(node)} does ${effect} although ${after} may not have happened yet`,
    next: `let every path to ${pathOf(node)} pass ${after}`,
  }));
}
