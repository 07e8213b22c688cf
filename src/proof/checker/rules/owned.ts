/**
 * A claim names its holder as long as it is held and no longer, and it can be lost without the
 * holder's doing; otherwise work stays claimed by somebody who is gone.
 */
import type { AnyStateNode } from "xstate";
import { lineOf, pathOf } from "../anatomy.ts";
import type { Arrow } from "../anatomy.ts";
import type { Claim } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";

export function checkOwned(subject: Subject): readonly Problem[] {
  return (subject.facts.claims ?? []).flatMap((claim) => [
    ...checkHolder(subject, claim),
    ...checkLoss(subject, claim),
  ]);
}

const isIn = (state: string, claimed: string): boolean =>
  state === claimed || state.startsWith(`${claimed}.`);

const names = (owner: unknown): boolean => owner !== null && owner !== undefined;

/** In the state there is an owner; outside it there is none. */
function checkHolder({ name, survey }: Subject, { state, owner }: Claim): readonly Problem[] {
  const wrong = survey.items.filter(
    (item) => isIn(item.state, state) !== names(item.context[owner]),
  );
  const states = [...new Set(wrong.map((item) => item.state))];
  return states.map((about) => {
    const isHeld = isIn(about, state);
    return {
      code: "unowned-claim",
      chart: name,
      about,
      found: isHeld
        ? `${about} holds a claim, and ${owner} names nobody`
        : `${about} holds no claim, and ${owner} still names somebody`,
      next: isHeld ? `set ${owner} where the claim is taken` : `clear ${owner} on exit of ${state}`,
    };
  });
}

/** From everywhere in the state some way leads out that the holder need not take part in. */
function checkLoss(subject: Subject, { state, heldBy }: Claim): readonly Problem[] {
  const { anatomy, name } = subject;
  if (subject.isDurable(heldBy)) return [];
  const isHolders = (arrow: Arrow): boolean => causedBy(subject, arrow, heldBy);
  const isInside = (node: AnyStateNode): boolean =>
    lineOf(node).some((each) => pathOf(each) === state);
  const stuck = anatomy.leaves.filter(isInside).filter((leaf) => {
    const reached = anatomy.reached({ arrow: isHolders }, [{ target: leaf, source: null }]);
    return ![...reached].some((node) => node.type !== "compound" && !isInside(node));
  });
  return stuck.map((leaf) => ({
    code: "unowned-claim",
    chart: name,
    about: pathOf(leaf),
    found: `${pathOf(leaf)} is held by ${heldBy}, and nothing takes the claim back when it is gone`,
    next: "add a lease: `after` without a sign of life leads out of the claim",
  }));
}

function causedBy(subject: Subject, { cause }: Arrow, party: string): boolean {
  if (cause.kind !== "event") return false;
  const senders = subject.sendersOf(cause.type);
  return senders.every((each) => each === party || each === "somebody");
}
