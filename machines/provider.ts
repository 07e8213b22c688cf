/**
 * One account of one agent program: may runs be started on it now? It counts what the program
 * reports, never what a task's work is worth.
 *
 * V1 Runs start in `usable` alone. Whoever waits for the answer of `probing` is woken when it is
 *    there, whatever it is.
 * V2 From every other state the way back is through `probing`, where the program itself is asked:
 *    no late result of an earlier run makes it usable.
 * V3 A limit with a reset time cools until exactly then; without one, or with one that is over,
 *    the wait doubles, from one minute to one hour, until a run ends well. So it does from the
 *    third limit in a row on that was to end within a minute.
 * V4 `down` is left by `recheck` alone: a login, a credit or a setting does not mend itself.
 * V5 Failures of its server count where runs are started, so that an outage which ends three runs
 *    at once is one. From the third in a row on the breaker is `open`, each time for longer.
 * V6 In `usable` the level is that of the fullest window, and ends when the window does.
 *
 * Differs from the design sketch: a window that is full is `critical`, not `cooling`. Some accounts
 * may go on beyond it; where one may not, the program's own refusal says so and cools.
 */
import { MICROSTEPS_MAX } from "./chart.ts";
import { providerSetup, wakeCoordinator } from "./provider-setup.ts";

const wake = { type: "tell", params: wakeCoordinator } as const;
/** What was used is looked at anew. */
const whenWindowEnds = { windowEnd: { target: "normal", actions: "endWindow" } } as const;

export const machine = providerSetup.createMachine({
  id: "provider",
  context: ({ input: { name } }) => ({
    name,
    reason: null,
    untilMs: null,
    setbacks: 0,
    errors: 0,
    windows: [],
  }),
  initial: "probing",
  options: { maxIterations: MICROSTEPS_MAX },
  on: {
    limitHit: { target: ".cooling", actions: "recordLimit" },
    accessRefused: { target: ".down", actions: "recordRefusal" },
    recheck: { target: ".probing", actions: "clearWait" },
    usageReported: { actions: "recordWindows" },
    serverFailed: {},
    startFailed: {},
    runEnded: {},
  },
  states: {
    probing: {
      // While it is asked, tasks that prefer it wait for the answer, whatever that is.
      exit: wake,
      // A refusal that comes late must not undo what a person has mended just now.
      on: { accessRefused: {}, recheck: {} },
      invoke: {
        id: "probeProvider",
        src: "probeProvider",
        input: ({ context: { name } }) => ({ name }),
        onDone: "usable",
        onError: [
          { guard: "isShutOut", target: "down", actions: "recordRefusal" },
          { target: "unavailable", actions: "recordSetback" },
        ],
      },
    },
    usable: {
      initial: "normal",
      entry: ["clearWait", "dropWindows"],
      on: {
        serverFailed: [
          { guard: "isBreaking", target: "open", actions: "recordError" },
          { target: "faltering", actions: "recordError" },
        ],
        startFailed: { target: "unavailable", actions: "recordSetback" },
        runEnded: { actions: "clearCounts" },
        usageReported: { target: ".normal", actions: "recordWindows" },
      },
      states: {
        normal: {
          always: [
            { guard: "isCritical", target: "critical" },
            { guard: "isWarned", target: "warning" },
          ],
        },
        warning: { after: whenWindowEnds },
        critical: { after: whenWindowEnds },
      },
    },
    cooling: { after: { wait: "probing" } },
    faltering: { after: { wait: "probing" } },
    open: { after: { wait: "probing" } },
    unavailable: { after: { wait: "probing" } },
    down: { on: { limitHit: {}, accessRefused: {} } },
  },
});
