/** `wvo backup restore ID`: the database becomes what a backup holds; what is there is put aside. */
import { existsSync } from "node:fs";
import { databaseIn, lossBy, soundBackup, wrongConfirm } from "../../app/restore-checks.ts";
import { noSuccessor, restoreAlone, restoreAtWork } from "../../app/restoring.ts";
import type { Aside } from "../../app/restoring.ts";
import type { Config } from "../../config/load.ts";
import { faultData, FaultError } from "../../fault.ts";
import { findRun } from "../../supervisor/run-place.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { INBOX_CAUSE } from "../../app/unanswered.ts";
import { terminal } from "../terminal.ts";
import { loadHere } from "../workspace.ts";

/** Tasks that are named of those that would be as they were. */
const TASKS_TOLD_MAX = 20;

export const restoreCommand = () =>
  command<{ confirm?: string }>(
    { name: "restore", summary: "put the database back to a backup" },
    async ({ out, args, options: { confirm } }) => {
      const [id = ""] = args;
      const config = loadHere();
      await soundBackup(config.state_root, id);
      if (confirm === undefined) {
        const loss = lossOrWhy(config, id);
        out.result({ id, restored: false, ...loss }, () => foretold(id, loss));
        return EXIT.ok;
      }
      if (confirm !== id) throw wrongConfirm(id, confirm);
      const { tasks } = lossOrWhy(config, id);
      const { safetyId, files } = await restore(config, id);
      const told = { id, restored: true, safety: safetyId, files };
      out.result(told, () =>
        [`${id} is restored; ${keptAs({ safetyId, files })}`, ...again(tasks), NEXT].join("\n"),
      );
      return EXIT.ok;
    },
  )
    .argument("<id>", "the backup")
    .option("--confirm <id>", "the same once more; without it nothing is changed");

const NEXT = "nothing is dispatched before wvo run or wvo up; wvo up --hold lets you look first";

async function restore(config: Config, id: string): Promise<Aside> {
  const { engine } = terminal();
  const request = { id, key: null, cause: INBOX_CAUSE };
  if (engine === null && findRun(config.state_root) !== null) throw noSuccessor();
  if (engine === null) return restoreAlone(config, request);
  return { safetyId: await restoreAtWork(engine.app, request), files: null };
}

interface Foretold {
  readonly events: number | null;
  readonly tasks: readonly string[];
  /** Why it is not known what would be lost. */
  readonly unknown: string | null;
}

/** A database that cannot be read, or is not there, is what a restore is for. */
function lossOrWhy(config: Config, id: string): Foretold {
  const path = databaseIn(config.state_root);
  if (!existsSync(path)) return { events: null, tasks: [], unknown: `there is no ${path}` };
  try {
    return { ...lossBy(config, id), unknown: null };
  } catch (thrown) {
    if (!(thrown instanceof FaultError)) throw thrown;
    return { events: null, tasks: [], unknown: faultData(thrown).message };
  }
}

const listed = (tasks: readonly string[]): string =>
  `${tasks.slice(0, TASKS_TOLD_MAX).join(", ")}${tasks.length > TASKS_TOLD_MAX ? ", ..." : ""}`;

/** Git is not put back: an agent would find nothing left to do. */
const again = (tasks: readonly string[]): readonly string[] =>
  tasks.length === 0
    ? []
    : [`as they were then: ${listed(tasks)}; wvo task cancel those that are merged by now`];

function foretold(id: string, { events, tasks, unknown }: Foretold): string {
  const loss =
    unknown === null
      ? `lost would be ${events} events${tasks.length === 0 ? "" : `, of the tasks ${listed(tasks)}`}`
      : `what would be lost is not known: ${unknown}`;
  return `${loss}\nnothing is changed; wvo backup restore ${id} --confirm ${id} does it`;
}

function keptAs({ safetyId, files }: Aside): string {
  if (safetyId !== null) return `what was there is backup ${safetyId}`;
  return files === null ? "there was none before" : `what was there lies as it was in ${files}`;
}
