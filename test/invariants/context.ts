/** The invariants of what agents write down (K1, K2), and what the checker cannot see. */
import type { EntryContext } from "../../machines/context.ts";
import type { Facts } from "../../src/proof/checker/facts.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { isIn, known } from "./moments.ts";

const said = ({ supersededBy: _by, ...entry }: EntryContext): string => JSON.stringify(entry);

export const invariants: readonly Invariant[] = [
  {
    id: "K1",
    text: "what was written never changes",
    holds: ({ before, after }) =>
      before.snapshot === null ||
      said(known<EntryContext>(before)) === said(known<EntryContext>(after)),
  },
  {
    id: "K2",
    text: "a superseded entry names the first one that took its place, and stays superseded",
    holds: ({ before, after }) => {
      const first = known<EntryContext | undefined>(before)?.supersededBy ?? null;
      const { supersededBy } = known<EntryContext>(after);
      const isGone = isIn(after, "superseded");
      return isGone === (supersededBy !== null) && (first === null || first === supersededBy);
    },
  },
];

export const facts: Facts = { ends: ["current", "superseded"] };
