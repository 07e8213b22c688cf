/** `convoy_create`: binds tasks together under a name. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import type { ConvoyInput } from "../../../machines/wishes.ts";
import { convoyOf } from "../../app/convoys.ts";
import { FaultError } from "../../fault.ts";
import { unknownTask } from "../refusals.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { id, key } from "../words.ts";
import { recorded, startOnce } from "../writing.ts";
import { convoy, tellConvoy } from "./convoy-list.ts";

const TASKS_MAX = 200;

const input = z.strictObject({
  name: id,
  task_ids: z.array(id).min(1).max(TASKS_MAX),
  worker_role: id.optional(),
  idempotency_key: key,
});

export const convoyCreate = defineTool({
  name: "convoy_create",
  toolset: "plan",
  title: "Bind tasks together",
  description: "Binds tasks that exist into a convoy, which is done when they are.",
  input,
  output: convoy,
  annotations: WRITES,
  run: async ({ name, task_ids, worker_role }, call) => {
    const wanted = { name, taskIds: [...new Set(task_ids)], workerRole: worker_role ?? null };
    if ((await recorded(call)) === null) await create(wanted, call);
    return tellConvoy(call.app.store, name);
  },
});

/** The same convoy again is the one that is there. */
async function create(wanted: ConvoyInput, call: ToolCall): Promise<void> {
  const { store } = call.app;
  const unknown = wanted.taskIds.find((each) => store.views.task(each) === null);
  if (unknown !== undefined) throw unknownTask(unknown);
  const known = await convoyOf(store, wanted.name);
  if (known === null) await startOnce(call, actorId.convoy(wanted.name), wanted);
  else if (!isSame(known, wanted)) throw taken(wanted.name);
}

const isSame = (known: ConvoyInput, wanted: ConvoyInput): boolean =>
  known.workerRole === wanted.workerRole &&
  known.taskIds.toSorted().join("\n") === wanted.taskIds.toSorted().join("\n");

const taken = (name: string): FaultError =>
  new FaultError({
    code: "convoy.taken",
    kind: "invalid",
    where: `convoy ${name}`,
    found: "a convoy of this name with other tasks, or for another role",
    expected: "a name that is free",
    next: "choose another name; convoy_list shows what there is",
  });
