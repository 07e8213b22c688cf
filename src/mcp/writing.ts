/**
 * How tools write: one event to one actor, through the chart's own door, and answered from the
 * record where the same call came before.
 */
import type { PlainEvent } from "../../machines/chart.ts";
import { pause } from "../clock.ts";
import type { Acceptance, Answer } from "../host/answer.ts";
import type { StateValue } from "../host/record.ts";
import { stateText } from "../host/record.ts";
import { keyReused, notAccepted } from "./refusals.ts";
import type { McpHost, ToolCall } from "./tool.ts";

/** Sends an event once for each key; what is not accepted throws with the way out. */
export const sendOnce = (call: ToolCall, actor: string, event: PlainEvent): Promise<Acceptance> =>
  once(call, actor, (options) => call.app.host.send(actor, event, options));

/** Brings an actor into being once for each key. */
export const startOnce = (call: ToolCall, actor: string, input: object): Promise<Acceptance> =>
  once(call, actor, (options) => call.app.host.start(actor, input, options));

type Act = (options: { readonly key?: string; readonly cause: string }) => Promise<Answer>;

async function once(call: ToolCall, actor: string, act: Act): Promise<Acceptance> {
  const { key, cause } = call;
  const known = await recorded(call);
  if (known !== null) return known;
  const answer = await act(key === null ? { cause } : { key, cause });
  if (!answer.ok) throw notAccepted(answer);
  // Two calls with one key may come at the same moment: the journal says whose it was.
  return answer.repeated ? ((await recorded(call)) ?? answer) : answer;
}

/** The acceptance of the same call before, or null; the same key with other arguments is refused. */
export async function recorded({ app, key, cause }: ToolCall): Promise<Acceptance | null> {
  if (key === null) return null;
  const fate = await app.store.fate(key);
  if (fate.kind !== "taken") return null;
  if (fate.cause !== cause) throw keyReused(fate.actor);
  const { actor, version, toState: state } = fate;
  return { ok: true, actor, version, state, repeated: true };
}

/** Waits, at most so long, until an actor has left some states; gives back where it stands. */
export async function awaitLeaving(
  { app, signal }: ToolCall,
  actor: string,
  { states, limitMs }: { readonly states: readonly string[]; readonly limitMs: number },
): Promise<string> {
  const found = await app.host.actor(actor);
  if (found === null) return "";
  const now = (): string => stateText((found.getSnapshot() as { value: StateValue }).value);
  const over = new AbortController();
  const left = new Promise<void>((resolve) => {
    const { unsubscribe } = found.subscribe(() => {
      if (!states.includes(now())) resolve();
    });
    over.signal.addEventListener("abort", unsubscribe);
  });
  if (states.includes(now())) {
    const limit = pause(limitMs, AbortSignal.any([over.signal, signal])).catch(() => {});
    await Promise.race([left, limit]);
  }
  over.abort();
  return now();
}

/** Waits, at most so long, until something is so; it is looked at after every commit. */
export async function awaitSoon(
  { app, signal }: ToolCall,
  isSo: () => boolean,
  limitMs: number,
): Promise<void> {
  const over = new AbortController();
  const came = new Promise<void>((resolve) => {
    const unwatch = app.host.watch(() => {
      if (isSo()) resolve();
    });
    over.signal.addEventListener("abort", unwatch);
  });
  if (!isSo()) {
    const limit = pause(limitMs, AbortSignal.any([over.signal, signal])).catch(() => {});
    await Promise.race([came, limit]);
  }
  over.abort();
}

/** The state of an actor, its revision, and the events that it accepts next from outside. */
export async function standingOf({ store, host }: McpHost, actor: string) {
  const stored = await store.read(actor);
  const found = await host.actor(actor);
  const value = (found?.getSnapshot() as { value: StateValue } | undefined)?.value;
  return {
    state: value === undefined ? "" : stateText(value),
    rev: stored?.version ?? 0,
    next_events: [...(await host.accepts(actor))],
  };
}
