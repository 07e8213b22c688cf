/**
 * How each event of a chart would fare where an actor stands, without taking it: for people who ask
 * why something was refused.
 */
import { evaluateGuard } from "xstate/guards";
import type { AnyMachineSnapshot } from "xstate";
import { guardName, guardsBefore } from "./kernel.ts";
import type { Kernel, LiveActor } from "./kernel.ts";

export type Prospect =
  /** Whatever the event carries. */
  | { readonly kind: "accepted"; readonly event: string }
  /** What the event carries decides: one of these guards must hold. */
  | { readonly kind: "conditional"; readonly event: string; readonly guards: readonly string[] }
  /** Whatever the event carries; without guards there is no such transition. */
  | { readonly kind: "refused"; readonly event: string; readonly guards: readonly string[] };

/** Every event that the chart names, in the order of the alphabet. */
export function prospectsOf(kernel: Kernel, live: LiveActor): readonly Prospect[] {
  const { snapshot } = live;
  if (snapshot === null) return [];
  // XState's own list leaves out an event that is taken and changes nothing.
  const named = new Set([...kernel.machine.events, ...kernel.acceptedBy(live)]);
  return [...named]
    .filter((type) => !type.startsWith("xstate.") && !isPattern(type))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((event) => prospectOf(event, snapshot, guardsBefore(live, event)));
}

const isPattern = (type: string): boolean => type === "*" || type.endsWith(".*");

function prospectOf(
  event: string,
  snapshot: AnyMachineSnapshot,
  before: readonly unknown[],
): Prospect {
  const verdicts = before.map((guard) => judge(guard, event, snapshot));
  const decisive = verdicts.find((verdict) => verdict === "holds" || verdict === "throws");
  if (decisive === "holds") return { kind: "accepted", event };
  const names = before.map((guard, at) => nameOf(guard, verdicts[at]));
  const kind = verdicts.includes("depends") ? "conditional" : "refused";
  return { kind, event, guards: [...new Set(names)] };
}

type Verdict = "holds" | "fails" | "depends" | "throws";

const nameOf = (guard: unknown, verdict: Verdict | undefined): string =>
  verdict === "throws" ? `${guardName(guard)} (it throws)` : guardName(guard);

/** A guard that looks at what the event carries can hold or not; one that does not is as it is. */
function judge(guard: unknown, type: string, snapshot: AnyMachineSnapshot): Verdict {
  if (guard === undefined) return "holds";
  const asked = bareEvent(type);
  try {
    const holds = evaluateGuard(guard as never, snapshot.context, asked.event, snapshot);
    if (asked.wasLookedInto()) return "depends";
    return holds ? "holds" : "fails";
  } catch {
    return asked.wasLookedInto() ? "depends" : "throws";
  }
}

/** An event of nothing but a type, which knows whether anybody looked for more. */
function bareEvent(type: string) {
  let lookedInto = false;
  const event = new Proxy(
    { type },
    {
      get: (target, key) => {
        lookedInto ||= key !== "type";
        return key === "type" ? target.type : undefined;
      },
      has: (_target, key) => {
        lookedInto ||= key !== "type";
        return key === "type";
      },
      ownKeys: (target) => {
        lookedInto = true;
        return Reflect.ownKeys(target);
      },
    },
  );
  return { event, wasLookedInto: () => lookedInto };
}
