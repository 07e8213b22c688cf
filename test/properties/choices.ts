/** What there is to choose from: the events of a chart, and the ends of its effects. */
import type { PlainEvent } from "../../machines/chart.ts";
import { stateText } from "../../src/host/record.ts";
import type { Happening } from "../../src/host/record.ts";
import { eventTypesOf } from "../../src/proof/moves.ts";
import type { Candidate } from "../../src/proof/plan.ts";
import type { Claim } from "../../src/store/port.ts";
import type { Photo } from "./photo.ts";

/** One of them, whatever the number; undefined where there is none. */
export const chosen = <Item>(items: readonly Item[], pick: number): Item | undefined =>
  items[pick % Math.max(1, items.length)];

/** The events of the cases, and the others as their bare type. */
export function eventsOf(
  { cases, machine }: Candidate,
  { record: { context, value } }: Photo,
  nowMs: number,
): readonly PlainEvent[] {
  const given = cases.events?.({ context, state: stateText(value), nowMs }) ?? [];
  const bare = eventTypesOf(machine).filter((type) => !given.some((each) => each.type === type));
  return [...given, ...bare.map((type) => ({ type }))];
}

export type AskedEffect = Pick<Claim, "effect" | "kind" | "body">;

/** How an effect ends: with an output of the cases, or with a fault. */
export function resultOf({ cases }: Candidate, asked: AskedEffect, pick: number): string {
  const { effect, kind, body } = asked;
  const { child } = JSON.parse(body) as { readonly child: string };
  const outputs = cases.outputs?.[kind] ?? [null];
  const codes = ["broken", "interrupted", ...(cases.faults ?? []).map(({ code }) => code)];
  const all = [
    ...outputs.map((output): Happening => ({ kind: "done", effect, child, output })),
    ...codes.map((code): Happening => {
      return { kind: "failed", effect, child, error: { code, message: "it ended so" } };
    }),
  ];
  return JSON.stringify(chosen(all, pick));
}
