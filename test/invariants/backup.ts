/** The invariants of a backup (D1 to D3), and what the checker cannot see in its chart. */
import type { BackupContext } from "../../machines/backup.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { eventIn, isIn, known, startedIn } from "./moments.ts";

const copyIn = (context: BackupContext | undefined): string =>
  JSON.stringify(context?.copy ?? null);

export const invariants: readonly Invariant[] = [
  {
    id: "D1",
    text: "a backup is kept where its copy is known, and what is known never changes",
    holds: ({ before, after }) => {
      const is = known<BackupContext>(after);
      const was = known<BackupContext | undefined>(before);
      const isSame = (was?.copy ?? null) === null || copyIn(was) === copyIn(is);
      return isIn(after, "kept") === (is.copy !== null) && isSame;
    },
  },
  {
    id: "D2",
    text: "it is copied once: when it comes into being",
    holds: (moment) =>
      startedIn(moment).includes("copyDatabase") === (moment.before.snapshot === null),
  },
  {
    id: "D3",
    text: "in a database restored from it the backup knows so, and what was put aside",
    holds: (moment) => {
      const event = eventIn(moment);
      if (event?.type !== "restored") return true;
      return known<BackupContext>(moment.after).restored?.safetyId === event["safetyId"];
    },
  },
];

export const facts: Facts = {
  ends: ["kept", "failed"],
  sentBy: { restored: ["whoever puts a database back"] },
};
