/**
 * Walks one chart on the real kernel through everything that its cases can bring about, and
 * notes what it tells, what it asks for, and which invariants a step breaks. Time stands still:
 * a timer that is set may ring at any moment, so delays are left out of account.
 */
import { createMachine } from "xstate";
import type { AnyStateMachine } from "xstate";
import { MICROSTEPS_MAX } from "../../../machines/chart.ts";
import type { Fault, Message, PlainEvent } from "../../../machines/chart.ts";
import { chartNameOf } from "../../host/charts.ts";
import { Kernel } from "../../host/kernel.ts";
import type { LiveActor, Outcome } from "../../host/kernel.ts";
import { stateText } from "../../host/record.ts";
import type { Happening, StateValue } from "../../host/record.ts";
import { Anatomy } from "./anatomy.ts";
import type { Cases } from "../cases.ts";
import { brokenIn } from "../invariant.ts";
import type { Invariant } from "../invariant.ts";
import { Exploration } from "./explore.ts";
import type { Limits, Move, Violation } from "./explore.ts";
import type { Resting } from "./facts.ts";

/** Something told to another actor, or an actor that was started. */
export interface Told {
  readonly to: string;
  /** Null where an actor was started. */
  readonly type: string | null;
}

export interface Survey {
  readonly items: readonly Resting[];
  readonly told: readonly Told[];
  /** Transition definitions that were taken, `always` included. */
  readonly taken: ReadonlySet<object>;
  readonly violations: readonly Violation[];
  readonly moves: number;
  readonly isComplete: boolean;
  /** What the chart threw, a message each: a sample it chokes on, or a loop without end. */
  readonly thrown: readonly string[];
}

/** Every clock of a survey shows this. */
export const SURVEYED_AT_MS = 1_700_000_000_000;
const PLACES_MAX = 5_000;
const FAULTS: readonly Fault[] = [
  { code: "broken", message: "it broke" },
  { code: "interrupted", message: "WeatherVane ended meanwhile" },
];

/** What a chart is walked with, what is asked of each step, and when to end. */
export interface Plan extends Partial<Limits> {
  readonly cases?: Cases;
  readonly invariants?: readonly Invariant[];
}

/** Walks the chart until nothing new comes up, or until a limit of the plan is reached. */
export function survey(machine: AnyStateMachine, plan: Plan = {}): Survey {
  const { cases = {}, invariants = [], placesMax = PLACES_MAX, violationsMax } = plan;
  const walk = new Walk(bounded(machine), cases, invariants);
  const exploration = new Exploration(
    {
      starts: walk.starts(),
      keyOf: (live) => walk.keyOf(live),
      movesFrom: (live) => walk.movesFrom(live),
    },
    { placesMax, ...(violationsMax === undefined ? {} : { violationsMax }) },
  );
  return {
    items: exploration.places.map(restingOf),
    told: [...walk.told.values()],
    taken: walk.taken,
    violations: exploration.violations,
    moves: exploration.moves,
    isComplete: exploration.isComplete,
    thrown: [...walk.thrown],
  };
}

/** A chart that loops within one event must not take the walk with it; the host refuses it. */
function bounded(machine: AnyStateMachine): AnyStateMachine {
  if (Number.isFinite(machine.options.maxIterations ?? Infinity)) return machine;
  const { config, implementations } = machine;
  const options = { ...config.options, maxIterations: MICROSTEPS_MAX };
  return createMachine({ ...config, options } as never, implementations as never);
}

/** An actor as rules and queues see it. */
export function restingOf({ snapshot }: LiveActor): Resting {
  const { value, context } = snapshot ?? { value: "", context: {} };
  return { state: stateText(value as StateValue), context: context as Resting["context"] };
}

class Walk {
  readonly told = new Map<string, Told>();
  readonly taken = new Set<object>();
  readonly thrown = new Set<string>();
  readonly #kernel: Kernel;
  readonly #cases: Cases;
  readonly #invariants: readonly Invariant[];
  readonly #kinds: ReadonlyMap<string, string>;

  constructor(machine: AnyStateMachine, cases: Cases, invariants: readonly Invariant[]) {
    const observe = (taken: readonly object[]): void =>
      taken.forEach((each) => this.taken.add(each));
    this.#kernel = new Kernel(machine, observe);
    this.#cases = cases;
    this.#invariants = invariants;
    this.#kinds = effectKindsOf(machine);
  }

  starts(): readonly Move<LiveActor>[] {
    const { inputs = [{}], actor = this.#kernel.machine.id } = this.#cases;
    const timers = new Map<string, number>();
    const nobody = { actor, version: 0, snapshot: null, children: new Map(), timers };
    return inputs.flatMap((given) => {
      const input = { ...given, at: SURVEYED_AT_MS };
      const outcome = this.#attempt(() => this.#kernel.start(actor, input));
      return this.#moved(nobody, { kind: "start", input }, outcome);
    });
  }

  *movesFrom(live: LiveActor): Generator<Move<LiveActor>> {
    for (const happening of this.#happeningsAt(live)) {
      const outcome = this.#attempt(() => this.#kernel.step(live, happening, SURVEYED_AT_MS));
      yield* this.#moved(live, happening, outcome);
    }
  }

  keyOf({ snapshot, children, timers }: LiveActor): string {
    const context: unknown = snapshot?.context;
    const known = this.#cases.essence === undefined ? context : this.#cases.essence(context);
    const under = [...children.keys(), ...timers.keys()].toSorted();
    return JSON.stringify([snapshot?.value, snapshot?.status, known, under]);
  }

  /** What throws has changed nothing, as in the host: the walk goes on with the next happening. */
  #attempt(step: () => Outcome): Outcome | null {
    try {
      return step();
    } catch (thrown) {
      this.thrown.add(thrown instanceof Error ? thrown.message : String(thrown));
      return null;
    }
  }

  #moved(before: LiveActor, happening: Happening, outcome: Outcome | null): Move<LiveActor>[] {
    if (outcome?.kind !== "stepped") return [];
    const { next: after, requests } = outcome;
    requests.messages.forEach((message) => this.#note(message));
    const moment = { before, happening, after, requests, atMs: SURVEYED_AT_MS };
    const broken = brokenIn(this.#invariants, moment);
    return [{ label: stepText(before, happening, after), to: after, broken }];
  }

  #note(message: Message): void {
    const type = "event" in message ? message.event.type : null;
    const to = chartNameOf(message.to);
    this.told.set(`${to} ${type}`, { to, type });
  }

  *#happeningsAt(live: LiveActor): Generator<Happening> {
    const { outputs = {}, faults = [] } = this.#cases;
    for (const event of this.#eventsAt(live)) yield { kind: "event", event };
    for (const [timer, setBy] of live.timers) yield { kind: "timer", timer, setBy };
    for (const [child, effect] of live.children) {
      for (const output of outputs[this.#kinds.get(child) ?? child] ?? [null]) {
        yield { kind: "done", effect, child, output };
      }
      for (const error of [...FAULTS, ...faults]) yield { kind: "failed", effect, child, error };
    }
  }

  /** Events of the cases, and of all others the bare type. */
  #eventsAt(live: LiveActor): readonly PlainEvent[] {
    const now = { ...restingOf(live), nowMs: SURVEYED_AT_MS };
    const given = this.#cases.events?.(now) ?? [];
    const types = this.#kernel.acceptedBy(live);
    const bare = types.filter((type) => !given.some((each) => each.type === type));
    return [...given, ...bare.map((type) => ({ type }))];
  }
}

/** The kind of effect behind each invoking child. */
function effectKindsOf(machine: AnyStateMachine): ReadonlyMap<string, string> {
  const { nodes } = new Anatomy(machine);
  return new Map(
    nodes.flatMap(({ invoke }) =>
      invoke.map(({ id, src }) => [id, typeof src === "string" ? src : id] as const),
    ),
  );
}

/** `runFailed: active.working -> backlog.ready`. */
function stepText(before: LiveActor, happening: Happening, after: LiveActor): string {
  const [from, to] = [restingOf(before).state, restingOf(after).state];
  const way = before.version === 0 || from === to ? to : `${from} -> ${to}`;
  return `${happeningText(happening)}: ${way}`;
}

/** A happening in a few words, with what it carries where that is short. */
export function happeningText(happening: Happening): string {
  switch (happening.kind) {
    case "event": {
      const { type, ...more } = happening.event;
      const words = Object.values(more).filter((each) => typeof each === "string");
      return [type, ...words].join(" ").slice(0, WORDS_MAX);
    }
    case "timer":
      return `${happening.timer.split("@")[0]} rings`;
    case "done":
      return `${happening.child} gives ${shortened(happening.output)}`;
    case "failed":
      return `${happening.child} fails (${happening.error.code})`;
    case "start":
    case "migrated":
      return happening.kind;
    default:
      return happening satisfies never;
  }
}
const WORDS_MAX = 60;
const shortened = (output: unknown): string => JSON.stringify(output ?? null).slice(0, WORDS_MAX);
