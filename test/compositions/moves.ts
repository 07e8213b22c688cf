/**
 * All that can happen in a world: an effect ends, a timer rings, a message arrives, a person does
 * something. What a person hopes for is free; every adversity takes one from the world's luck.
 */
import type { PlainEvent } from "../../machines/chart.ts";
import { actorId } from "../../machines/protocol.ts";
import type { TaskSpec } from "../../machines/protocol.ts";
import { stateText } from "../../src/host/record.ts";
import type { Happening, StateValue } from "../../src/host/record.ts";
import type { LiveActor } from "../../src/host/kernel.ts";
import { endingsOf } from "./deeds.ts";
import { looked } from "./ranking.ts";
import type { Setting } from "./setting.ts";
import { Turn } from "./world.ts";
import type { Deed, Letter, Turned, World } from "./world.ts";

/** Something that can happen now. */
export interface Chance {
  readonly label: string;
  /** An adversity is not hoped for: a fault, a limit, a person's whim. */
  readonly isAdverse: boolean;
  readonly happen: () => Turned;
}

/** Timers that ring only when something is late. All others are waited for. */
const LIMITS = new Set([
  "lease",
  "suspicion",
  "gateLimit",
  "claimLimit",
  "drainLimit",
  "reserveLimit",
]);

const PROVIDER = actorId.provider("local");

const states = new WeakMap<LiveActor, string>();

export function stateOf(live: LiveActor): string {
  const known = states.get(live);
  if (known !== undefined) return known;
  const state = stateText((live.snapshot?.value ?? "") as StateValue);
  states.set(live, state);
  return state;
}

export class Chances {
  readonly #setting: Setting;
  readonly #world: World;

  constructor(setting: Setting, world: World) {
    this.#setting = setting;
    this.#world = world;
  }

  /** All that can happen, what is hoped for first. */
  *all(): Generator<Chance> {
    yield* this.#arrivals();
    for (const deed of this.#world.deeds.values()) yield* this.#ofDeed(deed);
    for (const live of this.#world.actors.values()) yield* this.#ofTimers(live);
    yield* this.#ofPeople();
  }

  *#arrivals(): Generator<Chance> {
    const { letters } = this.#world;
    const { delivery } = this.#setting;
    for (const letter of delivery === "scattered" ? firstOf(letters) : letters.slice(0, 1)) {
      const world = { ...this.#world, letters: letters.filter((each) => each !== letter) };
      const label = `${letter.to} gets ${wordOf(letter.happening)} of ${letter.from}`;
      const isLast = world.letters.length === 0;
      if (delivery === "hasty" || (delivery === "inbox" && isLast)) {
        const withAll = (): Turned => this.#turn(world, (turn) => turn.take(letter));
        yield { label, isAdverse: false, happen: withAll };
      }
      const alone = (): Turned => this.#turn(world, (turn) => turn.takeOne(letter));
      yield { label: `${label}, alone`, isAdverse: false, happen: alone };
    }
  }

  *#ofDeed(deed: Deed): Generator<Chance> {
    const world = this.#world;
    const { actor, kind, child, id: effect } = deed;
    for (const [index, { label, result, truth }] of endingsOf(
      deed,
      world,
      this.#setting.runEnds,
    ).entries()) {
      const happening: Happening =
        "output" in result
          ? { kind: "done", effect, child, output: result.output }
          : { kind: "failed", effect, child, error: { code: result.code, message: label } };
      const letter = { from: "the world", to: actor, happening };
      yield {
        label: `${kind} of ${actor} ${label}`,
        isAdverse: index > 0,
        happen: () => this.#report({ ...world, truth }, letter),
      };
    }
  }

  *#ofTimers({ actor, timers }: LiveActor): Generator<Chance> {
    for (const [timer, setBy] of timers) {
      const delay = timer.split("@")[0] ?? timer;
      if (delay === "claimLimit" && this.#world.letters.length > 0) continue;
      const letter: Letter = {
        from: "the clock",
        to: actor,
        happening: { kind: "timer", timer, setBy },
      };
      yield {
        label: `${delay} of ${actor} rings`,
        isAdverse: LIMITS.has(delay),
        happen: () => this.#take(this.#world, letter),
      };
    }
  }

  *#ofPeople(): Generator<Chance> {
    const { tasks, agents } = this.#setting;
    for (const agent of agents) yield* this.#beat(actorId.agent(agent));
    if (this.#isAt(actorId.coordinator, "stopped"))
      yield this.#say("coordinator", { type: "start" }, false);
    // Who is told that a provider is down mends it.
    if (this.#isAt(PROVIDER, "down")) yield this.#say(PROVIDER, { type: "recheck" }, false);
    for (const task of tasks) {
      const to = actorId.task(task);
      const state = this.#at(to);
      if (/^(done|cancelled|imported|active\.cancelling|gate\.withdrawing)/.test(state)) continue;
      yield this.#say(to, { type: "cancel", reason: "not wanted" }, true);
      if (state === "blocked") yield this.#say(to, { type: "unblock" }, true);
      if (task !== tasks[0]) yield* this.#revise(to);
    }
    if (this.#at(actorId.coordinator).startsWith("running")) {
      yield this.#say("coordinator", { type: "stop", agents }, true);
    }
  }

  /** A task is made to wait for the first one, or no longer. */
  *#revise(to: string): Generator<Chance> {
    const snapshot = this.#world.actors.get(to)?.snapshot ?? null;
    if (snapshot === null) return;
    const { spec } = snapshot.context as { readonly spec: TaskSpec };
    const dependsOn = spec.dependsOn.length > 0 ? [] : this.#setting.tasks.slice(0, 1);
    yield this.#say(to, { type: "revise", spec: { ...spec, dependsOn } }, true);
  }

  /** A suspect may give a sign of life after all. */
  *#beat(agent: string): Generator<Chance> {
    const live = this.#world.actors.get(agent);
    const { work } = (live?.snapshot?.context ?? {}) as { work?: { runId: string } | null };
    if (!this.#at(agent).includes("suspect") || work === undefined || work === null) return;
    yield this.#say(agent, { type: "beat", runId: work.runId }, false);
  }

  #say(to: string, event: PlainEvent, isAdverse: boolean): Chance {
    const letter = { from: "a person", to, happening: { kind: "event", event } as const };
    return {
      label: `${event.type} to ${to}`,
      isAdverse,
      happen: () => this.#take(this.#world, letter),
    };
  }

  /** A result goes to the inbox when its effect ends, behind all that waits there. */
  #report(world: World, letter: Letter): Turned {
    const isQueued = ["inbox", "hasty"].includes(this.#setting.delivery);
    if (!isQueued || world.letters.length === 0) {
      return this.#take(world, letter);
    }
    const letters = [...world.letters, letter];
    const deeds = new Map([...world.deeds].filter(([id]) => id !== idOf(letter.happening)));
    return { world: { ...world, letters, deeds }, steps: [], drops: [] };
  }

  #take(world: World, letter: Letter): Turned {
    return this.#turn(world, (turn) =>
      this.#setting.delivery === "commit" ? turn.take(letter) : turn.takeOne(letter),
    );
  }

  #turn(world: World, take: (turn: Turn) => Turned): Turned {
    const turned = take(new Turn(this.#setting.cast, world));
    return { ...turned, world: looked(this.#setting, turned.world) };
  }

  #at(actor: string): string {
    const live = this.#world.actors.get(actor);
    return live === undefined ? "" : stateOf(live);
  }

  #isAt(actor: string, state: string): boolean {
    return this.#at(actor) === state;
  }
}

/** Of one sender and receiver the messages arrive in the order in which they were told. */
const firstOf = (letters: readonly Letter[]): readonly Letter[] =>
  letters.filter(
    (letter, index) =>
      letters.findIndex(({ from, to }) => from === letter.from && to === letter.to) === index,
  );

const idOf = (happening: Happening): string | null =>
  happening.kind === "done" || happening.kind === "failed" ? happening.effect : null;

const wordOf = (happening: Happening): string =>
  happening.kind === "event" ? happening.event.type : happening.kind;
