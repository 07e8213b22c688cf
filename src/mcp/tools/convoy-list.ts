/** `convoy_list`: convoys with how far their tasks are, a page at a time, or one of them. */
import { z } from "zod";
import { CONVOY_STATES, convoyOf, convoysAfter } from "../../app/convoys.ts";
import type { Convoy } from "../../app/convoys.ts";
import { FaultError } from "../../fault.ts";
import type { StoreReader } from "../../store/port.ts";
import { defineTool, READS } from "../tool.ts";
import { id, limit, PAGE_MAX, status } from "../words.ts";

export const convoy = z.object({
  convoy_id: z.string(),
  state: z.enum(CONVOY_STATES),
  worker_role: z.string().nullable(),
  tasks: z.array(z.string()),
  counts: z.partialRecord(status, z.number()),
});

export const convoyList = defineTool({
  name: "convoy_list",
  toolset: "plan",
  title: "List convoys",
  description: "Convoys by name, or one. Pass next_cursor as cursor for the next page.",
  input: z.strictObject({
    convoy_id: id.optional(),
    state: z.enum(CONVOY_STATES).optional(),
    cursor: z.string().max(200).optional(),
    limit,
  }),
  output: z.object({ convoys: z.array(convoy), next_cursor: z.string().nullable() }),
  annotations: READS,
  run: async ({ convoy_id, state, cursor = "", limit: most }, { app: { store } }) => {
    if (convoy_id !== undefined)
      return { convoys: [await tellConvoy(store, convoy_id)], next_cursor: null };
    const found: Convoy[] = [];
    for (let after = cursor; ;) {
      const page = await convoysAfter(store, after, PAGE_MAX);
      found.push(...page.filter((each) => state === undefined || each.state === state));
      after = page.at(-1)?.name ?? after;
      if (page.length < PAGE_MAX || found.length > most) break;
    }
    const convoys = found.slice(0, most);
    const next_cursor = found.length > most ? (convoys.at(-1)?.name ?? null) : null;
    return { convoys: convoys.map(told), next_cursor };
  },
});

/** One convoy as tools and resources tell it; throws a fault where there is none. */
export async function tellConvoy(store: StoreReader, name: string) {
  const found = await convoyOf(store, name);
  if (found === null) throw unknownConvoy(name);
  return told(found);
}

const told = ({ name, state, workerRole, taskIds, counts }: Convoy): z.output<typeof convoy> => {
  return { convoy_id: name, state, worker_role: workerRole, tasks: [...taskIds], counts };
};

const unknownConvoy = (name: string): FaultError =>
  new FaultError({
    code: "convoy.unknown",
    kind: "notFound",
    where: `convoy ${name}`,
    found: "no such convoy",
    expected: "a convoy that exists",
    next: "convoy_list shows the convoys that exist",
  });
