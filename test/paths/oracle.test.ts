/**
 * The walks take the kernel's word for what a chart does. Here it is asked of XState's own pure
 * functions, for every step of every tour and every refusal.
 */
import { describe, expect, test } from "vitest";
import { initialTransition, transition } from "xstate";
import { eventOf } from "../../src/host/happening.ts";
import type { Branch } from "../../src/proof/drive.ts";
import { planFor } from "../../src/proof/plan.ts";
import type { Move, Standing } from "../../src/proof/standing.ts";
import { chartsIn, ROOT } from "./charts.ts";

const charts = await chartsIn(ROOT);
const branchesOf = (branch: Branch): readonly Branch[] => [
  branch,
  ...branch.next.flatMap(branchesOf),
];

describe.each(charts.map((each) => [each.name, each] as const))("%s", (_name, candidate) => {
  const { machine } = candidate;
  const branches = planFor(candidate).tours.flatMap(branchesOf);

  test("goes where XState says", () => {
    for (const { step } of branches) {
      for (const { before, happening, after, atMs } of step.played.moments) {
        const [next] =
          happening.kind === "start"
            ? initialTransition(machine, { ...happening.input, at: atMs })
            : transition(machine, before.snapshot ?? never(), eventOf(happening, atMs));
        const { value, context, status } = next;
        expect({ value, context, status }, step.move.label).toEqual({
          value: after.snapshot?.value,
          context: after.snapshot?.context as unknown,
          status: after.snapshot?.status,
        });
      }
    }
  });

  test("takes and refuses what XState does", () => {
    const taken = branches.flatMap(({ step: { before, move } }) => eventsIn(before, move));
    const refused = branches.flatMap(({ step: { played }, refusals }) =>
      refusals.flatMap((move) => eventsIn(played.after, move)),
    );
    expect(taken.filter(({ can }) => !can)).toEqual([]);
    expect(refused.filter(({ can }) => can)).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
  });
});

/** The events of a move, and whether XState finds a transition for them. */
function eventsIn({ live: { snapshot } }: Standing, { label, atMs, happenings }: Move) {
  return happenings.flatMap((happening) => {
    if (happening.kind !== "event" || snapshot === null) return [];
    const found = snapshot.machine.getTransitionData(snapshot, eventOf(happening, atMs));
    return [{ label, can: found.length > 0 }];
  });
}

const never = (): never => {
  throw new Error("an actor that began has a snapshot");
};
