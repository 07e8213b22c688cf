/**
 * A small world in which the production charts live together: every actor on the real kernel, and
 * beside them what is true outside of them, which is the programs that run and what git holds.
 * A world is a value; what happens next makes another one.
 */
import { chartNameOf } from "../../src/host/charts.ts";
import { Kernel } from "../../src/host/kernel.ts";
import type { LiveActor, Outcome, Requests } from "../../src/host/kernel.ts";
import type { Happening } from "../../src/host/record.ts";
import type { CheckedChart } from "../../src/proof/checker/facts.ts";
import type { Ranking } from "../../machines/protocol.ts";

/** Something on its way to an actor. */
export interface Letter {
  readonly from: string;
  readonly to: string;
  readonly happening: Happening;
}

/** An effect under way, by its id. */
export interface Deed {
  readonly id: string;
  readonly actor: string;
  readonly kind: string;
  readonly child: string;
  readonly input: unknown;
}

/** What is true, whatever the charts believe. Commits are named after run and round. */
export interface Truth {
  /** Programs that run, and the worktree they run in, by run id. */
  readonly programs: ReadonlyMap<string, string>;
  /** The run whose program was started last, by task. */
  readonly begun: ReadonlyMap<string, string>;
  /** Commits that a run has left, and commits whose checks have passed. */
  readonly made: ReadonlySet<string>;
  readonly passed: ReadonlySet<string>;
  /** The commit that a rebased one was made of. */
  readonly origin: ReadonlyMap<string, string>;
  readonly onTarget: ReadonlySet<string>;
  /** How often something of a task was landed. */
  readonly landings: ReadonlyMap<string, number>;
}

export interface World {
  readonly actors: ReadonlyMap<string, LiveActor>;
  /** Actors that have ended; their ids are not given again. */
  readonly ended: ReadonlySet<string>;
  readonly deeds: ReadonlyMap<string, Deed>;
  /** What a ranking under way has read already. */
  readonly looks: ReadonlyMap<string, Ranking>;
  readonly truth: Truth;
  /** Messages on their way; always none where they are delivered within the commit. */
  readonly letters: readonly Letter[];
  /** Adversities that may still happen. */
  readonly luck: number;
}

/** One step of one actor, as part of a turn. */
export interface Step {
  readonly letter: Letter;
  readonly before: LiveActor;
  readonly after: LiveActor;
  readonly requests: Requests;
}

/** A letter that nobody took, and why. */
export interface Drop {
  readonly letter: Letter;
  readonly why: string;
}

export interface Turned {
  readonly world: World;
  readonly steps: readonly Step[];
  readonly drops: readonly Drop[];
}

/** The time at which everything happens: delays are left out of account. */
export const NOW_MS = 1_700_000_000_000;

/**
 * The charts of a world, each with its kernel. A step is pure, so one that was taken before is
 * taken from memory: in a search the same actors meet the same happenings again and again.
 */
export class Cast {
  readonly #kernels: ReadonlyMap<string, Kernel>;
  readonly #starts = new Map<string, Outcome>();
  readonly #steps = new WeakMap<LiveActor, Map<string, Outcome>>();

  constructor(charts: readonly Pick<CheckedChart, "name" | "machine">[]) {
    this.#kernels = new Map(charts.map(({ name, machine }) => [name, new Kernel(machine)]));
  }

  start(actor: string, input: object): Outcome {
    const key = `${actor} ${JSON.stringify(input)}`;
    const outcome = this.#starts.get(key) ?? this.#kernelOf(actor).start(actor, input);
    this.#starts.set(key, outcome);
    return outcome;
  }

  step(live: LiveActor, happening: Happening): Outcome {
    const steps = this.#steps.get(live) ?? new Map<string, Outcome>();
    this.#steps.set(live, steps);
    const key = JSON.stringify(happening);
    const outcome = steps.get(key) ?? this.#kernelOf(live.actor).step(live, happening, NOW_MS);
    steps.set(key, outcome);
    return outcome;
  }

  #kernelOf(actor: string): Kernel {
    const kernel = this.#kernels.get(chartNameOf(actor));
    if (kernel === undefined) throw new Error(`there is no chart for ${actor}`);
    return kernel;
  }
}

const NOBODY = { children: new Map(), timers: new Map(), version: 0, snapshot: null };

/**
 * One turn of the host: a letter is taken, and the messages of that in the order in which they
 * were told, until none is left; or they go on their way one by one.
 */
export class Turn {
  readonly #cast: Cast;
  readonly #actors: Map<string, LiveActor>;
  readonly #ended: Set<string>;
  readonly #world: World;
  readonly steps: Step[] = [];
  readonly drops: Drop[] = [];

  constructor(cast: Cast, world: World) {
    this.#cast = cast;
    this.#world = world;
    this.#actors = new Map(world.actors);
    this.#ended = new Set(world.ended);
  }

  /** Takes a letter with all that follows from it, as one commit of the host does. */
  take(letter: Letter): Turned {
    const queue = [letter];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      queue.push(...this.#deliver(next));
    }
    return this.#turned([]);
  }

  /** Takes a letter alone; what it tells others waits in the inbox. */
  takeOne(letter: Letter): Turned {
    return this.#turned(this.#deliver(letter));
  }

  #deliver(letter: Letter): readonly Letter[] {
    const { to, happening } = letter;
    const before = this.#actors.get(to);
    if (happening.kind === "start") {
      if (before !== undefined || this.#ended.has(to)) return this.#drop(letter, "exists");
      const input = { ...happening.input, at: NOW_MS };
      return this.#settle(letter, { actor: to, ...NOBODY }, this.#cast.start(to, input));
    }
    if (before === undefined) return this.#drop(letter, this.#ended.has(to) ? "ended" : "unknown");
    return this.#settle(letter, before, this.#cast.step(before, happening));
  }

  #settle(letter: Letter, before: LiveActor, outcome: Outcome) {
    if (outcome.kind === "unchanged") return [];
    if (outcome.kind !== "stepped") return this.#drop(letter, outcome.kind);
    const { next: after, requests } = outcome;
    this.steps.push({ letter, before, after, requests });
    if (after.snapshot?.status === "done") {
      this.#actors.delete(after.actor);
      this.#ended.add(after.actor);
    } else this.#actors.set(after.actor, after);
    return requests.messages.map((message): Letter => {
      const happening: Happening =
        "start" in message
          ? { kind: "start", input: message.start }
          : { kind: "event", event: message.event };
      return { from: letter.to, to: message.to, happening };
    });
  }

  #drop(letter: Letter, why: string): readonly Letter[] {
    this.drops.push({ letter, why });
    return [];
  }

  #turned(letters: readonly Letter[]): Turned {
    const { steps, drops } = this;
    const world = {
      ...this.#world,
      actors: this.#actors,
      ended: latest(this.#ended),
      deeds: this.#deeds(),
      letters: [...this.#world.letters, ...letters],
    };
    return { world: { ...world, truth: begun(world.truth, this.#world, world) }, steps, drops };
  }

  /** Effects that were asked for and called off within one turn never begin. */
  #deeds(): ReadonlyMap<string, Deed> {
    const deeds = new Map<string, Deed>();
    const asked = new Map(this.#world.deeds);
    for (const { after, requests } of this.steps) {
      for (const { id, kind, child, input } of requests.effects) {
        asked.set(id, { id, actor: after.actor, kind, child, input });
      }
    }
    for (const { children } of this.#actors.values()) {
      for (const id of children.values()) {
        const deed = asked.get(id);
        if (deed !== undefined) deeds.set(id, deed);
      }
    }
    return deeds;
  }
}

/** Of what is over only the latest is kept: two tasks have long forgotten what came before. */
const REMEMBERED = 40;

export const latest = (all: ReadonlySet<string>): ReadonlySet<string> =>
  all.size <= REMEMBERED ? all : new Set([...all].slice(-REMEMBERED));

interface RunInput {
  readonly agentId: string;
  readonly work: { readonly taskId: string; readonly runId: string };
}

/** A program begins to run when its effect does. */
function begun(truth: Truth, before: World, after: Pick<World, "deeds">): Truth {
  const started = [...after.deeds.values()].filter(
    ({ id, kind }) => kind === "runAgent" && !before.deeds.has(id),
  );
  if (started.length === 0) return truth;
  const inputs = started.map(({ input }) => input as RunInput);
  const programs = new Map(truth.programs);
  const last = new Map(truth.begun);
  for (const { agentId, work } of inputs) {
    programs.set(work.runId, agentId);
    last.set(work.taskId, work.runId);
  }
  return { ...truth, programs, begun: last };
}
