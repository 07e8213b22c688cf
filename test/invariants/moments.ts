/** The words that the invariants are written with: what a moment says about itself. */
import type { PlainEvent } from "../../machines/chart.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import { stateText } from "../../src/host/record.ts";
import type { StateValue } from "../../src/host/record.ts";
import type { Moment } from "../../src/proof/invariant.ts";

/** The state as one word; empty for an actor that does not exist yet. */
export const at = ({ snapshot }: LiveActor): string =>
  snapshot === null ? "" : stateText(snapshot.value as StateValue);

export const known = <Context>({ snapshot }: LiveActor): Context => snapshot?.context as Context;

/** True where the state, or one of those around it, has this path. */
export const isIn = (live: LiveActor, path: string): boolean =>
  at(live) === path || at(live).startsWith(`${path}.`);

export const enters = ({ before, after }: Moment, path: string): boolean =>
  isIn(after, path) && !isIn(before, path);

export const leaves = ({ before, after }: Moment, path: string): boolean =>
  isIn(before, path) && !isIn(after, path);

/** The event that was taken, or null where it was something else. */
export const eventIn = ({ happening }: Moment): PlainEvent | null =>
  happening.kind === "event" ? happening.event : null;

/** What happened as one word: an event, an effect, a timer. */
export function whatIn({ happening }: Moment): string {
  switch (happening.kind) {
    case "event":
      return happening.event.type;
    case "timer":
      return happening.timer.split("@")[0] ?? "";
    case "done":
    case "failed":
      return `${happening.child} ${happening.kind}`;
    case "start":
    case "migrated":
      return happening.kind;
    default:
      return happening satisfies never;
  }
}

/** The events told in this step to actors of a chart, or to all. */
export const toldIn = ({ requests }: Moment, chart = ""): readonly PlainEvent[] =>
  requests.messages.flatMap((message) =>
    "event" in message && message.to.startsWith(chart) ? [message.event] : [],
  );

export const typesIn = (moment: Moment, chart = ""): readonly string[] =>
  toldIn(moment, chart).map(({ type }) => type);

export const startedIn = ({ requests }: Moment): readonly string[] =>
  requests.effects.map(({ kind }) => kind);
