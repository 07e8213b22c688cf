/**
 * Collects what one step asks for: XState lists it as actions, the host wants effects, timers and
 * messages to make durable. It nets out what starts and ends within the same step.
 */
import type { Message, Messages } from "../../machines/chart.ts";
import type { LiveActor, Requests, StartedEffect } from "./kernel.ts";
import type { Happening } from "./record.ts";

interface Action {
  readonly type: string;
  readonly params?: unknown;
}
interface SpawnParams {
  readonly id: string;
  readonly src: string;
  readonly input: unknown;
}
interface RaiseParams {
  readonly id?: string;
  readonly delay?: number;
}

/** A timer's name, free of XState's own wording: `delay@state`. */
function timerName(sendId: string): string {
  const [, , delay = "", ...state] = sendId.split(".");
  return `${delay}@${state.join(".")}`;
}

const asList = (messages: Messages): readonly Message[] =>
  Array.isArray(messages) ? messages : [messages as Message];

const NOTHING: readonly never[] = [];

/** Maps are copied when they change, and lists made when they have something: most steps need none. */
export class Draft {
  readonly actor: string;
  readonly version: number;
  /** The context that was checked already; a step that keeps it need not check it again. */
  readonly contextBefore: unknown;
  children: LiveActor["children"];
  timers: LiveActor["timers"];
  #effects: Map<string, StartedEffect> | null = null;
  #cancelledEffects: string[] | null = null;
  #delays: Map<string, number> | null = null;
  #cancelledTimers: Set<string> | null = null;
  #messages: Message[] | null = null;
  #started = 0;

  /** A timer that fired is used up: its row goes with the step, whatever the chart does. */
  constructor(before: LiveActor, happening?: Happening) {
    this.actor = before.actor;
    this.version = before.version + 1;
    this.contextBefore = before.snapshot?.context;
    this.children = before.children;
    this.timers = before.timers;
    if (happening?.kind === "timer") this.#cancelledTimers = new Set([happening.timer]);
  }

  /** Takes one action of the step, in order. */
  take({ type, params }: Action): void {
    switch (type) {
      case "tell":
        this.#messages = [...(this.#messages ?? NOTHING), ...asList(params as Messages)];
        return;
      case "xstate.raise":
        this.#setTimer(params as RaiseParams);
        return;
      case "xstate.cancel":
        this.#cancelTimer(timerName((params as { sendId: string }).sendId));
        return;
      case "xstate.spawnChild":
        this.#startEffect(params as SpawnParams);
        return;
      case "xstate.stopChild":
        this.#stopEffect((params as { id: string } | undefined)?.id);
        return;
      default:
        throw new Error(`${this.actor}: the host does not carry out the action ${type}`);
    }
  }

  requests(): Requests {
    const delays = this.#delays === null ? NOTHING : [...this.#delays];
    return {
      effects: this.#effects === null ? NOTHING : [...this.#effects.values()],
      cancelledEffects: this.#cancelledEffects ?? NOTHING,
      timers: delays.map(([name, delayMs]) => ({ name, delayMs })),
      cancelledTimers: this.#cancelledTimers === null ? NOTHING : [...this.#cancelledTimers],
      messages: this.#messages ?? NOTHING,
    };
  }

  /** A raise without a delay was applied within the step already. */
  #setTimer({ id, delay }: RaiseParams): void {
    if (typeof delay !== "number" || id === undefined) return;
    const name = timerName(id);
    this.timers = new Map(this.timers).set(name, this.version);
    this.#delays ??= new Map();
    this.#delays.set(name, Math.max(0, Math.ceil(delay)));
  }

  #cancelTimer(name: string): void {
    this.#delays?.delete(name);
    if (!this.timers.has(name)) return;
    this.timers = lacking(this.timers, name);
    this.#cancelledTimers ??= new Set();
    this.#cancelledTimers.add(name);
  }

  #startEffect({ id: child, src, input }: SpawnParams): void {
    const id = `${this.actor}@${this.version}/${this.#started}`;
    this.#started += 1;
    this.children = new Map(this.children).set(child, id);
    this.#effects ??= new Map();
    this.#effects.set(id, { id, kind: src, child, input: input ?? null });
  }

  #stopEffect(child: string | undefined): void {
    const id = child === undefined ? undefined : this.children.get(child);
    if (child === undefined || id === undefined) return;
    this.children = lacking(this.children, child);
    if (this.#effects?.delete(id) === true) return;
    this.#cancelledEffects ??= [];
    this.#cancelledEffects.push(id);
  }
}

function lacking<Value>(map: ReadonlyMap<string, Value>, name: string): Map<string, Value> {
  const rest = new Map(map);
  rest.delete(name);
  return rest;
}

/** The actor with the happening's own timer or effect taken off it: it has had its say. */
export function settle(live: LiveActor, happening: Happening): LiveActor {
  if (happening.kind === "timer") {
    return { ...live, timers: lacking(live.timers, happening.timer) };
  }
  if (happening.kind !== "done" && happening.kind !== "failed") return live;
  const children = lacking(live.children, happening.child);
  if (live.snapshot === null) return { ...live, children };
  const { [happening.child]: _ended, ...rest } = live.snapshot.children;
  return { ...live, snapshot: { ...live.snapshot, children: rest }, children };
}
