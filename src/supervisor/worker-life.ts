/**
 * The chart of the worker's life, at work: its effects are real processes, and whoever needs a
 * worker learns here which one serves.
 */
import { join } from "node:path";
import { createActor } from "xstate";
import type { ActorRefFrom } from "xstate";
import type { Clock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import type { Place } from "./place.ts";
import { effect, machine } from "./worker-chart.ts";
import type { WorkerEnd } from "./worker-chart.ts";
import { evict, WorkerProcess } from "./worker-process.ts";

export interface LifeSetting {
  readonly place: Place;
  readonly workspace: string;
  readonly clock: Clock;
  /** False where nothing is dispatched before somebody says `wvo run`. */
  readonly dispatches: boolean;
  /** The program that is the worker, where it is not that of this installation. */
  readonly workerArgv?: readonly [string, ...string[]];
  /** What people should hear. */
  readonly onNews: (text: string) => void;
}

/** A worker that serves. */
export interface Serving {
  /** Grows with every worker. */
  readonly generation: number;
  readonly pid: number | null;
  readonly socket: string;
  readonly httpSocket: string;
}

/** How long a call waits for a worker: longer than one takes to start on a busy machine. */
export const SERVICE_LIMIT_MS = 120_000;

export class WorkerLife {
  readonly #setting: LifeSetting;
  readonly #actor: ActorRefFrom<typeof machine>;
  readonly #over = Promise.withResolvers<FaultError | null>();
  readonly #watchers = new Set<() => void>();
  #drainLimitMs: number;
  #worker: WorkerProcess | null = null;
  #generation = 0;
  /** What the last failed start said, whole: a person gets all of it. */
  #fault: unknown = null;

  constructor(setting: LifeSetting, drainLimitMs: number) {
    this.#setting = setting;
    this.#drainLimitMs = drainLimitMs;
    const actors = {
      evictWorker: effect(() => evict(setting.place.folder).then(nothing)),
      startWorker: effect(() => this.#start().then(nothing)),
      watchWorker: effect<WorkerEnd>(() => this.#watch()),
      drainWorker: effect(() => this.#drain().then(nothing)),
      killWorker: effect(() => this.#kill().then(nothing)),
    };
    this.#actor = createActor(machine.provide({ actors }), { clock: timersOf(setting.clock) });
    this.#actor.subscribe((snapshot) => this.#look(snapshot.status === "done"));
    this.#actor.start();
  }

  get state(): string {
    return this.#actor.getSnapshot().value;
  }

  get reason(): string | null {
    return this.#actor.getSnapshot().context.reason;
  }

  /** Resolves when the life is over: with a fault where the worker cannot be kept alive. */
  get over(): Promise<FaultError | null> {
    return this.#over.promise;
  }

  /** The worker that serves, or null. */
  get serving(): Serving | null {
    if (this.state !== "serving") return null;
    return { generation: this.#generation, pid: this.#worker?.pid ?? null, ...this.#sockets() };
  }

  stop(limitMs?: number): void {
    this.#drainLimitMs = limitMs ?? this.#drainLimitMs;
    this.#actor.send({ type: "stop" });
  }

  /** Waits for nobody: the agents' runs go on, and are found again. */
  kill(): void {
    this.#actor.send({ type: "kill" });
  }

  /** A worker that serves and is later than this one. Throws a fault where there will be none. */
  async later(generation: number, limitMs = SERVICE_LIMIT_MS): Promise<Serving> {
    const { promise, resolve, reject } = Promise.withResolvers<Serving>();
    const look = (): void => {
      const { serving } = this;
      if (serving !== null && serving.generation > generation) resolve(serving);
      else if (this.#actor.getSnapshot().status === "done") reject(gone(this.reason));
    };
    const cancel = this.#setting.clock.schedule(limitMs, () => reject(gone(this.reason)));
    this.#watchers.add(look);
    look();
    try {
      return await promise;
    } finally {
      cancel();
      this.#watchers.delete(look);
    }
  }

  #look(isOver: boolean): void {
    for (const watch of this.#watchers) watch();
    const { onNews } = this.#setting;
    if (this.state === "restarting") onNews(`${this.reason}; another one is started`);
    if (!isOver) return;
    const thrown = this.#fault instanceof FaultError ? this.#fault : gone(this.reason);
    this.#over.resolve(this.state === "failed" ? thrown : null);
  }

  #sockets(): Pick<Serving, "socket" | "httpSocket"> {
    const at = (name: string): string =>
      join(this.#setting.place.sockets, `${name}-${this.#generation}.sock`);
    return { socket: at("worker"), httpSocket: at("http") };
  }

  async #start(): Promise<void> {
    const { place, workspace, dispatches, clock, workerArgv } = this.#setting;
    this.#generation += 1;
    this.#worker = WorkerProcess.spawn(place.folder, workspace, workerArgv);
    const isFirst = !this.#actor.getSnapshot().context.hasServed;
    try {
      await this.#worker.begin({ ...this.#sockets(), dispatches, isFirst }, clock);
    } catch (thrown) {
      this.#fault = thrown;
      throw thrown;
    }
  }

  async #watch(): Promise<WorkerEnd> {
    if (this.#worker === null) throw new Error("there is no worker to watch");
    return { how: await this.#worker.ended, isOrderly: this.#worker.isLeaving };
  }

  async #drain(): Promise<void> {
    await this.#worker?.drain(this.#drainLimitMs, this.#setting.clock);
  }

  async #kill(): Promise<void> {
    await this.#worker?.kill();
  }
}

const nothing = (): null => null;

/** XState names its timers; our clock gives back how to stop one. */
function timersOf(clock: Clock) {
  const cancels = new Map<number, () => void>();
  let last = 0;
  return {
    setTimeout: (wake: (...args: unknown[]) => void, delayMs: number): number => {
      last += 1;
      cancels.set(last, clock.schedule(delayMs, wake));
      return last;
    },
    clearTimeout: (id: number): void => {
      cancels.get(id)?.();
      cancels.delete(id);
    },
  };
}

const gone = (reason: string | null): FaultError =>
  new FaultError({
    code: "supervisor.no-worker",
    where: "the supervisor",
    found: reason === null ? "no worker that serves" : `no worker that serves: ${reason}`,
    expected: "a worker",
    next: "see the supervisor's log; then wvo up again",
    retriable: true,
  });
