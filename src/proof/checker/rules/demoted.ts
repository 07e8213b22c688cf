/**
 * A state that one party outside alone can end waits for ever once that party is gone: it needs a
 * demotion, which is a timer, an effect's result, or an event of somebody else.
 */
import type { AnyStateNode } from "xstate";
import { pathOf } from "../anatomy.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";

export function checkDemoted(subject: Subject): readonly Problem[] {
  return subject.anatomy.leaves.flatMap((leaf) => {
    const party = soleParty(subject, leaf);
    return party === null ? [] : [problem(subject, leaf, party)];
  });
}

/** The one party that the state depends on, or null where it does not depend on one. */
function soleParty(subject: Subject, leaf: AnyStateNode): string | null {
  const exits = subject.anatomy.exitsOf(leaf).filter((arrow) => !subject.isIdle(arrow));
  if (subject.isEnd(leaf) || exits.length === 0) return null;
  const parties = exits.map(({ cause }) =>
    cause.kind === "event" ? subject.sendersOf(cause.type) : null,
  );
  const [party, ...others] = new Set(parties.flatMap((each) => each ?? []));
  if (parties.includes(null) || party === undefined || others.length > 0) return null;
  return subject.isDurable(party) || isMeant(subject, leaf, party) ? null : party;
}

function isMeant({ facts }: Subject, leaf: AnyStateNode, party: string): boolean {
  return Object.entries(facts.waits ?? {}).some(
    ([state, who]) =>
      who === party && (pathOf(leaf) === state || pathOf(leaf).startsWith(`${state}.`)),
  );
}

function problem({ name }: Subject, leaf: AnyStateNode, party: string): Problem {
  const about = pathOf(leaf);
  return {
    code: "no-demotion",
    chart: name,
    about,
    found: `only ${party} can end ${about}; if it is gone, it is waited for without end`,
    next: "add `after`, or an event of somebody else; say in `waits` if it is meant",
  };
}
