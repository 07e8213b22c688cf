/**
 * One backup of the database: a copy in a file of its own, which is asked for once and then there
 * or not. The file lies under the state root and is called by the backup's id.
 *
 * D1 In `kept` the copy was seen whole: its bytes, its hash and the newest journal row in it are
 *    known, and never change.
 * D2 A backup is copied once: in `kept` and in `failed` nothing more is asked for.
 * D3 In a database that was restored from it, the backup knows so: it is told in whatever state the
 *    copy has caught it, which is `creating` for a copy that was asked for here.
 *
 * Differs from the design sketch: there is no keeper that copies by the hour and takes old copies
 * away, and a restore is no state, since it replaces the very database that would remember it.
 */
import { assign, setup } from "xstate";
import { faultOf, MICROSTEPS_MAX, stampOf } from "./chart.ts";
import type { BackupInput, Copied, Restored } from "./copies.ts";
import { effect } from "./effects.ts";

export interface BackupContext extends BackupInput {
  readonly copy: Copied | null;
  /** Why there is no copy. */
  readonly reason: string | null;
  /** When this database was put back from it, last, and what was put aside then. */
  readonly restored: { readonly atMs: number; readonly safetyId: string | null } | null;
}

const backup = setup({
  types: {
    context: {} as BackupContext,
    input: {} as BackupInput,
    events: {} as Restored,
  },
  actors: { copyDatabase: effect<"copyDatabase">("retry") },
  actions: {
    recordRestore: assign(({ event }) => {
      return { restored: { atMs: stampOf(event), safetyId: event.safetyId } };
    }),
  },
});

export const machine = backup.createMachine({
  id: "backup",
  context: ({ input: { id, label } }) => ({ id, label, copy: null, reason: null, restored: null }),
  initial: "creating",
  options: { maxIterations: MICROSTEPS_MAX },
  states: {
    creating: {
      invoke: {
        id: "copyDatabase",
        src: "copyDatabase",
        input: ({ context: { id, label } }) => ({ id, label }),
        onDone: { target: "kept", actions: assign({ copy: ({ event }) => event.output }) },
        onError: {
          target: "failed",
          actions: assign({ reason: ({ event }) => faultOf(event).message }),
        },
      },
      on: { restored: { actions: "recordRestore" } },
    },
    kept: { on: { restored: { actions: "recordRestore" } } },
    failed: { type: "final" },
  },
});
