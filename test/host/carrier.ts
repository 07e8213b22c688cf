/** Effects on a real database, carried out by handlers whose ends the test decides. */
import { onTestFinished } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import { Effects } from "../../src/host/effects.ts";
import type { EffectScope, EffectsSetting } from "../../src/host/effects.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { effect, group, step } from "../store/samples.ts";
import { makeSqlitePlace } from "../store/sqlite-place.ts";
import { ManualClock } from "../support/manual-clock.ts";

export const LEASE_MS = 10 * 60_000;

export interface Started {
  readonly input: unknown;
  readonly scope: EffectScope;
  readonly finish: (output: unknown) => void;
  readonly fail: (thrown: unknown) => void;
}

type Setting = Partial<Pick<EffectsSetting, "limits" | "attemptsMax" | "policyOf" | "handlers">>;

/** Effects on a real database, whose handlers end when the test says so. */
export async function openCarrier(setting: Setting = {}) {
  const [clock, storeClock] = [new ManualClock(), new ManualClock()];
  const store = makeSqlitePlace().open(storeClock);
  onTestFinished(() => store.close());
  const fence = await store.acquire(ownerHere("carrier"));
  const started: Started[] = [];
  const work = (input: unknown, scope: EffectScope) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    started.push({ input, scope, finish: resolve, fail: reject });
    return promise;
  };
  const faults: unknown[] = [];
  let beats = 0;
  const beat: typeof store.beat = (claim, leaseMs) => {
    beats += 1;
    return store.beat(claim, leaseMs);
  };
  const effects = new Effects({
    store: { ...store, beat },
    clock,
    worker: "us",
    handlers: { work },
    limits: {},
    attemptsMax: 9,
    policyOf: () => "retry",
    onFault: (thrown) => faults.push(thrown),
    ...setting,
  });
  let steps = 0;
  const ask = async (...names: readonly string[]): Promise<void> => {
    const body = (name: string) => JSON.stringify({ child: "work", input: { name } });
    const asked = names.map((name) => effect(name, { body: body(name) }));
    await store.commit(fence, group([step("job:1", steps, { effects: asked })]));
    steps += 1;
  };
  const cancel = async (name: string): Promise<void> => {
    await store.commit(fence, group([step("job:1", steps, { cancelledEffects: [name] })]));
    steps += 1;
    effects.cancel([name]);
  };
  const told = async () => {
    await settled();
    const pulled = await store.pull(fence, 99);
    return pulled.flatMap((each) => (each.from === "inbox" ? [each.event] : []));
  };
  const heard = async () => (await told()).map(({ body }) => JSON.parse(body) as unknown);
  const claimBy = async (worker: string) => {
    const claims = await store.claim({ worker, kinds: ["work"], limit: 9, leaseMs: LEASE_MS });
    return claims.map((claim) => claim.effect);
  };
  const known = { effects, store, storeClock, clock, started, faults, beats: () => beats };
  return { ...known, ask, cancel, told, heard, claimBy };
}

/** Everything that can go on without the test has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

export const namesOf = (started: readonly Started[]) => started.map(({ scope }) => scope.key);
