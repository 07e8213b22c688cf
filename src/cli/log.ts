/** `wvo log`: the journal, one line a transition, oldest first. */
import { actorId } from "../../machines/protocol.ts";
import { isoTime } from "../clock.ts";
import { eventName } from "../host/record.ts";
import type { Happening } from "../host/record.ts";
import type { JournalRow, StoreReader } from "../store/port.ts";
import { knownActor } from "./actor.ts";
import { command } from "./command.ts";
import { countOf } from "./option-values.ts";
import { reading } from "./reading.ts";
import { knownTask } from "./task/known.ts";
import { loadHere } from "./workspace.ts";

export const logCommand = () =>
  command<{ actor?: string; after: string; limit: string }>(
    { name: "log", summary: "the journal, one line a transition" },
    async ({ out, args, options }) => {
      const [task] = args;
      const after = countOf("--after", options.after);
      const limit = countOf("--limit", options.limit);
      const rows = await reading(loadHere(), async (store) => {
        const actor = await actorOf(store, task, options.actor);
        return store.journal(actor === null ? { after, limit } : { after, limit, actor });
      });
      for (const row of rows) out.line(dataOf(row), () => lineOf(row));
    },
  )
    .argument("[task]", "only this task")
    .option("--actor <id>", "only this actor, such as agent:worker-01")
    .option("--after <seq>", "only rows after this number", "0")
    .option("--limit <n>", "this many rows at most", "10000");

/** The actor that is meant, or null for all of them. */
async function actorOf(store: StoreReader, task?: string, actor?: string) {
  if (actor !== undefined) return (await knownActor(store, actor)).actor;
  return task === undefined ? null : actorId.task(knownTask(store.views, task).id);
}

const dataOf = ({ atMs, happening, ...row }: JournalRow) => ({
  ...row,
  at: isoTime(atMs),
  happening: JSON.parse(happening) as Happening,
});

function lineOf({ seq, atMs, actor, fromState, toState, happening }: JournalRow): string {
  const change = fromState === toState ? toState : `${fromState || "nothing"} -> ${toState}`;
  return `${String(seq).padStart(6)}  ${isoTime(atMs)}  ${actor}  ${eventName(happening)}  ${change}`;
}
