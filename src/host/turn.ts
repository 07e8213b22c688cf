/**
 * One turn of the host: a batch of happenings becomes steps, the messages of those steps become
 * more steps, and all of it is one group for the store. Nothing of it is shared with the rest of
 * the host until the group is committed.
 *
 * U1 Messages of one sender keep their order, whoever receives them: what waited in the inbox is
 *    taken before what follows from it, and once the budget is spent every further message of the
 *    turn goes to the inbox.
 * U2 Whatever is taken is answered, journaled or laid aside as a dead letter; nothing vanishes.
 */
import type { Message } from "../../machines/chart.ts";
import { FaultError, faultData } from "../fault.ts";
import type { DeadLetter, Envelope, SpentTimer, Step } from "../store/port.ts";
import type { Actors } from "./actors.ts";
import { accept, refuse, refuseEvent, stateOf } from "./answer.ts";
import type { Answer, Caller, RefusalCode } from "./answer.ts";
import type { Charts } from "./charts.ts";
import { NO_REQUESTS, recordOf } from "./kernel.ts";
import type { LiveActor, Outcome } from "./kernel.ts";
import type { Happening } from "./record.ts";

/** Something to take in this turn, wherever it came from. */
export interface Item {
  readonly from: "call" | "inbox" | "timer" | "message";
  readonly actor: string;
  readonly key: string | null;
  readonly cause: string | null;
  readonly happening: Happening;
  readonly caller: Caller | null;
}

export interface TurnSetting {
  readonly actors: Actors;
  readonly charts: Charts;
  readonly nowMs: number;
  /** Messages taken within this turn at most. */
  readonly messagesMax: number;
}

type Stepped = Extract<Outcome, { kind: "stepped" }>;
type Run = (entry: ReturnType<Charts["of"]>) => Outcome;
interface Given {
  readonly caller: Caller;
  readonly answer: Answer;
}

export class Turn {
  readonly steps: Step[] = [];
  readonly dead: DeadLetter[] = [];
  readonly spentInbox: string[] = [];
  readonly spentTimers: SpentTimer[] = [];
  /** Where the actors of this turn stand after it. */
  readonly live = new Map<string, LiveActor>();
  readonly answers: Given[] = [];
  readonly #setting: TurnSetting;
  readonly #keys = new Set<string>();
  readonly #queue: Item[] = [];
  #messagesLeft: number;
  /** True where a message was left for the inbox. */
  leftMessages = false;

  constructor(setting: TurnSetting) {
    this.#setting = setting;
    this.#messagesLeft = setting.messagesMax;
  }

  /** Takes a batch: what waited in the inbox is older than any message that follows from it. */
  async take(items: readonly Item[]): Promise<void> {
    const waited = items.filter(({ from }) => from === "inbox");
    for (const item of waited) await this.#takeOne(item);
    await this.#takeMessages();
    for (const item of items) {
      if (item.from === "inbox") continue;
      await this.#takeOne(item);
      await this.#takeMessages();
    }
  }

  async #takeMessages(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#takeOne(next);
    }
  }

  async #takeOne(item: Item): Promise<void> {
    this.#takeBy(item, this.#present(item.actor) ?? (await this.#find(item)));
  }

  #takeBy(item: Item, before: LiveActor | null): void {
    if (item.key !== null && this.#keys.has(item.key)) return this.#repeat(item, before);
    if (item.key !== null) this.#keys.add(item.key);
    if (item.happening.kind === "start") return this.#start(item, before);
    if (before === null) return this.#drop(item, unknownActor(item.actor));
    this.#step(item, before);
  }

  /** A result that the chart cannot read is a failed effect: whoever waits for it must hear. */
  #step(item: Item, before: LiveActor): void {
    const { happening } = item;
    const run: Run = ({ kernel }) => kernel.step(before, happening, this.#setting.nowMs);
    if (happening.kind !== "done") {
      const outcome = this.#attempt(item, run);
      if (outcome !== null) this.#settle(item, before, outcome);
      return;
    }
    try {
      this.#settle(item, before, run(this.#setting.charts.of(item.actor)));
    } catch (thrown) {
      const { effect, child } = happening;
      const error = { code: "poison", message: `its result: ${faultData(thrown).message}` };
      this.#step({ ...item, happening: { kind: "failed", effect, child, error } }, before);
    }
  }

  #settle(item: Item, before: LiveActor, outcome: Outcome): void {
    switch (outcome.kind) {
      case "stepped":
        return this.#add(item, before, outcome);
      case "unchanged":
        if (item.key !== null) this.spentInbox.push(item.key);
        return this.#answer(item, accept(before));
      case "stale":
        return this.#drop(item, staleResult(item.actor));
      case "refused": {
        const type =
          item.happening.kind === "event" ? item.happening.event.type : item.happening.kind;
        const { kernel } = this.#setting.charts.of(item.actor);
        const answer = refuseEvent(before, kernel, { type, outcome });
        return this.#drop(item, answer);
      }
      default:
        return outcome satisfies never;
    }
  }

  /** An actor where this turn, or the last commit, has it. */
  #present(actor: string): LiveActor | undefined {
    return this.live.get(actor) ?? this.#setting.actors.peek(actor);
  }

  /** An actor from the store; one with an old snapshot is migrated by a step of its own. */
  async #find(item: Item): Promise<LiveActor | null> {
    const { actor } = item;
    const loaded = await this.#setting.actors.load(actor);
    if (loaded === null) return null;
    const { live, migratedFrom } = loaded;
    if (migratedFrom === null) return live;
    const happening: Happening = { kind: "migrated", snapshot: recordOf(live) };
    const key = `${actor}@${live.version}^${migratedFrom}`;
    const next = { ...live, version: live.version + 1 };
    const step = { ...item, from: "call", key, cause: null, happening, caller: null } as const;
    this.#add(step, live, { kind: "stepped", next, requests: NO_REQUESTS });
    return next;
  }

  #start(item: Item, before: LiveActor | null): void {
    if (before !== null) return this.#drop(item, alreadyThere(before));
    const { happening } = item;
    if (happening.kind !== "start") return;
    const at = this.#setting.nowMs;
    const outcome = this.#attempt(item, ({ kernel }) =>
      kernel.start(item.actor, { ...happening.input, at }),
    );
    if (outcome?.kind === "stepped") this.#add(item, nobody(item.actor), outcome);
  }

  /** Runs the chart; one that throws has written nothing, so the event is laid aside. */
  #attempt(item: Item, run: Run): Outcome | null {
    try {
      return run(this.#setting.charts.of(item.actor));
    } catch (thrown) {
      if (thrown instanceof FaultError) this.#drop(item, unknownActor(item.actor));
      else this.#drop(item, poisoned(item.actor, faultData(thrown).message));
      return null;
    }
  }

  #add(item: Item, before: LiveActor, { next, requests }: Stepped): void {
    const { actor } = item;
    const { chart } = this.#setting.charts.of(actor);
    const { nowMs } = this.#setting;
    const record = recordOf(next);
    const sends = this.#envelopes(next, requests.messages);
    this.live.set(actor, next);
    this.steps.push({
      actor,
      expect: before.version,
      key: item.key,
      cause: item.cause,
      atMs: nowMs,
      chart: chart.name,
      chartVersion: chart.version,
      snapshot: JSON.stringify(record),
      happening: JSON.stringify(item.happening),
      fromState: stateOf(before),
      toState: stateOf(next),
      fromInbox: item.from === "inbox",
      effects: requests.effects.map(({ id, kind, child, input }) => ({
        id,
        kind,
        body: JSON.stringify({ child, input }),
        claimFor: null,
      })),
      cancelledEffects: requests.cancelledEffects,
      timers: requests.timers.map(({ name, delayMs }) => ({ name, dueMs: nowMs + delayMs })),
      cancelledTimers: requests.cancelledTimers,
      sends,
      views: chart.project?.({ actor, record, atMs: nowMs }) ?? [],
    });
    this.#answer(item, accept(next));
  }

  #envelopes({ actor, version }: LiveActor, messages: readonly Message[]): readonly Envelope[] {
    const cause = `${actor}@${version}`;
    return messages.map((message, index) => {
      const happening: Happening =
        "start" in message
          ? { kind: "start", input: message.start }
          : { kind: "event", event: message.event };
      const envelope = { id: `${cause}>${index}`, actor: message.to, cause };
      if (this.#messagesLeft > 0) {
        this.#messagesLeft -= 1;
        const item = { from: "message", key: envelope.id, happening, caller: null } as const;
        this.#queue.push({ ...item, actor: message.to, cause });
      } else this.leftMessages = true;
      return { ...envelope, body: JSON.stringify(happening) };
    });
  }

  /** Its key may have been taken by another actor: two calls that would each bring one into being. */
  #repeat(item: Item, own: LiveActor | null): void {
    const taker = this.steps.find(({ key }) => key === item.key)?.actor ?? item.actor;
    const live = this.live.get(taker) ?? own;
    if (live === null) this.#drop(item, unknownActor(item.actor));
    else this.#answer(item, accept(live, true));
  }

  #answer({ caller }: Item, answer: Answer): void {
    if (caller !== null) this.answers.push({ caller, answer });
  }

  /** Tells the caller, or lays the event aside where nobody waits for an answer. */
  #drop(item: Item, answer: Answer): void {
    const { actor, key, cause, happening, caller, from } = item;
    this.spentTimers.push(...spentBy(actor, happening));
    if (caller !== null || answer.ok || key === null) return this.#answer(item, answer);
    const envelope = { id: key, actor, body: JSON.stringify(happening), cause };
    const why = WHY[answer.code] ?? "refused";
    const detail = `${answer.refusal} (${from}); ${answer.hint}`;
    this.dead.push({ envelope, why, detail, atMs: this.#setting.nowMs });
  }
}

/** A timer that fired is used up, also where nothing came of it; one set anew since is not. */
export function spentBy(actor: string, happening: Happening): readonly SpentTimer[] {
  if (happening.kind !== "timer") return [];
  const { timer: name, setBy } = happening;
  return [{ actor, name, setBy }];
}

const WHY: Partial<Record<RefusalCode, DeadLetter["why"]>> = {
  poison: "poison",
  stale: "stale",
  "unknown-actor": "unknown-actor",
};

const nobody = (actor: string): LiveActor => ({
  actor,
  version: 0,
  snapshot: null,
  children: new Map(),
  timers: new Map(),
});

const unknownActor = (actor: string): Answer =>
  refuse(actor, "unknown-actor", {
    refusal: `there is no actor ${actor}`,
    hint: "check its id, or start it first",
  });

const alreadyThere = (live: LiveActor): Answer => ({
  ...refuse(live.actor, "exists", {
    refusal: `${live.actor} exists already`,
    hint: "send it an event instead",
  }),
  state: stateOf(live),
});

const staleResult = (actor: string): Answer =>
  refuse(actor, "stale", {
    refusal: `the timer or result belongs to a state that ${actor} has left`,
    hint: "nothing is to be done",
  });

const poisoned = (actor: string, message: string): Answer =>
  refuse(actor, "poison", {
    refusal: `the chart of ${actor} threw: ${message}`,
    hint: "this is a bug of the chart; the event is kept in the dead letters and nothing changed",
  });
