/**
 * What is done to an open host on a walk: it is called, the world answers, and it is asked what it
 * must refuse. Each says what went wrong, as sentences.
 */
import type { Host } from "../host/host.ts";
import type { Happening } from "../host/record.ts";
import type { Store } from "../store/port.ts";
import { claimsOf, differ, differences } from "./compare.ts";
import type { MovedClock } from "./moved-clock.ts";
import type { Move } from "./standing.ts";
import type { Step } from "./tours.ts";

/** More rows than any walk has steps. */
export const JOURNAL_MAX = 100_000;

/** A call: a start or an event, which the host must take. */
export async function call(host: Host, { move, before }: Step): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const happening of move.happenings) {
    const answer = await ask(host, before.live.actor, happening);
    if (answer?.ok === false) wrong.push(`the host refuses it: ${answer.refusal}`);
  }
  await host.quiet();
  return wrong;
}

function ask(host: Host, actor: string, happening: Happening) {
  if (happening.kind === "start") return host.start(actor, happening.input);
  return happening.kind === "event" ? host.send(actor, happening.event) : null;
}

/** What comes by itself: time goes on, and a worker reports the end of an effect. */
export async function comeFromOutside(
  { move, before }: Step,
  { store, clock }: { readonly store: Store; readonly clock: MovedClock },
): Promise<void> {
  if (move.atMs > clock.now()) clock.advance(move.atMs - clock.now());
  for (const happening of move.happenings) {
    if (happening.kind !== "done" && happening.kind !== "failed") continue;
    const claims = await claimsOf(store, before);
    const claim = claims.find(({ effect }) => effect === happening.effect);
    if (claim === undefined) throw new Error(`${happening.effect} is not in the outbox`);
    const { effect, actor } = claim;
    const body = JSON.stringify(happening);
    await store.finish(claim, { id: `${effect}!`, actor, body, cause: effect });
  }
}

/** Every one of the moves must be refused, and leave nothing behind. */
export async function askRefused(
  { host, store }: { readonly host: Host; readonly store: Store },
  { played: { after: standing, moments } }: Step,
  refusals: readonly Move[],
): Promise<readonly string[]> {
  if (refusals.length === 0) return [];
  const wrong: string[] = [];
  const rows = await store.journal({ limit: JOURNAL_MAX });
  for (const { label, happenings } of refusals) {
    for (const happening of happenings) {
      const answer = await ask(host, standing.live.actor, happening);
      const said = answer?.ok === true ? `taken, and led to ${answer.state}` : answer?.code;
      wrong.push(...differ(`the answer to ${label}`, said, "not-accepted"));
    }
  }
  await host.quiet();
  const since = await store.journal({ limit: JOURNAL_MAX });
  const left = await differences(store, { standing, moments });
  return [
    ...wrong,
    ...left.map((each) => `a refusal changed the ${each}`),
    ...differ("the journal's rows after refusals", since.length, rows.length),
  ];
}
