/**
 * The heart of the host: gathers what waits, makes one turn of it, commits the turn, and only then
 * answers, tells observers and starts effects.
 *
 * L1 Turns never overlap: every step sees the ones before it.
 * L2 Nothing leaves the process before the commit it follows from is on disk (P3, P4).
 * L3 One bad item harms no neighbour: a group that cannot be committed is taken apart.
 */
import { nextTurn } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { FaultError, faultData } from "../fault.ts";
import { Fenced, TOO_LARGE } from "../store/port.ts";
import type { Delivery, Fence, Group, NewEffect, Step, Store } from "../store/port.ts";
import type { Observers } from "./actor-ref.ts";
import type { Actors } from "./actors.ts";
import { Alarm } from "./alarm.ts";
import { refuse } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { Charts } from "./charts.ts";
import type { Effects } from "./effects.ts";
import { Mailbox } from "./mailbox.ts";
import type { Call } from "./mailbox.ts";
import type { Happening } from "./record.ts";
import { spentBy, Turn } from "./turn.ts";
import type { Item } from "./turn.ts";

/** Calls taken into one commit; more would make the first of them wait for the last. */
const BATCH_MAX = 256;
/** Waiting events taken into one commit. */
const PULL_MAX = 256;
/** Messages delivered within one commit; the others wait in the inbox. */
const MESSAGES_MAX = 1_024;

/** What one commit did, for whoever shows it to people. */
export interface Commit {
  readonly steps: readonly Pick<
    Step,
    "actor" | "fromState" | "toState" | "happening" | "atMs" | "views"
  >[];
}

export interface LoopSetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly fence: Fence;
  readonly charts: Charts;
  readonly actors: Actors;
  readonly effects: Effects;
  readonly observers: Observers;
  /** A passive loop takes calls and messages, and leaves timers to an owner that stays. */
  readonly isPassive: boolean;
  readonly onFault: (thrown: unknown) => void;
  readonly onCommit: (commit: Commit) => void;
}

export class Loop {
  readonly #setting: LoopSetting;
  readonly #mailbox = new Mailbox();
  readonly #alarm: Alarm;
  /** True when the inbox or a due timer may have something for us. */
  #hasDeliveries = false;
  #running: Promise<void> | null = null;
  #isOpen = true;
  #isFrozen = false;

  constructor(setting: LoopSetting) {
    this.#setting = setting;
    this.#alarm = new Alarm(setting.clock, () => this.deliver());
  }

  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** Takes a call in; the answer comes through its caller. */
  put(call: Call): void {
    if (!this.#isOpen) return call.caller.resolve(closed(call.actor));
    const refusal = this.#mailbox.put(call);
    if (refusal === null) this.#wake();
    else call.caller.resolve(refusal);
  }

  /** Something may wait in the store. */
  deliver(): void {
    this.#hasDeliveries = true;
    this.#wake();
  }

  /** Sets the alarm for the timers found on opening. */
  async begin(): Promise<void> {
    await this.#rearm();
    this.deliver();
  }

  /**
   * Finishes the turn under way; what comes then waits, unanswered, until the returned function is
   * called or the process has ended. Null where it is so already.
   */
  async freeze(): Promise<(() => void) | null> {
    if (this.#isFrozen) return null;
    this.#isFrozen = true;
    await this.#running;
    return () => {
      this.#isFrozen = false;
      this.deliver();
    };
  }

  /** Finishes the turn under way and takes no more. */
  async end(): Promise<void> {
    this.#isOpen = false;
    this.#alarm.clear();
    await this.#running;
    for (const { actor, caller } of this.#mailbox.take(Infinity)) caller.resolve(closed(actor));
  }

  /** The store failed: whoever waits is told, and nothing more is taken. */
  fail(thrown: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#alarm.clear();
    for (const { caller } of this.#mailbox.take(Infinity)) caller.reject(thrown);
    this.#setting.onFault(thrown);
  }

  #wake(): void {
    if (this.#running !== null || !this.#isOpen || this.#isFrozen) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#hasWork) this.#wake();
    });
  }

  get #hasWork(): boolean {
    return this.#isOpen && !this.#isFrozen && (this.#hasDeliveries || this.#mailbox.size > 0);
  }

  async #run(): Promise<void> {
    // Whoever is ready to call now shares the first commit.
    await nextTurn();
    while (this.#hasWork) {
      const items = await this.#gather().catch((thrown: unknown) => {
        this.fail(thrown);
        return [];
      });
      await this.#turn(items);
      await this.#rearm().catch((thrown: unknown) => this.fail(thrown));
      await nextTurn();
    }
  }

  /** A timer that rang may have been set anew or taken back meanwhile: the next one is asked for. */
  async #rearm(): Promise<void> {
    const { store, fence, isPassive } = this.#setting;
    if (isPassive || !this.#isOpen || this.#alarm.isSet) return;
    this.#alarm.setBy(await store.nextDue(fence));
  }

  /** Deliveries come before calls: they are older. */
  async #gather(): Promise<readonly Item[]> {
    const { store, fence, isPassive } = this.#setting;
    const wanted = this.#hasDeliveries;
    this.#hasDeliveries = false;
    const pulled = wanted ? await store.pull(fence, PULL_MAX) : [];
    const deliveries = isPassive ? pulled.filter(({ from }) => from === "inbox") : pulled;
    if (deliveries.length >= PULL_MAX) this.#hasDeliveries = true;
    const items = deliveries.map(itemOf);
    for (const call of this.#mailbox.take(BATCH_MAX)) {
      const isKnown = call.key !== null && (await this.#answerKnown(call, call.key));
      if (!isKnown) items.push({ ...call, from: "call" });
    }
    return items;
  }

  /** A repeated key is answered from the journal (P1). */
  async #answerKnown({ actor, caller }: Call, key: string): Promise<boolean> {
    const fate = await this.#setting.store.fate(key);
    if (fate.kind !== "taken") return false;
    const { version, toState: state } = fate;
    caller.resolve({ ok: true, actor, version, state, repeated: true });
    return true;
  }

  async #turn(items: readonly Item[]): Promise<void> {
    try {
      await this.#commit(items);
    } catch (thrown) {
      for (const { caller } of items) caller?.reject(thrown);
      this.fail(thrown);
    }
  }

  /** While older events wait in the inbox no message may overtake them: `budget` is then 0. */
  async #commit(items: readonly Item[], budget = MESSAGES_MAX): Promise<void> {
    const { actors, charts, clock, store, fence } = this.#setting;
    const messagesMax = this.#hasDeliveries ? 0 : budget;
    const turn = new Turn({ actors, charts, nowMs: clock.now(), messagesMax });
    await turn.take(items);
    const group = this.#claim(turn);
    try {
      if (!isEmpty(group)) await store.commit(fence, group).then(verify);
    } catch (thrown) {
      if (!isItemsFault(thrown)) throw thrown;
      return this.#takeApart(items, thrown);
    }
    this.#settle(turn, group);
  }

  async #takeApart(items: readonly Item[], thrown: unknown): Promise<void> {
    const [only] = items;
    if (items.length > 1) {
      for (const item of items) await this.#commit([item], 0);
    } else if (only !== undefined) await this.#layAside(only, thrown);
  }

  /** The store refused what the chart decided: a bug, kept for people and out of the way. */
  async #layAside(item: Item, thrown: unknown): Promise<void> {
    const { store, fence, clock } = this.#setting;
    const { actor, key, cause, happening, caller } = item;
    const { message } = faultData(thrown);
    const id = key ?? clock.newId();
    const envelope = { id, actor, body: JSON.stringify(happening), cause };
    const dead = [{ envelope, why: "poison", detail: message, atMs: clock.now() }] as const;
    const spentTimers = spentBy(actor, happening);
    await store.commit(fence, { steps: [], dead, spentInbox: [], spentTimers });
    const hint = "this is a bug; the event is kept in the dead letters and nothing changed";
    caller?.resolve(refuse(actor, "poison", { refusal: message, hint }));
  }

  /** Effects that may start at once are born claimed; those that ended within the turn never start. */
  #claim(turn: Turn): Group {
    const { steps, dead, spentInbox, spentTimers } = turn;
    if (steps.every(({ effects }) => effects.length === 0)) return turn;
    const cancelled = new Set(steps.flatMap((step) => step.cancelledEffects));
    const started = steps.flatMap(({ effects }) => effects.filter(({ id }) => !cancelled.has(id)));
    const assigned = new Map(this.#setting.effects.assign(started).map((each) => [each.id, each]));
    const claimed = (effect: NewEffect): NewEffect => assigned.get(effect.id) ?? effect;
    const withClaims = (step: Step): Step =>
      step.effects.length === 0 ? step : { ...step, effects: step.effects.map(claimed) };
    return { steps: steps.map(withClaims), dead, spentInbox, spentTimers };
  }

  #settle(turn: Turn, { steps }: Group): void {
    const { actors, effects, observers, isPassive } = this.#setting;
    for (const live of turn.live.values()) actors.keep(live);
    for (const { caller, answer } of turn.answers) caller.resolve(answer);
    for (const { actor, snapshot } of turn.live.values()) {
      if (snapshot !== null) observers.tell(actor, snapshot);
    }
    effects.cancel(steps.flatMap((step) => step.cancelledEffects));
    for (const { actor, effects: asked } of steps) {
      for (const effect of asked) if (effect.claimFor !== null) effects.start(actor, effect);
    }
    if (!isPassive)
      steps.forEach(({ timers }) => timers.forEach((each) => this.#alarm.setBy(each.dueMs)));
    if (turn.leftMessages) this.#hasDeliveries = true;
    if (steps.length > 0) this.#setting.onCommit({ steps });
  }
}

function itemOf(delivery: Delivery): Item {
  if (delivery.from === "inbox") {
    const { id: key, actor, body, cause } = delivery.event;
    const happening = JSON.parse(body) as Happening;
    return { from: "inbox", actor, key, cause, happening, caller: null };
  }
  const { actor, timer, setBy } = delivery;
  const happening: Happening = { kind: "timer", timer, setBy };
  const cause = `${actor}@${setBy}`;
  return { from: "timer", actor, key: `${cause}~${timer}`, cause, happening, caller: null };
}

const isEmpty = ({ steps, dead, spentInbox, spentTimers }: Group): boolean =>
  steps.length + dead.length + spentInbox.length + spentTimers.length === 0;

/** A body that is too large concerns its item alone; any other fault of the store, all of us. */
const isItemsFault = (thrown: unknown): boolean =>
  thrown instanceof FaultError
    ? thrown.code === TOO_LARGE
    : !(thrown instanceof Fenced || thrown instanceof Drifted);

/** Memory and disk disagree: a bug, after which only a new start from the disk is safe. */
class Drifted extends Error {}

/** With one writer a step can neither collide nor repeat. */
function verify(results: readonly { readonly ok: boolean }[]): void {
  if (!results.every(({ ok }) => ok)) throw new Drifted("a step did not follow the stored version");
}

const closed = (actor: string): Answer =>
  refuse(actor, "closed", { refusal: "the host is closed", hint: "start WeatherVane again" });
