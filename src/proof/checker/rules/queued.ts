/** An item that rests where nobody looks for it is lost, however healthy everything else seems. */
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";
import type { Resting } from "../facts.ts";

/** Without queues nobody is asked; an end is nobody's to find. */
export function checkQueued(subject: Subject): readonly Problem[] {
  const { name, facts, survey } = subject;
  const queues = Object.values(facts.queues ?? {});
  if (queues.length === 0) return [];
  const ends = new Set(endsOf(subject));
  const lost = survey.items.filter(
    (item) => !ends.has(item.state) && !queues.some((finds) => finds(item)),
  );
  const states = [...new Map(lost.map((item) => [item.state, item])).values()];
  return states.map(({ state, context }: Resting) => ({
    code: "unqueued",
    chart: name,
    about: state,
    found: `an item in ${state} is in nobody's queue: ${JSON.stringify(context)}`,
    next: `have one of ${Object.keys(facts.queues ?? {}).join(", ")} find it there`,
  }));
}

function endsOf(subject: Subject): readonly string[] {
  const leaves = subject.anatomy.leaves.filter((leaf) => subject.isEnd(leaf));
  return leaves.map(({ path }) => path.join("."));
}
