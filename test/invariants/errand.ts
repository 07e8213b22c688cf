/** The invariants of an errand (E1, E2). */
import { isDeepStrictEqual } from "node:util";
import type { ErrandContext } from "../../machines/errand.ts";
import type { Invariant, Moment } from "../../src/proof/invariant.ts";
import { isIn, known, startedIn } from "./moments.ts";

const was = ({ before }: Moment): ErrandContext | undefined =>
  known<ErrandContext | undefined>(before);
const is = ({ after }: Moment): ErrandContext => known<ErrandContext>(after);
const asked = ({ result: _result, fault: _fault, ...input }: ErrandContext): object => input;

export const invariants: readonly Invariant[] = [
  {
    id: "E1",
    text: "it is asked for once, on coming into being, and what was asked for never changes",
    holds: (moment) => {
      const before = was(moment);
      const isSame = before === undefined || isDeepStrictEqual(asked(before), asked(is(moment)));
      const asks = moment.happening.kind === "start" ? "runErrand" : "";
      return isSame && startedIn(moment).join() === asks;
    },
  },
  {
    id: "E2",
    text: "done knows what came of it, failed why nothing did, and neither knows the other",
    holds: (moment) => {
      const { result, fault } = is(moment);
      const hasResult = result !== null;
      const hasFault = fault !== null;
      return isIn(moment.after, "done") === hasResult && isIn(moment.after, "failed") === hasFault;
    },
  },
];
