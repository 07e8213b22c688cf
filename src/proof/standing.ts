/**
 * An actor as the pure kernel has it, with the time, and what must be on disk besides the snapshot:
 * timers with their due times, and effects under way. Playing a move gives the next standing.
 */
import type { AnyStateMachine } from "xstate";
import type { Message } from "../../machines/chart.ts";
import { faultData } from "../fault.ts";
import { Kernel } from "../host/kernel.ts";
import type { LiveActor, Requests, StartedEffect } from "../host/kernel.ts";
import { stateText } from "../host/record.ts";
import type { Happening, StateValue } from "../host/record.ts";
import type { Moment } from "./invariant.ts";

export interface Standing {
  readonly live: LiveActor;
  readonly nowMs: number;
  /** When each running timer rings. */
  readonly dueMs: ReadonlyMap<string, number>;
  /** Effects under way, by id. */
  readonly effects: ReadonlyMap<string, StartedEffect>;
}

/** Something that can happen to an actor where it stands. */
export interface Move {
  /** The same for the same thing, wherever the actor stands. */
  readonly label: string;
  readonly atMs: number;
  /** None where only time passes; several where timers ring together. */
  readonly happenings: readonly Happening[];
}

export interface Played {
  readonly kind: "stepped" | "unchanged" | "refused" | "threw";
  readonly after: Standing;
  /** The steps it led to: one, or more where the actor also told itself something. */
  readonly moments: readonly Moment[];
  /** The transitions taken, in order. */
  readonly taken: readonly object[];
  /** What the chart threw. */
  readonly detail: string;
}

/** Steps of one move at most: an actor that never stops talking to itself is broken. */
const STEPS_MAX = 100;
/** Walks begin at the same moment, so that they can be compared. */
const STARTED_AT_MS = 1_700_000_000_000;

/** An actor that has not begun. */
export function beforeStart(actor: string): Standing {
  const live = { actor, version: 0, snapshot: null, children: new Map(), timers: new Map() };
  return { live, nowMs: STARTED_AT_MS, dueMs: new Map(), effects: new Map() };
}

export const stateOf = ({ live: { snapshot } }: Standing): string =>
  snapshot === null ? "nowhere" : stateText(snapshot.value as StateValue);

/** Plays moves of one chart and sees which transitions they take. */
export class Player {
  readonly machine: AnyStateMachine;
  readonly #kernel: Kernel;
  #taken: object[] = [];

  constructor(machine: AnyStateMachine) {
    this.machine = machine;
    this.#kernel = new Kernel(machine, (taken) => this.#taken.push(...taken));
  }

  play(before: Standing, { atMs, happenings }: Move): Played {
    this.#taken = [];
    const moments: Moment[] = [];
    const queue = [...happenings];
    let after: Standing = { ...before, nowMs: atMs };
    let kind: Played["kind"] = happenings.length === 0 ? "stepped" : "refused";
    for (let count = 0; queue.length > 0; count += 1) {
      const happening = queue.shift();
      if (happening === undefined) break;
      const outcome = this.#attempt(after, happening);
      if (outcome.kind === "threw" || count >= STEPS_MAX) {
        const detail = outcome.kind === "threw" ? outcome.detail : "it never stops";
        return { kind: "threw", after: before, moments: [], taken: [], detail };
      }
      if (outcome.kind === "unchanged" && kind === "refused") kind = "unchanged";
      if (outcome.kind !== "stepped") continue;
      kind = "stepped";
      const { next, requests } = outcome;
      moments.push({ before: after.live, happening, after: next, requests, atMs });
      after = follow(after, outcome);
      queue.push(...toItself(next.actor, requests.messages));
    }
    return { kind, after, moments, taken: this.#taken, detail: "" };
  }

  #attempt({ live, nowMs }: Standing, happening: Happening) {
    try {
      return happening.kind === "start"
        ? this.#kernel.start(live.actor, { ...happening.input, at: nowMs })
        : this.#kernel.step(live, happening, nowMs);
    } catch (thrown) {
      return { kind: "threw", detail: faultData(thrown).message } as const;
    }
  }
}

/** What an actor tells itself is taken at once, within the same commit. */
const toItself = (actor: string, messages: readonly Message[]): readonly Happening[] =>
  messages.flatMap((each) =>
    each.to === actor && "event" in each ? [{ kind: "event", event: each.event } as const] : [],
  );

function follow(
  { nowMs, dueMs, effects }: Standing,
  { next, requests }: { readonly next: LiveActor; readonly requests: Requests },
): Standing {
  const set = requests.timers.map(({ name, delayMs }) => [name, nowMs + delayMs] as const);
  const started = requests.effects.map((each) => [each.id, each] as const);
  const underWay = new Set(next.children.values());
  return {
    live: next,
    nowMs,
    dueMs: new Map([...dueMs, ...set].filter(([name]) => next.timers.has(name))),
    effects: new Map([...effects, ...started].filter(([id]) => underWay.has(id))),
  };
}
