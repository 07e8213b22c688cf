/**
 * Plays a chart by hand on the real kernel, so that a row of a table can say in words: after these
 * happenings it is in this state, and the last of them asked for exactly this. A row reads
 * `claim start !cancel => active.working: tell coordinator wake, set lease 5m`, where `!` marks an
 * event that is refused, `~` one that is taken and changes nothing, and `3*` a repetition.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import type { Message } from "../../machines/chart.ts";
import type { EffectName, Effects } from "../../machines/effects.ts";
import { Kernel, recordOf } from "../../src/host/kernel.ts";
import type { LiveActor, Observer, Outcome, Requests } from "../../src/host/kernel.ts";
import { stateText } from "../../src/host/record.ts";
import type { Happening, StateValue } from "../../src/host/record.ts";

/** An event with whatever it carries. */
export interface Told {
  readonly type: string;
}

/** A chart with the actor that the rows are about. */
export interface Subject {
  readonly machine: AnyStateMachine;
  readonly actor: string;
  readonly input: object;
}

/** One happening of a row; it throws where the chart does not take it as the row says. */
export type Step = (play: Play, expected?: Outcome["kind"]) => void;
export type Words = Readonly<Record<string, Step>>;

export interface Stage {
  readonly subject: Subject;
  readonly words: Words;
}

export const STARTED_AT_MS = 1_700_000_000_000;
const none = { effects: [], cancelledEffects: [], timers: [], cancelledTimers: [] } as const;
const NOTHING: Requests = { ...none, messages: [] };

/** One actor on its way through its chart. Time moves only where a row moves it. */
export class Play {
  readonly kernel: Kernel;
  readonly been = new Set<string>();
  nowMs = STARTED_AT_MS;
  live: LiveActor;
  requests: Requests = NOTHING;
  readonly #kinds = new Map<string, string>();
  readonly #dueMs = new Map<string, number>();
  /** The timer of the last happening: that it is used up is no wish of the chart. */
  #rang = "";
  #had: LiveActor["timers"] = new Map();

  constructor({ machine, actor, input }: Subject, observe?: Observer) {
    this.kernel = new Kernel(machine, observe);
    this.live = { actor, version: 0, snapshot: null, children: new Map(), timers: new Map() };
    this.#settle(this.kernel.start(actor, { ...input, at: this.nowMs }));
  }

  /** Gives the chart a happening, and says what it made of it. */
  offer(happening: Happening): Outcome["kind"] {
    const outcome = this.kernel.step(this.live, happening, this.nowMs);
    this.#settle(outcome);
    this.#rang = happening.kind === "timer" ? happening.timer : "";
    return outcome.kind;
  }

  tell(event: Told, expected: Outcome["kind"] = "stepped"): void {
    const at = this.at();
    const kind = this.offer({ kind: "event", event: { ...event } });
    if (kind !== expected) throw new Error(`${at}: ${event.type} was ${kind}, not ${expected}`);
  }

  /** The result of the effect under way that is named so. */
  result(child: string, ending: { readonly output: unknown } | { readonly error: object }): void {
    const effect = this.live.children.get(child);
    if (effect === undefined) throw new Error(`${this.at()}: ${child} is not under way`);
    const kind = "output" in ending ? "done" : "failed";
    this.#mustStep({ kind, effect, child, ...ending } as Happening);
  }

  /** The clock moves on to the moment at which the timer rings. */
  elapse(delay: string): void {
    const [timer, setBy] = [...this.live.timers].find(([name]) => delayOf(name) === delay) ?? [];
    if (timer === undefined || setBy === undefined) throw new Error(`${this.at()}: no ${delay}`);
    this.nowMs = Math.max(this.nowMs, this.#dueMs.get(timer) ?? 0);
    this.#mustStep({ kind: "timer", timer, setBy });
  }

  at(): string {
    return stateText((this.live.snapshot?.value ?? "nowhere") as StateValue);
  }

  context<Context>(): Context {
    return this.live.snapshot?.context as Context;
  }

  /** The state, and what the last happening asked for, as the rows write it. */
  text(): string {
    const { messages, effects, cancelledEffects, timers, cancelledTimers } = this.requests;
    const kept = new Set([this.#rang, ...timers.map(({ name }) => name)]);
    const cleared = cancelledTimers.filter((name) => this.#had.has(name) && !kept.has(name));
    const asks = [
      ...messages.map(textOf),
      ...effects.map(({ kind }) => `run ${kind}`),
      ...cancelledEffects.map((id) => `end ${this.#kinds.get(id)}`),
      ...timers.map(({ name, delayMs }) => `set ${delayOf(name)} ${spanText(delayMs)}`),
      ...cleared.map((name) => `clear ${delayOf(name)}`),
    ];
    return asks.length === 0 ? this.at() : `${this.at()}: ${asks.join(", ")}`;
  }

  /** What is known now, and what the last happening told others and gave to effects. */
  facts() {
    const { messages, effects } = this.requests;
    const told = messages.map((each) => ("event" in each ? each.event : each.start));
    const given = effects.map(({ input }) => input);
    return { ...this.context<object>(), state: this.at(), told, given };
  }

  #mustStep(happening: Happening): void {
    const at = this.at();
    const kind = this.offer(happening);
    if (kind !== "stepped") throw new Error(`${at}: ${JSON.stringify(happening)} was ${kind}`);
  }

  #settle(outcome: Outcome): void {
    this.requests = NOTHING;
    if (outcome.kind !== "stepped") return;
    this.requests = outcome.requests;
    this.#had = this.live.timers;
    this.live = outcome.next;
    for (const { id, kind } of this.requests.effects) this.#kinds.set(id, kind);
    for (const { name, delayMs } of this.requests.timers) {
      this.#dueMs.set(name, this.nowMs + delayMs);
    }
    pathsOf(this.live.snapshot?.value as StateValue).forEach((path) => this.been.add(path));
  }
}

const delayOf = (timer: string): string => timer.split("@")[0] ?? "";
const textOf = (message: Message): string =>
  "event" in message ? `tell ${message.to} ${message.event.type}` : `start ${message.to}`;

/** A span is written in its greatest even unit: `90s`, `5m`, `2h`. */
const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
function spanText(ms: number): string {
  const unit = Object.entries(UNITS).find(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / unit[1]}${unit[0]}`;
}

/** Every state within a state value, as a path below the root. */
function pathsOf(value: StateValue, above = ""): readonly string[] {
  if (typeof value === "string") return [`${above}${value}`];
  return Object.entries(value).flatMap(([state, inner]) => {
    const path = `${above}${state}`;
    return [path, ...(inner === undefined ? [] : pathsOf(inner, `${path}.`))];
  });
}

// ── the words of a row ────────────────────────────────────────────────────────────────────────

/** An event, or one made for the moment, as with the id of the run that is under way. */
export function say<Event extends Told>(event: Event | ((play: Play) => Event)): Step {
  return (play, expected) => play.tell(typeof event === "function" ? event(play) : event, expected);
}
export function done<Name extends EffectName>(name: Name, output: Effects[Name]["output"]): Step {
  return (play) => play.result(name, { output });
}
export function failed(name: string, code = "broken", message = `${name} broke`): Step {
  return (play) => play.result(name, { error: { code, message } });
}
/** The clock moves on to the moment at which a timer rings. */
export function elapse(delay: string): Step {
  return (play) => play.elapse(delay);
}
export function all(...steps: readonly Step[]): Step {
  return (play) => steps.forEach((step) => step(play));
}
/** Plays what a script says, word by word. */
export function play({ subject, words }: Stage, script: string, observe?: Observer): Play {
  const played = new Play(subject, observe);
  for (const [, count = "1", mark = "", word = ""] of script.matchAll(
    /(?:(\d+)\*)?([!~]?)(\S+)/g,
  )) {
    const step = words[word];
    if (step === undefined) throw new Error(`nobody has said what ${word} means`);
    for (let turn = 0; turn < Number(count); turn += 1) step(played, EXPECTED[mark]);
  }
  return played;
}
const EXPECTED: Readonly<Record<string, Outcome["kind"]>> = { "!": "refused", "~": "unchanged" };

/** A row in words, or its two halves where one line is too short. */
export type Row = string | readonly [script: string, end: string];
export type Rows = Readonly<Record<string, Row>>;
const halves = (row: Row): readonly string[] => (typeof row === "string" ? row.split("=>") : row);

/** What a row comes to, and what it says that it comes to. */
export function compare(stage: Stage, row: Row): readonly [seen: string, written: string] {
  const [script = "", written = ""] = halves(row);
  return [play(stage, script).text(), written.trim()];
}

// ── what the tables have left out ─────────────────────────────────────────────────────────────

const nodesUnder = (node: AnyStateNode): readonly AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesUnder),
];
const declaredIn = (node: AnyStateNode) => [
  ...node.transitions,
  ["always", node.always ?? []] as const,
];
const pathOf = ({ path }: AnyStateNode): string => path.join(".");
const lineOf = (node: AnyStateNode): readonly AnyStateNode[] =>
  node.parent === undefined ? [node] : [node, ...lineOf(node.parent)];

/** The states that some path of arrows leads to, guards or not, when one state is taken out. */
export function reachable({ machine }: Subject, takenOut: string): readonly string[] {
  const seen = new Set<AnyStateNode>();
  const visit = (node: AnyStateNode): void => {
    const line = lineOf(node);
    if (seen.has(node) || line.some((each) => pathOf(each) === takenOut)) return;
    seen.add(node);
    const arrows = line.flatMap(declaredIn).flatMap(([, list]) => list);
    for (const { target } of [node.initial, ...arrows]) target?.forEach(visit);
    if (node.type === "parallel") Object.values(node.states).forEach(visit);
  };
  visit(machine.root);
  return [...new Set([...seen].flatMap(lineOf).map(pathOf))];
}

/** The states and transitions of a chart that no row comes to, by source and event. */
export function gapsOf(...tables: readonly (readonly [Stage, Rows])[]): readonly string[] {
  const taken = new Set<object>();
  const observe: Observer = (transitions) => transitions.forEach((each) => taken.add(each));
  const plays = tables.flatMap(([stage, rows]) =>
    Object.values(rows).map((row) => play(stage, halves(row)[0] ?? "", observe)),
  );
  const been = new Set(plays.flatMap((each) => [...each.been]));
  const roots = new Set(tables.map(([{ subject }]) => subject.machine.root));
  return [...roots].flatMap(nodesUnder).flatMap((node) => {
    const declared = declaredIn(node).flatMap(([type, list]) =>
      list.map((each, index) => ({ each, text: `${node.id} ${type} ${index}` })),
    );
    const untaken = declared.filter(({ each }) => !taken.has(each)).map(({ text }) => text);
    const isSeen = been.has(pathOf(node)) || declared.some(({ each }) => taken.has(each));
    return isSeen || node.path.length === 0 ? untaken : [...untaken, `${node.id} is not reached`];
  });
}

/** The types of the samples that the chart takes now, or those that it is moved by. */
export function takenOf(samples: readonly Told[], now: Play, not = ["refused"]): string {
  const { kernel, live, nowMs } = now;
  const before = JSON.stringify(recordOf(live));
  const kindOf = (event: Told) =>
    kernel.step(live, { kind: "event", event: { ...event } }, nowMs).kind;
  const taken = samples.filter((event) => !not.includes(kindOf(event)));
  if (JSON.stringify(recordOf(live)) !== before) throw new Error("a refused event left a trace");
  return [...new Set(taken.map(({ type }) => type))].toSorted().join(" ");
}
export const movedBy = (samples: readonly Told[], now: Play): string =>
  takenOf(samples, now, ["refused", "unchanged"]);

export interface Moment {
  readonly play: Play;
  readonly from: string;
  readonly what: string;
  readonly event: Told;
  readonly isTaken: boolean;
}
export interface World {
  readonly events: (play: Play) => readonly Told[];
  readonly outputs?: { readonly [Name in EffectName]?: readonly Effects[Name]["output"][] };
  readonly look: (moment: Moment) => void;
}

/** Lets things happen as the numbers pick them from all that can happen at each moment. */
export function wander(subject: Subject, picks: readonly number[], world: World): Play {
  const now = new Play(subject);
  for (const pick of picks) {
    const { children, timers, version } = now.live;
    const moves: [Told, () => unknown][] = world
      .events(now)
      .map((event) => [event, () => now.offer({ kind: "event", event: { ...event } })]);
    for (const type of children.keys()) {
      for (const output of world.outputs?.[type as EffectName] ?? []) {
        moves.push([{ type }, () => now.result(type, { output })]);
      }
      const fault = { type: `${type} fails` };
      moves.push([fault, () => failed(type)(now)], [fault, () => failed(type, "interrupted")(now)]);
    }
    for (const type of timers.keys()) moves.push([{ type }, () => now.elapse(delayOf(type))]);
    const [event, happen] = moves[pick % moves.length] ?? [{ type: "" }, () => {}];
    const from = now.at();
    happen();
    world.look({ play: now, from, what: event.type, event, isTaken: now.live.version > version });
  }
  return now;
}
