/**
 * One pure step of one chart: a snapshot and a happening in, the next snapshot and what it asks
 * for out. The only file that touches XState's semi-internal parts (see docs/decisions/0002);
 * when XState 6 comes, this file is ported and nothing else.
 *
 * K1 A step reads no clock and no random number: the same snapshot and happening give the same
 *    outcome, byte for byte.
 * K2 A timer or an effect of an earlier visit is stale: it is recognised by the version that set
 *    it or by the effect's id, and changes nothing.
 * K3 An effect's id is actor, version and place in the step, so it never repeats.
 */
import { createActor } from "xstate";
import type { AnyActorRef, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from "xstate";
import type { Message } from "../../machines/chart.ts";
import type { CrashPolicy } from "../../machines/effects.ts";
import { Draft, settle } from "./draft.ts";
import { current, eventOf } from "./happening.ts";
import { nonJsonPath } from "./json.ts";
import type { Happening, SnapshotRecord, StateValue } from "./record.ts";

/** An actor in memory. `version` counts its steps; 0 is an actor that does not exist yet. */
export interface LiveActor {
  readonly actor: string;
  readonly version: number;
  readonly snapshot: AnyMachineSnapshot | null;
  readonly children: ReadonlyMap<string, string>;
  readonly timers: ReadonlyMap<string, number>;
}

export interface StartedEffect {
  readonly id: string;
  readonly kind: string;
  readonly child: string;
  readonly input: unknown;
}

/** What a step asks the host to make durable, besides the snapshot. */
export interface Requests {
  readonly effects: readonly StartedEffect[];
  readonly cancelledEffects: readonly string[];
  readonly timers: readonly { readonly name: string; readonly delayMs: number }[];
  readonly cancelledTimers: readonly string[];
  readonly messages: readonly Message[];
}

/** What a step asks for that only brings a snapshot forward. */
export const NO_REQUESTS: Requests = {
  effects: [],
  cancelledEffects: [],
  timers: [],
  cancelledTimers: [],
  messages: [],
};

export type Outcome =
  | { readonly kind: "stepped"; readonly next: LiveActor; readonly requests: Requests }
  /** Accepted, and nothing at all changed: there is nothing to write. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly guards: readonly string[] }
  | { readonly kind: "stale" };

/** Called with every transition taken, `always` included: coverage counts them. */
export type Observer = (transitions: readonly object[]) => void;

interface RawAction {
  readonly type: string;
  readonly params?: unknown;
}
interface Scope {
  self: AnyActorRef;
  actionExecutor(action: RawAction): void;
}
interface Internals {
  transition(snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: Scope): AnyMachineSnapshot;
  getInitialSnapshot(scope: Scope, input: unknown): AnyMachineSnapshot;
}
const nothing = (): void => {};

/** Steps actors of one chart. */
export class Kernel {
  readonly machine: AnyStateMachine;
  readonly #internals: Internals;
  readonly #actions: RawAction[] = [];
  #selected = 0;
  readonly #scope: Scope;

  constructor(machine: AnyStateMachine, observe?: Observer) {
    this.machine = machine;
    this.#internals = machine as Internals;
    this.#scope = this.#inertScope(observe);
  }

  /** One inert scope serves every step: making an actor a step is 7 to 20 times slower. */
  #inertScope(observe?: Observer): Scope {
    const self = createActor(this.machine);
    const system = {
      ...self.system,
      _sendInspectionEvent: (event: { type: string; _transitions?: readonly object[] }) => {
        if (event.type !== "@xstate.microstep") return;
        const taken = event._transitions ?? [];
        this.#selected += taken.length;
        observe?.(taken);
      },
    };
    const actionExecutor = (action: RawAction) => this.#actions.push(action);
    const inert = { id: "", sessionId: "", logger: nothing, defer: nothing, emit: nothing };
    return { ...inert, self, system, stopChild: nothing, actionExecutor } as unknown as Scope;
  }

  /** How the crash of the orchestrator concerns an effect of this kind. */
  crashPolicyOf(kind: string): CrashPolicy {
    const logic = this.machine.implementations.actors[kind] as { crash?: CrashPolicy } | undefined;
    return logic?.crash ?? "interrupted";
  }

  /** Event types that some transition of the present state names. */
  acceptedBy(live: LiveActor): readonly string[] {
    const types = nodesOf(live).flatMap((node) => [...node.transitions.keys()]);
    return [...new Set(types)]
      .filter((type) => !type.startsWith("xstate."))
      .toSorted((a, b) => (a < b ? -1 : 1));
  }

  start(actor: string, input: object): Outcome {
    const nobody = { actor, version: 0, snapshot: null, children: new Map(), timers: new Map() };
    this.#begin();
    const snapshot = this.#internals.getInitialSnapshot(this.#scope, input);
    if (snapshot.status === "error") throw asError(snapshot.error);
    return this.#outcome(new Draft(nobody), snapshot);
  }

  step(live: LiveActor, arrived: Happening, atMs: number): Outcome {
    const happening = current(live, arrived);
    if (happening === null) return { kind: "stale" };
    const before = settle(live, happening);
    const { snapshot } = before;
    if (snapshot === null) throw new Error(`${live.actor} does not exist`);
    const event = eventOf(happening, atMs);
    this.#begin();
    const next = this.#internals.transition(snapshot, event, this.#scope);
    if (next.status === "error") throw asError(next.error);
    if (happening.kind === "event") {
      if (this.#selected === 0) return { kind: "refused", guards: guardsOf(live, event) };
      if (next === snapshot && this.#actions.length === 0) return { kind: "unchanged" };
    }
    return this.#outcome(new Draft(before, happening), next);
  }

  /** Brings a stored actor back. Throws where the chart cannot read its state any more. */
  restore(actor: string, version: number, record: SnapshotRecord): LiveActor {
    const { status, value, context } = record;
    const resolved = this.machine.resolveState({ value, context, status });
    const children = new Map(Object.entries(record.children));
    const stubs = Object.fromEntries([...children.keys()].map((id) => [id, { id }]));
    const snapshot = Object.assign(resolved, { children: stubs });
    const timers = new Map(Object.entries(record.timers));
    return { actor, version, snapshot: snapshot as AnyMachineSnapshot, children, timers };
  }

  #begin(): void {
    this.#actions.length = 0;
    this.#selected = 0;
  }

  #outcome(draft: Draft, snapshot: AnyMachineSnapshot): Outcome {
    const isNew = snapshot.context !== draft.contextBefore;
    const wrong = isNew ? nonJsonPath(snapshot.context) : null;
    if (wrong !== null) throw new Error(`${draft.actor}: context${wrong} is not plain JSON`);
    for (const action of this.#actions) draft.take(action);
    const { actor, version, children, timers } = draft;
    const next = { actor, version, snapshot, children, timers };
    return { kind: "stepped", next, requests: draft.requests() };
  }
}

interface StateNode {
  readonly transitions: ReadonlyMap<string, readonly { readonly guard?: unknown }[]>;
}

const nodesOf = ({ snapshot }: LiveActor): readonly StateNode[] =>
  (snapshot as { _nodes?: readonly StateNode[] } | null)?._nodes ?? [];

/** The guards that stand before an event in the present state; undefined where there is a way without. */
export const guardsBefore = (live: LiveActor, type: string): readonly unknown[] =>
  nodesOf(live)
    .flatMap((node) => node.transitions.get(type) ?? [])
    .map(({ guard }) => guard);

const guardsOf = (live: LiveActor, { type }: AnyEventObject): readonly string[] =>
  guardsBefore(live, type).flatMap((guard) => (guard === undefined ? [] : [guardName(guard)]));

/** A guard as its chart names it: `isStrong`, or `not(isStrong)` where guards are combined. */
export function guardName(guard: unknown): string {
  if (typeof guard === "string") return guard;
  if (typeof guard !== "function") return String((guard as { readonly type: unknown }).type);
  const { guards = [] } = guard as { readonly guards?: readonly unknown[] };
  return `${guard.name}(${guards.map(guardName).join(", ")})`;
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

/** An actor as it is stored. */
export function recordOf({ snapshot, children, timers }: LiveActor): SnapshotRecord {
  if (snapshot === null) throw new Error("an actor that does not exist has no record");
  return {
    status: snapshot.status,
    value: snapshot.value as StateValue,
    context: snapshot.context,
    children: Object.fromEntries(children),
    timers: Object.fromEntries(timers),
  };
}
