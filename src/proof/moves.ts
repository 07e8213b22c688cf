/**
 * Everything that can happen to an actor where it stands: each event with the payloads of its
 * cases, each effect under way ends well or badly, the next timer rings, and time passes.
 */
import type { Fault, PlainEvent } from "../../machines/chart.ts";
import type { StartedEffect } from "../host/kernel.ts";
import type { Happening } from "../host/record.ts";
import type { Cases } from "./cases.ts";
import { stateOf } from "./standing.ts";
import type { Move, Standing } from "./standing.ts";

/** An event that no chart has: whatever the state, it must be refused. */
const UNKNOWN: PlainEvent = { type: "setStatus", status: "done" };
const BROKEN: Fault = { code: "broken", message: "it broke" };
const INTERRUPTED: Fault = { code: "interrupted", message: "WeatherVane ended meanwhile" };

export interface Subject {
  /** The actor that walks; the chart's name is the part before the colon. */
  readonly actor: string;
  /** The event types of the chart, without XState's own. */
  readonly eventTypes: readonly string[];
  readonly cases: Cases;
  /** True where two timers can run at a time: then it matters how long one has run already. */
  readonly waits: boolean;
}

/** The event types that a chart names; a pattern names none. */
export const eventTypesOf = (machine: { readonly events: readonly string[] }): readonly string[] =>
  machine.events.filter((type) => !type.startsWith("xstate.") && !type.includes("*"));

export function movesOf(subject: Subject, standing: Standing): readonly Move[] {
  const { live, nowMs } = standing;
  if (live.snapshot === null) return numbered(startsOf(subject), nowMs);
  const now = [...eventsOf(subject, standing), ...endsOf(subject, standing)];
  return [...numbered(now, nowMs), ...ringsOf(standing), ...waitsOf(subject, standing)];
}

interface Named {
  readonly name: string;
  readonly happening: Happening;
}

const startsOf = ({ cases }: Subject): readonly Named[] =>
  (cases.inputs ?? [{}]).map((input) => ({ name: "start", happening: { kind: "start", input } }));

function eventsOf({ cases, eventTypes }: Subject, standing: Standing): readonly Named[] {
  const { live, nowMs } = standing;
  const { context } = live.snapshot ?? { context: null };
  const given = cases.events?.({ context, state: stateOf(standing), nowMs }) ?? [];
  const bare = eventTypes.filter((type) => !given.some((each) => each.type === type));
  return [...given, ...bare.map((type) => ({ type })), UNKNOWN].map((event) => {
    return { name: event.type, happening: { kind: "event", event } };
  });
}

/** The ends of the effects under way: each output of its cases, each fault, and a crash of ours. */
function endsOf({ cases }: Subject, { effects }: Standing): readonly Named[] {
  const faults = [BROKEN, INTERRUPTED, ...(cases.faults ?? [])];
  return [...effects.values()].flatMap(({ id: effect, kind, child }: StartedEffect) => [
    ...(cases.outputs?.[kind] ?? [null]).map((output): Named => {
      return { name: `done ${child}`, happening: { kind: "done", effect, child, output } };
    }),
    ...faults.map((error): Named => {
      const name = `failed ${child} (${error.code})`;
      return { name, happening: { kind: "failed", effect, child, error } };
    }),
  ]);
}

/** The timers that are due next ring, and no other: a later one cannot overtake them. */
function ringsOf({ live, nowMs, dueMs }: Standing): readonly Move[] {
  if (dueMs.size === 0) return [];
  const atMs = Math.max(nowMs, Math.min(...dueMs.values()));
  const due = [...dueMs].filter(([, eachMs]) => eachMs <= atMs).toSorted(byTimeAndName);
  const happenings = due.map(([timer]): Happening => {
    return { kind: "timer", timer, setBy: live.timers.get(timer) ?? 0 };
  });
  return [{ label: `after ${due.map(([name]) => name).join(" and ")}`, atMs, happenings }];
}

type Due = readonly [name: string, dueMs: number];
const byTimeAndName = ([a, aMs]: Due, [b, bMs]: Due): number => aMs - bMs || (a < b ? -1 : 1);

/** Nothing happens until just before the next timer, so that one set then rings after it. */
function waitsOf({ waits }: Subject, { nowMs, dueMs }: Standing): readonly Move[] {
  const atMs = Math.min(...dueMs.values()) - 1;
  return waits && dueMs.size > 0 && atMs > nowMs ? [{ label: "wait", atMs, happenings: [] }] : [];
}

/** The second thing of a name is `name 2`. */
function numbered(all: readonly Named[], atMs: number): readonly Move[] {
  const seen = new Map<string, number>();
  return all.map(({ name, happening }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const label = count === 1 ? name : `${name} ${count}`;
    return { label, atMs, happenings: [happening] };
  });
}
