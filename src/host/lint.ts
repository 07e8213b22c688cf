/**
 * The rules a chart must keep to be run durably. They are checked when the host opens, so that a
 * chart that would lose an effect, a timer or a byte of its context never gets that far.
 */
import type { AnyStateMachine } from "xstate";

interface InvokeLike {
  readonly id: string;
  readonly src: unknown;
  readonly onDone?: unknown;
  readonly onError?: unknown;
}
interface TransitionLike {
  readonly actions: readonly unknown[];
  readonly guard?: unknown;
}
interface NodeLike {
  readonly id: string;
  readonly type: string;
  readonly entry: readonly unknown[];
  readonly exit: readonly unknown[];
  readonly invoke: readonly InvokeLike[];
  readonly always?: readonly TransitionLike[];
  readonly transitions: ReadonlyMap<string, readonly TransitionLike[]>;
  readonly states: Readonly<Record<string, NodeLike>>;
  readonly config: { readonly after?: Readonly<Record<string, unknown>> };
}

/** Built-in actions the host carries out; `after` sets and cancels its timers through two of them. */
const BUILT_IN = new Set(["xstate.assign", "xstate.raise", "xstate.cancel"]);
const IMPURE = /\b(Date\.now|new Date|Math\.random|performance\.|crypto|process\.|setTimeout)\b/;

/** What is wrong with a chart, one sentence a problem; none is good. */
export function lintChart(machine: AnyStateMachine): readonly string[] {
  const limit = machine.options.maxIterations ?? Infinity;
  const endless = Number.isFinite(limit) ? [] : ["options.maxIterations is not set"];
  const nodes = nodesUnder(machine.root as NodeLike);
  return [...endless, ...lintSources(machine), ...nodes.flatMap((node) => lintNode(node, machine))];
}

const nodesUnder = (node: NodeLike): readonly NodeLike[] => [
  node,
  ...Object.values(node.states).flatMap(nodesUnder),
];

function lintNode(node: NodeLike, machine: AnyStateMachine): readonly string[] {
  const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  const actions = [...node.entry, ...node.exit, ...transitions.flatMap((each) => each.actions)];
  const history = node.type === "history" ? ["is a history state; its past is not stored"] : [];
  return [
    ...history,
    ...node.invoke.flatMap((invoke) => lintInvoke(invoke, machine)),
    ...actions.flatMap((action) => lintAction(action, machine)),
    ...transitions.flatMap(({ guard }) => lintGuard(guard, machine)),
    ...Object.keys(node.config.after ?? {}).flatMap((delay) => lintDelay(delay, machine)),
  ].map((problem) => `#${node.id} ${problem}`);
}

function lintInvoke(invoke: InvokeLike, machine: AnyStateMachine): readonly string[] {
  const { id, src, onDone, onError } = invoke;
  const name = typeof src === "string" ? src : "";
  const logic = machine.implementations.actors[name] as { crash?: unknown } | undefined;
  const declared = typeof logic?.crash === "string";
  return [
    ...(declared ? [] : [`invokes ${id}, which is not a named effect with a crash policy`]),
    ...(onDone === undefined ? [`invokes ${id} without onDone`] : []),
    ...(onError === undefined ? [`invokes ${id} without onError, so a failure would stop it`] : []),
  ];
}

function lintAction(action: unknown, machine: AnyStateMachine): readonly string[] {
  const built =
    typeof action === "function" ? action : named(action, machine.implementations.actions);
  const type = (built as { type?: string } | undefined)?.type;
  if (typeof built === "function" && "resolve" in built) {
    return BUILT_IN.has(type ?? "") ? [] : [`uses the action ${type}, which the host cannot keep`];
  }
  const name =
    typeof action === "object" && action !== null && "type" in action ? action.type : action;
  if (name === "tell" && built !== undefined) return [];
  return [`has the action ${String(name)}; only assign, raise and tell are pure`];
}

function lintGuard(guard: unknown, machine: AnyStateMachine): readonly string[] {
  if (guard === undefined) return [];
  if (typeof guard === "function" && !("check" in guard)) return ["has a guard without a name"];
  if (typeof guard === "function") return [];
  const known = named(guard, machine.implementations.guards);
  return known === undefined ? [`has the unknown guard ${JSON.stringify(guard)}`] : [];
}

function lintDelay(delay: string, machine: AnyStateMachine): readonly string[] {
  const isKnown = !Number.isNaN(Number(delay)) || delay in machine.implementations.delays;
  return isKnown ? [] : [`waits for the unknown delay ${delay}`];
}

function named(reference: unknown, implementations: object): unknown {
  const hasType = typeof reference === "object" && reference !== null && "type" in reference;
  const name = String(hasType ? reference.type : reference);
  return (implementations as Record<string, unknown>)[name];
}

/** Clocks and randomness would make a replay differ; the host stamps events with the time. */
function lintSources({ implementations }: AnyStateMachine): readonly string[] {
  const { guards, delays, actions } = implementations;
  const parts = [guards, delays, actions].flatMap((part) => Object.entries(part as object));
  return parts
    .filter(([, code]) => IMPURE.test(sourceOf(code)))
    .map(([name]) => `${name} reads a clock, a random number or the process`);
}

function sourceOf(code: unknown): string {
  const assignment = (code as { assignment?: unknown }).assignment;
  const inner = typeof assignment === "object" ? Object.values(assignment ?? {}) : [assignment];
  return [code, ...inner]
    .map((each) => (typeof each === "function" ? String(each) : ""))
    .join("\n");
}
