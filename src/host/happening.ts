/**
 * Turns what the journal holds into the events a chart understands, and recognises what comes too
 * late to mean anything.
 */
import type { AnyEventObject } from "xstate";
import type { LiveActor } from "./kernel.ts";
import type { Happening } from "./record.ts";

/** The chart's event for a happening, stamped with the time it was taken. */
export function eventOf(happening: Happening, atMs: number): AnyEventObject {
  switch (happening.kind) {
    case "event":
      return { ...happening.event, at: atMs };
    case "done": {
      const { child, output } = happening;
      return { type: `xstate.done.actor.${child}`, output, actorId: child, at: atMs };
    }
    case "failed": {
      const { child, error } = happening;
      return { type: `xstate.error.actor.${child}`, error, actorId: child, at: atMs };
    }
    case "timer": {
      const [delay = "", state = ""] = happening.timer.split("@");
      return { type: `xstate.after.${delay}.${state}`, at: atMs };
    }
    case "start":
    case "migrated":
      throw new Error(`${happening.kind} is no event of a chart`);
    default:
      return happening satisfies never;
  }
}

/**
 * The happening as the actor knows it, or null for a timer or an effect's result that belongs to
 * an earlier visit of its state. The effect's id decides; a migration may have renamed the child.
 */
export function current(live: LiveActor, happening: Happening): Happening | null {
  if (happening.kind === "timer") {
    return live.timers.get(happening.timer) === happening.setBy ? happening : null;
  }
  if (happening.kind !== "done" && happening.kind !== "failed") return happening;
  const entry = [...live.children].find(([, effect]) => effect === happening.effect);
  return entry === undefined ? null : { ...happening, child: entry[0] };
}
