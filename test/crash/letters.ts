/** What an actor told neighbours that are not there: the host keeps it among the dead letters. */
import { chartNameOf } from "../../src/host/charts.ts";
import type { Happening } from "../../src/host/record.ts";
import type { DeadLetter } from "../../src/store/port.ts";

export interface Letter {
  readonly id: string;
  readonly from: string;
  /** The version of the sender that told it. */
  readonly version: number;
  readonly to: string;
  readonly told: Happening;
}

/** To whom and what: `task runReleased`, `gate start`. */
export const kindOf = ({ to, told }: Letter): string =>
  `${chartNameOf(to)} ${told.kind === "event" ? told.event.type : told.kind}`;

/** The letters, the oldest first. */
export function lettersIn(dead: readonly DeadLetter[]): readonly Letter[] {
  return dead.toReversed().flatMap(({ envelope: { id, actor: to, body, cause }, why }) => {
    const [from = "", version = "0"] = cause?.split("@") ?? [];
    if (why !== "unknown-actor") return [];
    return [{ id, to, from, version: Number(version), told: JSON.parse(body) as Happening }];
  });
}
