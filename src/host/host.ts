/**
 * The durable actor host, the only writer. An event comes in, the chart says what follows, one
 * transaction makes it so; then the caller is answered and the effects begin.
 *
 * It keeps P1 to P8 of the architecture. A fault of the store ends the host: what was not answered
 * was not promised, and the next host begins where the disk is.
 */
import type { PlainEvent } from "../../machines/chart.ts";
import { nextTurn } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { faultData } from "../fault.ts";
import type { Fence, Owner, Store } from "../store/port.ts";
import { Observers } from "./actor-ref.ts";
import type { DurableActor, SendOptions } from "./actor-ref.ts";
import { Actors } from "./actors.ts";
import { refuse } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { Charts } from "./charts.ts";
import type { Chart } from "./charts.ts";
import { ATTEMPTS_MAX, Effects } from "./effects.ts";
import type { EffectHandler } from "./effects.ts";
import type { Observer } from "./kernel.ts";
import { Loop } from "./loop.ts";
import type { Commit } from "./loop.ts";
import type { Happening } from "./record.ts";

export interface HostSetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly owner: Owner;
  readonly charts: readonly Chart[];
  readonly handlers: Readonly<Record<string, EffectHandler>>;
  /** How many effects of a kind may run at a time. */
  readonly limits?: Readonly<Record<string, number>>;
  /** How often an effect of kind `retry` is started at most, over all restarts. */
  readonly attemptsMax?: number;
  /** Takes calls and messages and nothing else: no effect is started and no timer rings. */
  readonly isPassive?: boolean;
  /** What a passive host carries out all the same: what its command is there for. */
  readonly passiveHandlers?: Readonly<Record<string, EffectHandler>>;
  /** Ends the term of a living owner: for a worker that takes over. */
  readonly takeOver?: boolean;
  /** Told of every transition taken, by chart: coverage counts them. */
  readonly observe?: (chart: string) => Observer;
  /** Told of every commit, after it is on disk. */
  readonly onCommit?: (commit: Commit) => void;
  /** Called once, when the store failed or a later term began. */
  readonly onFault?: (thrown: unknown) => void;
}

export class Host {
  readonly #setting: HostSetting;
  readonly #charts: Charts;
  readonly #fence: Fence;
  readonly #actors: Actors;
  readonly #effects: Effects;
  readonly #loop: Loop;
  readonly #observers = new Observers();
  readonly #watchers = new Set<(commit: Commit) => void>();
  readonly #stopListening: () => void;
  #fault: unknown = null;
  #closed: Promise<void> | null = null;

  private constructor(setting: HostSetting, charts: Charts, fence: Fence) {
    const { store, clock, owner, isPassive = false, limits = {} } = setting;
    const { passiveHandlers = {} } = setting;
    const handlers = isPassive ? passiveHandlers : setting.handlers;
    const listens = Object.keys(handlers).length > 0 || !isPassive;
    const worker = `${owner.name}#${fence.epoch}`;
    const policyOf = (actor: string, kind: string) => charts.of(actor).kernel.crashPolicyOf(kind);
    const onFault = (thrown: unknown): void => this.#loop.fail(thrown);
    this.#setting = setting;
    this.#charts = charts;
    this.#fence = fence;
    const actors = new Actors(charts, store, fence);
    const { attemptsMax = ATTEMPTS_MAX } = setting;
    const carrying = { store, clock, worker, handlers, limits, attemptsMax };
    const effects = new Effects({ ...carrying, policyOf, onFault });
    const observers = this.#observers;
    const parts = { store, clock, fence, charts, actors, effects, observers, isPassive };
    this.#actors = actors;
    this.#effects = effects;
    const onCommit = (commit: Commit): void => {
      setting.onCommit?.(commit);
      for (const watcher of this.#watchers) watcher(commit);
    };
    this.#loop = new Loop({ ...parts, onCommit, onFault: (thrown) => this.#fail(thrown) });
    this.#stopListening = listens ? store.onWake(() => this.#loop.deliver()) : () => {};
  }

  /** Begins a term: lints the charts, checks the database, and takes up what was under way. */
  static async open(setting: HostSetting): Promise<Host> {
    const charts = new Charts(setting.charts, setting.observe);
    // Before it owns anything: nobody is to take us for an owner that could answer.
    await charts.check(setting.store);
    const fence = await setting.store.acquire(setting.owner, setting.takeOver);
    await charts.admit(setting.store, fence);
    const host = new Host(setting, charts, fence);
    if (setting.isPassive !== true) await host.#effects.claimWaiting();
    await host.#loop.begin();
    return host;
  }

  /** Brings an actor into being. Where it exists already the answer says so and nothing changes. */
  start(actor: string, input: object, options: SendOptions = {}): Promise<Answer> {
    return this.#call(actor, { kind: "start", input }, options);
  }

  /** Sends an event and resolves after its commit, or with the refusal. */
  send(actor: string, event: PlainEvent, options: SendOptions = {}): Promise<Answer> {
    try {
      if (event.type.startsWith("xstate.")) throw new Error(`${event.type} is XState's own`);
      const { chart } = this.#charts.of(actor);
      const parsed = chart.parseEvent?.(event) ?? event;
      return this.#call(actor, { kind: "event", event: parsed }, options);
    } catch (thrown) {
      const { message: refusal } = faultData(thrown);
      const hint = "send an event in the form that its chart names";
      return Promise.resolve(refuse(actor, "invalid", { refusal, hint }));
    }
  }

  /** A reference that XState's `waitFor` and inspectors accept; null where there is no such actor. */
  async actor(id: string): Promise<DurableActor | null> {
    const loaded = await this.#actors.load(id);
    if (loaded === null || loaded.live.snapshot === null) return null;
    let latest = loaded.live.snapshot;
    return {
      id,
      send: (event, options) => this.send(id, event, options),
      getSnapshot: () => (latest = this.#actors.peek(id)?.snapshot ?? latest),
      subscribe: (observer) => {
        const whole = typeof observer === "function" ? { next: observer } : observer;
        return { unsubscribe: this.#observers.add(id, whole) };
      },
    };
  }

  /** Tells of every commit, after it is on disk, until the returned function is called. */
  watch(watcher: (commit: Commit) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** The events that an actor names where it stands and that may come from outside. */
  async accepts(id: string): Promise<readonly string[]> {
    const loaded = await this.#actors.load(id);
    if (loaded === null) return [];
    const { chart, kernel } = this.#charts.of(id);
    const named = kernel.acceptedBy(loaded.live);
    const { outside } = chart;
    return outside === undefined ? named : named.filter((each) => outside.includes(each));
  }

  /** Resolves when no event waits and no effect is under way. Timers may still be set. */
  async quiet(): Promise<void> {
    while (this.#fault === null && (this.#loop.isBusy || this.#effects.busy)) await nextTurn();
  }

  /** Commits nothing more until the returned function is called; null where it is so already. */
  freeze(): Promise<(() => void) | null> {
    return this.#loop.freeze();
  }

  /** Takes no more, stops watching its effects, gives the term back and closes the store. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stopListening();
    await this.#loop.end();
    await this.#effects.close();
    if (this.#fault === null) await this.#setting.store.release(this.#fence);
    await this.#setting.store.close();
  }

  #call(actor: string, happening: Happening, options: SendOptions): Promise<Answer> {
    const { key = null, cause = null } = options;
    return new Promise((resolve, reject) => {
      this.#loop.put({ actor, key, cause, happening, caller: { resolve, reject } });
    });
  }

  #fail(thrown: unknown): void {
    this.#fault = thrown;
    this.#observers.fail(thrown);
    this.#setting.onFault?.(thrown);
  }
}
