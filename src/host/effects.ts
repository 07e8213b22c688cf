/**
 * Carries out what committed steps asked for. A result goes to the inbox in the same transaction
 * that takes the effect off the outbox, so it is delivered exactly once.
 *
 * E1 No effect has two handlers running in this process.
 * E2 An effect whose kind is `interrupted` is started once, ever; a later claim on it reports that
 *    instead (P4).
 * E3 Of one kind never more run than its limit; the others wait in the outbox.
 */
import type { CrashPolicy } from "../../machines/effects.ts";
import { repeat } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { faultData } from "../fault.ts";
import { LeaseLost, TOO_LARGE } from "../store/port.ts";
import type { Claim, NewEffect, Store } from "../store/port.ts";
import type { Happening } from "./record.ts";

/** What a handler knows of the effect it carries out. */
export interface EffectScope {
  /** The idempotency key: the same effect always has the same one. */
  readonly key: string;
  /** The actor that asked. */
  readonly actor: string;
  readonly attempt: number;
  /** Aborts when the actor no longer waits for the result, and when the host closes. */
  readonly signal: AbortSignal;
}

/** Does something in the world; what it throws becomes a fault that the chart handles. */
export type EffectHandler<Input = never, Output = unknown> = (
  input: Input,
  scope: EffectScope,
) => Promise<Output>;

export interface EffectsSetting {
  readonly store: Store;
  readonly clock: Clock;
  readonly worker: string;
  readonly handlers: Readonly<Record<string, EffectHandler>>;
  /** How many of a kind may run at a time; DEFAULT_LIMIT where a kind is not named. */
  readonly limits: Readonly<Record<string, number>>;
  readonly attemptsMax: number;
  readonly policyOf: (actor: string, kind: string) => CrashPolicy;
  /** The store failed: the host cannot go on. */
  readonly onFault: (thrown: unknown) => void;
}

const DEFAULT_LIMIT = 64;
/** A claim that is not renewed lapses; it is renewed at half of this. */
const LEASE_MS = 10 * 60_000;
/**
 * An effect that takes the orchestrator down with it is not started for ever. High, since waiting
 * for a long run sees every restart of ours and is to blame for none of them.
 */
export const ATTEMPTS_MAX = 1_000;
/** Handlers get this long to notice that the host closes. */
const CLOSE_LIMIT_MS = 10_000;

/** A chart keeps what it is told: a program's whole output does not belong into a fault. */
const FAULT_CHARS_MAX = 8_000;

function inBrief(thrown: unknown): ReturnType<typeof faultData> {
  const { code, message } = faultData(thrown);
  const more = message.length - FAULT_CHARS_MAX;
  if (more <= 0) return { code, message };
  return { code, message: `${message.slice(0, FAULT_CHARS_MAX)} ... (${more} characters more)` };
}

interface Running {
  /** The newest claim: after a jump of the clock the lapsed one is taken again, by us. */
  claim: Claim;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class Effects {
  readonly #setting: EffectsSetting;
  readonly #running = new Map<string, Running>();
  readonly #kinds: readonly string[];
  #waiting = false;
  #closing = false;

  constructor(setting: EffectsSetting) {
    this.#setting = setting;
    this.#kinds = Object.keys(setting.handlers);
  }

  get busy(): boolean {
    return this.#running.size > 0 || this.#waiting;
  }

  /** Claims for the new effects that may start at once; the others are claimed when there is room. */
  assign(effects: readonly NewEffect[]): readonly NewEffect[] {
    const taken = new Map<string, number>();
    return effects.map((effect) => {
      const more = taken.get(effect.kind) ?? 0;
      if (!this.#kinds.includes(effect.kind)) return effect;
      if (this.#room(effect.kind) <= more) {
        this.#waiting = true;
        return effect;
      }
      taken.set(effect.kind, more + 1);
      return { ...effect, claimFor: { worker: this.#setting.worker, leaseMs: LEASE_MS } };
    });
  }

  /** Starts effects that were born claimed. */
  start(actor: string, effect: NewEffect): void {
    const { id, kind, body } = effect;
    const untilMs = this.#setting.clock.now() + LEASE_MS;
    this.#carryOut({ effect: id, actor, kind, body, token: 1, attempt: 1, untilMs });
  }

  cancel(effects: readonly string[]): void {
    for (const id of effects) this.#running.get(id)?.controller.abort();
  }

  /** Claims what waits, as far as there is room; on opening this finds what a crash left behind. */
  async claimWaiting(): Promise<void> {
    const { store, worker } = this.#setting;
    this.#waiting = false;
    for (const kind of this.#kinds) {
      const limit = this.#room(kind);
      if (limit <= 0) {
        this.#waiting = true;
        continue;
      }
      const claims = await store.claim({ worker, kinds: [kind], limit, leaseMs: LEASE_MS });
      for (const claim of claims) this.#carryOut(claim);
      if (claims.length === limit) this.#waiting = true;
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    const ended = [...this.#running.values()].map((each) => each.ended);
    for (const { controller } of this.#running.values()) controller.abort();
    const late = Promise.withResolvers<void>();
    const cancel = this.#setting.clock.schedule(CLOSE_LIMIT_MS, late.resolve);
    await Promise.race([Promise.all(ended), late.promise]);
    cancel();
  }

  #room(kind: string): number {
    const running = [...this.#running.values()].filter((each) => each.claim.kind === kind).length;
    return (this.#setting.limits[kind] ?? DEFAULT_LIMIT) - running;
  }

  #carryOut(claim: Claim): void {
    const running = this.#running.get(claim.effect);
    if (running !== undefined) running.claim = claim;
    if (running !== undefined || this.#closing) return;
    const controller = new AbortController();
    const stopBeating = this.#beat(claim);
    const ended = this.#result(claim, controller.signal)
      .then((happening) => (this.#closing ? undefined : this.#report(claim, happening)))
      .catch(this.#setting.onFault)
      .finally(() => {
        stopBeating();
        this.#running.delete(claim.effect);
        if (this.#waiting && !this.#closing) {
          this.claimWaiting().catch(this.#setting.onFault);
        }
      });
    this.#running.set(claim.effect, { claim, controller, ended });
  }

  async #result({ effect, actor, kind, body, attempt }: Claim, signal: AbortSignal) {
    const { child, input } = JSON.parse(body) as { child: string; input: never };
    const failed = (code: string, message: string): Happening => ({
      kind: "failed",
      effect,
      child,
      error: { code, message },
    });
    const isInterrupted = attempt > 1 && this.#setting.policyOf(actor, kind) === "interrupted";
    if (isInterrupted) return failed("interrupted", "WeatherVane ended while this was under way");
    const { attemptsMax } = this.#setting;
    if (attempt > attemptsMax) {
      return failed("given-up", `WeatherVane ended ${attemptsMax} times while this was under way`);
    }
    const handler = this.#setting.handlers[kind];
    if (handler === undefined) return failed("no-handler", `nothing carries out ${kind}`);
    try {
      const output = (await handler(input, { key: effect, actor, attempt, signal })) ?? null;
      return { kind: "done", effect, child, output } satisfies Happening;
    } catch (thrown) {
      return { kind: "failed", effect, child, error: inBrief(thrown) } satisfies Happening;
    }
  }

  /** A result larger than the store takes is a failure that the chart can handle. */
  #fitting(happening: Happening): Happening {
    if (happening.kind !== "done") return happening;
    const { bodyBytesMax } = this.#setting.store.traits;
    const bytes = Buffer.byteLength(JSON.stringify(happening));
    if (bytes <= bodyBytesMax) return happening;
    const { effect, child } = happening;
    const message = `its result has ${bytes} bytes, and at most ${bodyBytesMax} can be kept`;
    return { kind: "failed", effect, child, error: { code: TOO_LARGE, message } };
  }

  /** A cancelled effect has no row any more: its result means nothing to anybody. */
  async #report(claim: Claim, happening: Happening): Promise<void> {
    const { effect, actor } = claim;
    const newest = this.#running.get(effect)?.claim ?? claim;
    const body = JSON.stringify(this.#fitting(happening));
    try {
      await this.#setting.store.finish(newest, { id: `${effect}!`, actor, body, cause: effect });
    } catch (thrown) {
      if (!(thrown instanceof LeaseLost)) throw thrown;
    }
  }

  #beat({ effect }: Claim): () => void {
    const { store, clock, onFault } = this.#setting;
    return repeat(clock, LEASE_MS / 2, () => {
      const newest = this.#running.get(effect)?.claim;
      if (newest === undefined) return;
      store.beat(newest, LEASE_MS).catch((thrown: unknown) => {
        if (!(thrown instanceof LeaseLost)) onFault(thrown);
      });
    });
  }
}
