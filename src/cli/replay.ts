/** `wvo replay ID --at N`: an actor as it was after one of its events, and what it would have taken. */
import type { PlainEvent } from "../../machines/chart.ts";
import { catalog } from "../catalog/catalog.ts";
import { isoTime } from "../clock.ts";
import { FaultError } from "../fault.ts";
import { Charts } from "../host/charts.ts";
import { recordOf } from "../host/kernel.ts";
import type { Happening } from "../host/record.ts";
import type { StoreReader } from "../store/port.ts";
import { askWhether, rewind } from "../watch/rewind.ts";
import { knownActor } from "./actor.ts";
import { command } from "./command.ts";
import { reading } from "./reading.ts";
import { renderReplay } from "./replay-text.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly at?: string;
  readonly event?: string;
}

export const replayCommand = () =>
  command<Options>(
    { name: "replay", summary: "an actor as it was after one of its events" },
    async ({ out, args, options }) => {
      const [id = ""] = args;
      const at = numberOf(options.at);
      const event = eventOf(options.event);
      const told = await reading(loadHere(), (store) => tell(store, { id, at, event }));
      out.result(told, () => renderReplay(told));
    },
  )
    .argument("<id>", "the actor, such as agent:worker-01; T-1 is short for task:T-1")
    .option("--at <n>", "after its event number N; by default the last")
    .option("--event <json>", "also says what would have become of this event");

interface Question {
  readonly id: string;
  readonly at: number | null;
  readonly event: PlainEvent | null;
}

async function tell(store: StoreReader, { id, at, event }: Question) {
  const charts = new Charts(catalog);
  const { actor, version: events } = await knownActor(store, id);
  const moment = await rewind(store, charts, { actor, at: at ?? events });
  if (moment === null || at === 0) throw noSuchEvent(actor, { at, events });
  const { row, live, timers, effects, prospects } = moment;
  const record = live === null ? null : recordOf(live);
  return {
    actor,
    event: row.version,
    events,
    seq: row.seq,
    at: isoTime(row.atMs),
    cause: row.cause,
    led_by: JSON.parse(row.happening) as Happening,
    from: row.fromState,
    state: row.toState,
    replays: live !== null,
    status: record?.status ?? null,
    value: record?.value ?? null,
    context: record?.context ?? null,
    timers: timers.map(({ name, dueMs, setBy }) => {
      return { name, due: dueMs === null ? null : isoTime(dueMs), set_by: setBy };
    }),
    effects: effects.map(({ name, id: effect, started }) => {
      return { name, id: effect, kind: started?.kind ?? null, input: started?.input ?? null };
    }),
    accepts: prospects.filter(({ kind }) => kind === "accepted").map((each) => each.event),
    conditional: prospects.flatMap((each) => (each.kind === "conditional" ? [guarded(each)] : [])),
    refused: prospects.flatMap((each) => (each.kind === "refused" ? [guarded(each)] : [])),
    ...(event === null ? {} : { asked: { event, fate: askWhether(charts, moment, event) } }),
  };
}
export type Told = Awaited<ReturnType<typeof tell>>;

const guarded = ({ event, guards }: { event: string; guards: readonly string[] }) => {
  return { event, guards };
};

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usage("--at", { found: text, expected: "the number of an event, 1 for the first" });
}

function eventOf(text: string | undefined): PlainEvent | null {
  if (text === undefined) return null;
  const expected = `an event as JSON, such as '{"type":"cancel"}'`;
  const event = parsed(text) as Partial<PlainEvent> | null;
  if (typeof event?.type === "string" && !event.type.startsWith("xstate.")) {
    return event as PlainEvent;
  }
  throw usage("--event", { found: text, expected });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // What it is instead, the usage says.
  }
}

const usage = (option: string, words: { readonly found: string; readonly expected: string }) =>
  new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: `wvo replay ${option}`,
    ...words,
    next: "wvo replay --help explains it",
  });

const noSuchEvent = (actor: string, { at, events }: { at: number | null; events: number }) =>
  new FaultError({
    code: "replay.no-such-event",
    kind: "notFound",
    where: actor,
    found: `no event number ${at ?? events}`,
    expected: `a number from 1 to ${events}`,
    next: `wvo log --actor ${actor} lists its events`,
  });
