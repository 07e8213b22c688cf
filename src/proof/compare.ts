/**
 * What is on disk against what the pure kernel says: snapshot, timers with their due times, the
 * outbox, and what the last step told others. Every difference is a sentence.
 */
import type { PlainEvent } from "../../machines/chart.ts";
import { chartNameOf } from "../host/charts.ts";
import { recordOf } from "../host/kernel.ts";
import type { Happening } from "../host/record.ts";
import type { DeadLetter, Store } from "../store/port.ts";
import type { Moment } from "./invariant.ts";
import type { Standing } from "./standing.ts";

/** Rows looked at; a walk's actor never comes near. */
const ROWS_MAX = 10_000;

/** What must be on disk after a step: where the actor stands, and the steps that led there. */
export interface Expected {
  readonly standing: Standing;
  readonly moments: readonly Moment[];
}

/** How the store differs from what is expected; nothing is good. */
export async function differences(store: Store, expected: Expected): Promise<readonly string[]> {
  const { standing, moments } = expected;
  const { live, dueMs, effects } = standing;
  const stored = await store.read(live.actor);
  const timers = await store.timersOf(live.actor);
  const outbox = await outboxOf(store, expected);
  const letters = await lettersOf(store, moments);
  const due = [...dueMs].map(([name, atMs]) => ({ name, dueMs: atMs }));
  const underWay = [...effects.values()].map(({ id, kind, child, input }) => {
    return { id, kind, body: JSON.stringify({ child, input }) };
  });
  return [
    ...differ("version", stored?.version ?? 0, live.version),
    ...differ("snapshot", stored?.snapshot, JSON.stringify(recordOf(live))),
    ...differ("timers", sorted(timers), sorted(due)),
    ...differ("outbox", sorted(outbox), sorted(underWay)),
    ...differ("messages", letters, moments.flatMap(toldBy)),
  ];
}

/** A claim of no length is a look: everybody may claim again at once. */
export function claimsOf(store: Store, { effects }: Standing) {
  const kinds = [...new Set([...effects.values()].map(({ kind }) => kind))];
  return store.claim({ worker: "the proof", kinds, limit: ROWS_MAX, leaseMs: 0 });
}

/** Also effects that were under way before and must be gone now. */
async function outboxOf(store: Store, { standing, moments }: Expected) {
  const asked = moments.flatMap(({ requests }) => requests.effects);
  const known = [...standing.effects.values(), ...asked].map((each) => [each.id, each] as const);
  const claims = await claimsOf(store, { ...standing, effects: new Map(known) });
  const own = claims.filter(({ actor }) => actor === standing.live.actor);
  return own.map(({ effect: id, kind, body }) => ({ id, kind, body }));
}

type Letter = { readonly id: string; readonly why: DeadLetter["why"]; readonly body: string };

/** The receivers are absent, so what was told to them is among the dead letters, word for word. */
async function lettersOf(store: Store, moments: readonly Moment[]): Promise<readonly Letter[]> {
  const steps = new Set(moments.map(({ after }) => `${after.actor}@${after.version}`));
  const letters = await store.deadLetters(ROWS_MAX);
  return letters
    .filter(({ envelope: { cause, actor } }) => steps.has(cause ?? "") && !steps.has(actor))
    .map(({ envelope: { id, body }, why }) => ({ id, why, body }))
    .toReversed();
}

/** The letters that a step leaves behind: not what the actor told itself, nor whom it begot. */
function toldBy({ after: { actor, version }, requests }: Moment): readonly Letter[] {
  return requests.messages.flatMap((message, index) => {
    const isBirth = "start" in message && chartNameOf(message.to) === chartNameOf(actor);
    if (message.to === actor || isBirth) return [];
    const happening: Happening =
      "start" in message
        ? { kind: "start", input: message.start }
        : { kind: "event", event: message.event satisfies PlainEvent };
    const id = `${actor}@${version}>${index}`;
    return [{ id, why: "unknown-actor", body: JSON.stringify(happening) } as const];
  });
}

export function differ(what: string, found: unknown, expected: unknown): readonly string[] {
  const [seen, wanted] = [found, expected].map((each) => JSON.stringify(each));
  return seen === wanted ? [] : [`${what}: found ${seen}, expected ${wanted}`];
}

const sorted = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();
