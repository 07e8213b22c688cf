/**
 * The few words every chart is written with: messages to other actors, and the results, faults and
 * findings that come back. Effects are in `effects.ts`.
 */

/** An event as it travels between actors: a type and plain JSON. */
export interface PlainEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** To another actor: an event, or the input that brings the actor into being. */
export type Message =
  | { readonly to: string; readonly event: PlainEvent }
  | { readonly to: string; readonly start: object };

/** What the action `tell` takes. */
export type Messages = Message | readonly Message[];

/** The action `tell`: the host reads its parameters and delivers; nothing happens here. */
export function tell(_scope: unknown, _messages: Messages): void {}

/** A message whose event is checked against the receiver's events. */
export function message<Event extends { readonly type: string }>(to: string, event: Event) {
  return { to, event: event as Event & PlainEvent };
}

/** Why an effect failed, as plain data. `code` is stable; `message` is for people. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** The fault carried by an `onError` event. */
export function faultOf(event: unknown): Fault {
  const { error } = event as { readonly error?: Partial<Fault> };
  return { code: error?.code ?? "unknown", message: error?.message ?? "no message" };
}

/** When the event was taken, in milliseconds: the host stamps every event, and every input, with `at`. */
export function stampOf(event: unknown): number {
  const { at, input } = event as { readonly at?: number; readonly input?: { at?: number } };
  return at ?? input?.at ?? 0;
}

/** What an effect gave back, carried by an `onDone` event. */
export function outputOf<Output>(event: unknown): Output {
  return (event as { readonly output: Output }).output;
}

/** Something a check or a run found wrong, told to the agent in its next brief. */
export interface Finding {
  readonly source: string;
  readonly text: string;
  /** True where the fix needs deep reasoning, so that routing prefers the high tier. */
  readonly deep?: boolean;
}

/** The same list without one member. */
export function without(list: readonly string[], member: string): readonly string[] {
  return list.filter((each) => each !== member);
}

/** The same list with one member, once. */
export function including(list: readonly string[], member: string): readonly string[] {
  return list.includes(member) ? list : [...list, member];
}

/** The charts stop here rather than loop for ever: microsteps within one event. */
export const MICROSTEPS_MAX = 50;
