/** What `wvo replay` tells people. */
import type { Told } from "./replay.ts";

export function renderReplay(told: Told): string {
  const { actor, event, events, seq, at, from, state, cause, asked } = told;
  return [
    `${actor} after event ${event} of ${events}, row ${seq} of the journal, at ${at}`,
    ...(told.replays ? [] : [STRANGE]),
    ...part("led by", [happeningText(told), ...(cause === null ? [] : [`from ${cause}`])]),
    ...part("state", [from === state ? state : `${state}, was ${from || "nothing"}`]),
    ...part("context", JSON.stringify(told.context, null, 2).split("\n")),
    ...part("timers", told.timers.map(timerText)),
    ...part("effects", told.effects.map(effectText)),
    ...part("accepts", told.accepts.length === 0 ? [] : [told.accepts.join(", ")]),
    ...part("depends", told.conditional.map(needsText)),
    ...part("refuses", refusedLines(told)),
    ...(asked === undefined ? [] : part("asked", [fateText(asked)])),
  ].join("\n");
}

const STRANGE =
  "the chart of this version does not come to this state; the journal says no more than follows";

const WIDTH = 9;

/** A word, and beside it one line or more. */
function part(word: string, lines: readonly string[]): readonly string[] {
  const [first = "none", ...others] = lines;
  return [`${word.padEnd(WIDTH)}${first}`, ...others.map((line) => " ".repeat(WIDTH) + line)];
}

function happeningText({ led_by: happening }: Told): string {
  switch (happening.kind) {
    case "event":
      return JSON.stringify(happening.event);
    case "start":
      return `start ${JSON.stringify(happening.input)}`;
    case "done":
      return `${happening.child} done, with ${JSON.stringify(happening.output)}`;
    case "failed":
      return `${happening.child} failed: ${happening.error.code}, ${happening.error.message}`;
    case "timer":
      return `timer ${happening.timer}, set by event ${happening.setBy}`;
    case "migrated":
      return "the migration to a newer chart";
    default:
      return happening satisfies never;
  }
}

const timerText = ({ name, due, set_by: setBy }: Told["timers"][number]): string =>
  `${name}, due ${due ?? "at a time unknown"}, set by event ${setBy}`;

const effectText = ({ name, kind, id, input }: Told["effects"][number]): string =>
  `${name} (${id})${kind === null ? "" : `, ${kind} of ${JSON.stringify(input)}`}`;

type Guarded = Told["refused"][number];

const needsText = ({ event, guards }: Guarded): string =>
  `${event}, where ${guards.join(" or ")} holds`;

function refusedLines({ refused }: Told): readonly string[] {
  const unknown = refused.filter(({ guards }) => guards.length === 0).map(({ event }) => event);
  const guarded = refused.filter(({ guards }) => guards.length > 0);
  return [
    ...guarded.map(({ event, guards }) => `${event}, since ${guards.join(" or ")} does not hold`),
    ...(unknown.length === 0 ? [] : [`${unknown.join(", ")}: there is no such transition`]),
  ];
}

function fateText({ event, fate }: NonNullable<Told["asked"]>): string {
  switch (fate?.kind) {
    case "accepted":
      return `${event.type} would be accepted, and lead to ${fate.state}`;
    case "refused": {
      const why =
        fate.guards.length > 0
          ? `${fate.guards.join(" or ")} does not hold`
          : "there is no such transition";
      return `${event.type} would be refused: ${why}`;
    }
    case "invalid":
      return `${event.type} could not be taken: ${fate.why}`;
    case undefined:
      return `what would become of ${event.type} cannot be said`;
    default:
      return fate satisfies never;
  }
}
