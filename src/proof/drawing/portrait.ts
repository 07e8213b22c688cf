/** A chart as plain data, for whatever shows it to people or programs: pages, outlines, JSON. */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { definitionsOf, nodesUnder } from "../definitions.ts";

export interface StatePart {
  /** The path, `gate.checking`; empty for the chart itself. */
  readonly path: string;
  readonly kind: "atomic" | "compound" | "parallel" | "final";
  readonly initial: boolean;
  readonly description: string | null;
  readonly tags: readonly string[];
  /** Effects that run while the actor is there. */
  readonly effects: readonly string[];
  /** Timers that run meanwhile, with their length. */
  readonly timers: readonly string[];
}

export interface ArrowPart {
  readonly from: string;
  readonly on: string;
  readonly guard: string | null;
  /** Empty where it stays where it is. */
  readonly to: readonly string[];
}

export interface EffectPart {
  readonly name: string;
  /** What a crash of WeatherVane means for it. */
  readonly crash: string;
}

export interface Portrait {
  readonly states: readonly StatePart[];
  readonly transitions: readonly ArrowPart[];
  readonly effects: readonly EffectPart[];
  /** Timers by name, with their length. */
  readonly timers: Readonly<Record<string, string>>;
}

export function portraitOf(machine: AnyStateMachine): Portrait {
  const nodes = nodesUnder(machine.root);
  return {
    states: nodes.map((node) => stateOf(node, machine)),
    transitions: definitionsOf(machine).map(({ source, trigger, guard, targets }) => {
      return { from: pathOf(source), on: trigger, guard, to: targets.map(pathOf) };
    }),
    effects: Object.entries(machine.implementations.actors).map(([name, logic]) => {
      return { name, crash: (logic as { readonly crash?: string }).crash ?? "interrupted" };
    }),
    timers: Object.fromEntries(
      nodes.flatMap(timersOf).map((name) => [name, lengthOf(name, machine)]),
    ),
  };
}

const pathOf = ({ path }: AnyStateNode): string => path.join(".");
const timersOf = ({ config }: AnyStateNode): readonly string[] => Object.keys(config.after ?? {});

function stateOf(node: AnyStateNode, machine: AnyStateMachine): StatePart {
  const { parent, type, description, tags, invoke } = node;
  return {
    path: pathOf(node),
    kind: type === "history" ? "atomic" : type,
    initial: parent?.type === "compound" && (parent.initial.target ?? []).includes(node),
    description: description ?? null,
    tags: [...tags],
    effects: invoke.map(({ src }) => (typeof src === "string" ? src : "an effect without a name")),
    timers: timersOf(node).map((name) => `${name} ${lengthOf(name, machine)}`),
  };
}

/** How long a timer runs: a number says so itself, a named delay may be computed. */
function lengthOf(name: string, machine: AnyStateMachine): string {
  const delay: unknown = Number.isNaN(Number(name))
    ? machine.implementations.delays[name]
    : Number(name);
  return typeof delay === "number" ? spanText(delay) : "(computed)";
}

/** A span is written in its greatest even unit: `90 s`, `5 min`, `2 h`. */
const UNITS = { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1_000, ms: 1 } as const;
function spanText(ms: number): string {
  const [unit, size] = Object.entries(UNITS).find(([, each]) => ms % each === 0) ?? ["ms", 1];
  return `${ms / size} ${unit}`;
}
