/**
 * One life of an orchestrator: a real host on a real file plays a script, then everything takes its
 * usual course until nothing is under way, nobody has an answer to give and no timer runs. It takes
 * up what an earlier life left on disk, as a caller and the world would: nothing else is handed on.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyStateMachine } from "xstate";
import { nextTurn } from "../../src/clock.ts";
import type { Chart } from "../../src/host/charts.ts";
import type { EffectHandler } from "../../src/host/effects.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { MovedClock } from "../../src/proof/moved-clock.ts";
import type { Store } from "../../src/store/port.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { answersPath, startsPath } from "./birth.ts";
import type { Birth, Cued } from "./birth.ts";
import { breakChart, breakStore } from "./breakages.ts";
import { Cues } from "./cues.ts";
import { deathOf, ROWS_MAX, runsOf, stateOf } from "./death.ts";
import type { Death } from "./death.ts";
import { killable, Killer } from "./killing.ts";
import { kindOf, lettersIn } from "./letters.ts";
import { answersTo } from "./neighbours.ts";
import { rankIn } from "./ranking.ts";
import { actorsIn, linesOf, World } from "./world.ts";

/** Rounds of the usual course, and turns of the event loop until something is on disk. */
const ROUNDS_MAX = 300;
const TURNS_MAX = 5_000;

export async function live(birth: Birth): Promise<Death> {
  const life = await Life.begin(birth);
  try {
    await life.play();
    await life.runOut();
    return await life.look();
  } finally {
    await life.end();
  }
}

interface Parts {
  readonly birth: Birth;
  readonly charts: readonly Chart[];
  readonly clock: MovedClock;
  readonly store: Store;
  readonly host: Host;
  readonly cues: Cues;
  readonly killer: Killer;
}

class Life {
  readonly #parts: Parts;
  readonly #answered: Set<string>;
  readonly #wrong: string[] = [];

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#answered = new Set(linesOf(answersPath(parts.birth)));
  }

  /** Opens what is on disk; time goes on from the last moment that is written there. */
  static async begin(birth: Birth): Promise<Life> {
    const [first] = birth.script;
    const clock = new MovedClock(first?.atMs ?? 0);
    const killer = new Killer(birth.kill);
    const opened = openStore(join(birth.folder, "orchestrator.db"), clock);
    const lastMs = (await opened.journal({ limit: ROWS_MAX })).at(-1)?.atMs ?? 0;
    clock.advance(Math.max(0, lastMs - clock.now()));
    const store = killable(breakStore(opened, birth.breakage), killer);
    const charts = await Promise.all(birth.charts.map((each) => chartOf(each, birth)));
    const cues = new Cues(birth.plans);
    const handlers = handlersOf(birth, { cues, killer, store });
    const owner = ownerHere("a life");
    const host = await Host.open({ store, clock, owner, charts, handlers });
    return new Life({ birth, charts, clock, store, host, cues, killer });
  }

  /** What the script has left to be done, in its order. */
  async play(): Promise<void> {
    for (const cued of this.#parts.birth.script) await this.#take(cued);
    this.#parts.cues.releaseOthers();
  }

  async #take({ actor, key, atMs, happening }: Cued): Promise<void> {
    const { clock, cues } = this.#parts;
    const isDone = await this.#isDone(key);
    if (!isDone) clock.advance(Math.max(0, atMs - clock.now()));
    switch (happening.kind) {
      case "start":
      case "event":
        return this.#call({ actor, key, happening }, isDone);
      case "done":
      case "failed":
        cues.release(happening.effect);
        return this.#untilDone(key);
      case "timer":
        return this.#untilDone(key);
      case "migrated":
        throw new Error("a migration is no part of a script");
      default:
        return happening satisfies never;
    }
  }

  /** A caller who has no answer yet asks with the same key, and is told if it was taken before. */
  async #call({ actor, key, happening }: Omit<Cued, "atMs">, isDone: boolean): Promise<void> {
    if (this.#answered.has(key)) return;
    const { host, birth } = this.#parts;
    const answer =
      happening.kind === "start"
        ? await host.start(actor, happening.input, { key })
        : happening.kind === "event" && (await host.send(actor, happening.event, { key }));
    if (answer === false) return;
    if (!answer.ok) this.#wrong.push(`the call ${key} is refused: ${answer.refusal}`);
    else if (answer.repeated !== isDone) this.#wrong.push(`the call ${key} was taken twice`);
    this.#answered.add(key);
    appendFileSync(answersPath(birth), `${key}\n`);
  }

  async #isDone(key: string): Promise<boolean> {
    const { kind } = await this.#parts.store.fate(key);
    return kind === "taken" || kind === "dead";
  }

  async #untilDone(key: string): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      if (await this.#isDone(key)) return;
      await nextTurn();
    }
    throw new Error(`${key} waits for ever`);
  }

  /** The usual course: effects end, neighbours answer, and where nothing else can, timers ring. */
  async runOut(): Promise<void> {
    const { host, clock, store } = this.#parts;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await host.quiet();
      if (await this.#reply()) continue;
      const dueMs = Math.min(...(await this.#timers(store)).map((each) => each.dueMs));
      if (!Number.isFinite(dueMs)) return;
      clock.advance(Math.max(0, dueMs - clock.now()));
    }
    throw new Error(`it has not come to rest after ${ROUNDS_MAX} rounds`);
  }

  async #timers(store: Store) {
    const actors = await store.actors("", ROWS_MAX);
    return (await Promise.all(actors.map(({ actor }) => store.timersOf(actor)))).flat();
  }

  /** Sends the first answer that is not given yet; false where there is none. */
  async #reply(): Promise<boolean> {
    const { host, store } = this.#parts;
    const seen = new Map<string, number>();
    for (const letter of lettersIn(await store.deadLetters(ROWS_MAX))) {
      const earlier = seen.get(kindOf(letter)) ?? 0;
      seen.set(kindOf(letter), earlier + 1);
      if (this.#answered.has(letter.id)) continue;
      const asker = await store.read(letter.from);
      const replies = answersTo(letter, { state: stateOf(asker), runs: runsOf(asker), earlier });
      if (replies === null) continue;
      this.#answered.add(letter.id);
      for (const [index, event] of replies.entries()) {
        await host.send(letter.from, { ...event }, { key: `reply:${letter.id}:${index}` });
      }
      if (replies.length > 0) return true;
    }
    return false;
  }

  async look(): Promise<Death> {
    const { birth, store, charts, killer } = this.#parts;
    const death = await deathOf(birth, store, charts);
    return { ...death, wrong: [...this.#wrong, ...death.wrong], counts: killer.counts };
  }

  end(): Promise<void> {
    return this.#parts.host.close();
  }
}

async function chartOf({ name, file }: Birth["charts"][number], birth: Birth): Promise<Chart> {
  const module = (await import(file)) as { readonly machine: AnyStateMachine };
  return { name, version: 1, machine: breakChart(module.machine, birth.breakage) };
}

function handlersOf(
  { folder }: Birth,
  { cues, killer, store }: Pick<Parts, "cues" | "killer" | "store">,
): Readonly<Record<string, EffectHandler>> {
  const actors = actorsIn(new World(folder), () => rankIn(store));
  const handlers = Object.entries(actors).map(([kind, act]) => {
    const handler: EffectHandler = (input, { key, signal }) => {
      appendFileSync(startsPath(folder), `${key} ${kind}\n`);
      killer.reach("started", [key]);
      const begun = (): void => killer.reach("under way", [key]);
      return act(input, cues.cueFor(key, signal, begun));
    };
    return [kind, handler] as const;
  });
  return Object.fromEntries(handlers);
}
