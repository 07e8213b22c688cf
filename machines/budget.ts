/**
 * The user's money: what a run is expected to use is reserved before it begins, and settled by what
 * it did use after it has ended. It stands between the coordinator, which asks for a run, and the
 * task, which is claimed only with a reservation.
 *
 * B1 At the moment of a grant, what is spent, what is reserved and the estimate of the new run are
 *    within every cap: of the task (whose runs come one by one), of the day and of the whole roadmap, in tokens and in money.
 * B2 A run has one reservation, under its run id. It ends once: settled with a receipt, or released
 *    where the task could not be claimed. Who asks for a run again gets the first claim again.
 *    The end of a run that has none (it began before there was a budget) changes nothing.
 * B3 A running run is let be, whatever it costs: nobody is told to stop, and a receipt is always
 *    written.
 * B4 Totals only grow, but for the day's, which begins anew with the first change after midnight
 *    UTC. A clock that goes back does not bring a day again.
 *
 * Differs from what was asked for: no timer runs at midnight, since the day is looked up with each
 * change and the coordinator sets a timer only where work waits for it (nothing may ring that is not
 * due); caps come with each request, as the configuration says at that moment, so that they cannot
 * drift; reservations go by run id, so that a claim under way can be repeated and nothing counts
 * twice. What a finished run came to is a row of its own (`receipt`), so nothing here grows.
 */
import { MICROSTEPS_MAX } from "./chart.ts";
import { budgetSetup, telling } from "./budget-setup.ts";
import { dayOf, NOTHING_SPENT } from "./spending.ts";

export const machine = budgetSetup.createMachine({
  id: "budget",
  context: ({ input: { at } }) => ({
    day: dayOf(at ?? 0),
    spentToday: NOTHING_SPENT,
    spent: NOTHING_SPENT,
    reservations: [],
  }),
  initial: "open",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    open: {
      on: {
        reserve: [
          { guard: "isReserved", actions: { type: "tell", params: telling.claimAgain } },
          { guard: "fits", actions: ["reserve", { type: "tell", params: telling.claim }] },
          { actions: { type: "tell", params: telling.claimLost } },
        ],
        settle: [
          { guard: "isReserved", actions: [{ type: "tell", params: telling.receipt }, "settle"] },
          {},
        ],
        release: [{ guard: "isReserved", actions: "release" }, {}],
      },
    },
  },
});
