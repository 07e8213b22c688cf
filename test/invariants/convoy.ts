/** The invariant of a convoy (Y1). */
import type { ConvoyContext } from "../../machines/convoy.ts";
import type { ConvoyInput } from "../../machines/wishes.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { known } from "./moments.ts";

export const invariants: readonly Invariant[] = [
  {
    id: "Y1",
    text: "what was bound together stays so",
    holds: ({ happening, after }) => {
      if (happening.kind !== "start") return false;
      const { name, taskIds } = happening.input as unknown as ConvoyInput;
      const kept = known<ConvoyContext>(after);
      return kept.name === name && kept.taskIds.join() === taskIds.join();
    },
  },
];
