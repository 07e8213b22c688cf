/** An actor as it was after one of its events, with what it waited for and what it would have taken. */
import type { PlainEvent } from "../../machines/chart.ts";
import { faultData } from "../fault.ts";
import { stateOf } from "../host/answer.ts";
import type { Charts } from "../host/charts.ts";
import type { LiveActor, StartedEffect } from "../host/kernel.ts";
import { prospectsOf } from "../host/prospects.ts";
import type { Prospect } from "../host/prospects.ts";
import { rowsOf } from "../host/replay.ts";
import type { JournalRow, StoreReader } from "../store/port.ts";
import { Stage } from "./stage.ts";

export interface Moment {
  /** The event that led here. */
  readonly row: JournalRow;
  /** Null where the chart of today does not come to the state that the journal names. */
  readonly live: LiveActor | null;
  readonly timers: readonly RunningTimer[];
  readonly effects: readonly RunningEffect[];
  readonly prospects: readonly Prospect[];
}

export interface RunningTimer {
  readonly name: string;
  /** Null where it was set before a migration that renamed it. */
  readonly dueMs: number | null;
  /** The event that set it. */
  readonly setBy: number;
}

export interface RunningEffect {
  readonly id: string;
  readonly name: string;
  /** Null where the effect is not one that the chart of today starts. */
  readonly started: Pick<StartedEffect, "kind" | "input"> | null;
}

/** The actor after its event number `at`; null where it has had fewer. */
export async function rewind(
  store: StoreReader,
  charts: Charts,
  { actor, at }: { readonly actor: string; readonly at: number },
): Promise<Moment | null> {
  const stage = new Stage(store, charts);
  const due = new Map<string, number>();
  const started = new Map<string, StartedEffect>();
  for await (const row of rowsOf(store, actor)) {
    const { live, requests } = await stage.take(row);
    for (const { name, delayMs } of requests.timers) due.set(name, row.atMs + delayMs);
    for (const effect of requests.effects) started.set(effect.id, effect);
    if (row.version < at) continue;
    const prospects = live === null ? [] : prospectsOf(charts.of(actor).kernel, live);
    return { row, live, prospects, timers: timersOf(live, due), effects: effectsOf(live, started) };
  }
  return null;
}

const timersOf = (
  live: LiveActor | null,
  due: ReadonlyMap<string, number>,
): readonly RunningTimer[] =>
  [...(live?.timers ?? [])].map(([name, setBy]) => ({ name, setBy, dueMs: due.get(name) ?? null }));

const effectsOf = (
  live: LiveActor | null,
  started: ReadonlyMap<string, StartedEffect>,
): readonly RunningEffect[] =>
  [...(live?.children ?? [])].map(([name, id]) => ({ name, id, started: started.get(id) ?? null }));

/** What would have become of one event, with all that it carries. */
export type Fate =
  | { readonly kind: "accepted"; readonly state: string }
  | { readonly kind: "refused"; readonly guards: readonly string[] }
  /** One that makes the chart throw: it is not in the form that the chart expects. */
  | { readonly kind: "invalid"; readonly why: string };

/** Asks the chart as if another actor had sent the event, and changes nothing. */
export function askWhether(charts: Charts, { live, row }: Moment, event: PlainEvent): Fate | null {
  if (live === null) return null;
  const { kernel } = charts.of(live.actor);
  try {
    const outcome = kernel.step(live, { kind: "event", event }, row.atMs);
    if (outcome.kind === "refused") return { kind: "refused", guards: outcome.guards };
    const after = outcome.kind === "stepped" ? outcome.next : live;
    return { kind: "accepted", state: stateOf(after) };
  } catch (thrown) {
    return { kind: "invalid", why: faultData(thrown).message };
  }
}
