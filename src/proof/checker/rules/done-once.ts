/**
 * Work that was finished is not begun again, neither by a restart nor by an event, unless
 * something makes it new work.
 */
import type { AnyStateNode } from "xstate";
import type { CrashPolicy } from "../../../../machines/effects.ts";
import { entriesOf, lineOf, pathOf } from "../anatomy.ts";
import type { Arrow } from "../anatomy.ts";
import type { Once } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";

export function checkDoneOnce(subject: Subject): readonly Problem[] {
  return (subject.facts.once ?? []).flatMap((each) => [
    ...checkCrash(subject, each),
    ...checkReturn(subject, each),
  ]);
}

/** What a crash starts again may have been finished already. */
function checkCrash({ anatomy, name }: Subject, { effect }: Once): readonly Problem[] {
  const logic = anatomy.machine.implementations.actors[effect] as
    | { crash?: CrashPolicy }
    | undefined;
  if (logic?.crash !== "retry") return [];
  const found = `${effect} is started again after a crash, also when it was finished`;
  const next = "give it the crash policy `interrupted`, and ask the world what became of it";
  return [{ code: "repeated-work", chart: name, about: effect, found, next }];
}

/**
 * From where it ended, or may have ended before it failed, no path leads back to it that does not
 * make it new work.
 */
function checkReturn({ anatomy, name }: Subject, { effect, renewedBy }: Once): readonly Problem[] {
  const invoking = anatomy.nodes.filter(({ invoke }) => invoke.some(({ src }) => src === effect));
  const children = invoking.flatMap(({ invoke }) => invoke.filter(({ src }) => src === effect));
  const ends = anatomy.arrows.filter(
    ({ cause }) =>
      (cause.kind === "done" || cause.kind === "failed") &&
      children.some(({ id }) => id === cause.child),
  );
  const renews = (node: AnyStateNode): boolean =>
    lineOf(node).some((each) => renewedBy.includes(pathOf(each)));
  const isRenewing = ({ cause }: Arrow): boolean =>
    cause.kind === "event" && renewedBy.includes(cause.type);
  const entries = ends.flatMap(entriesOf);
  const reached = anatomy.reached({ node: renews, arrow: isRenewing }, entries);
  return invoking
    .filter((node) => entries.length > 0 && reached.has(node))
    .map((node) => ({
      code: "repeated-work",
      chart: name,
      about: effect,
      found: `${effect} can be done again in ${pathOf(node)} after it was finished`,
      next: `lead back there only through ${renewedBy.join(", ") || "something that makes it new"}`,
    }));
}
