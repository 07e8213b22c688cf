/** Finds the actor a person named, or says which one was probably meant. */
import { actorId } from "../../machines/protocol.ts";
import { FaultError } from "../fault.ts";
import type { Stored, StoreReader } from "../store/port.ts";
import { suggest } from "./suggestion.ts";

/** Names looked at to find a similar one. */
const ACTORS_LOOKED_AT = 10_000;
const PAGE = 500;

/** `T-1` is short for `task:T-1`. Throws a fault of kind `notFound`. */
export async function knownActor(store: StoreReader, id: string): Promise<Stored> {
  const stored = (await store.read(id)) ?? (await store.read(actorId.task(id)));
  if (stored !== null) return stored;
  const ids = await actorIds(store);
  throw new FaultError({
    code: "actor.unknown",
    kind: "notFound",
    where: id,
    found: "no such actor, and no task of this name",
    expected: ids.length > 0 ? `one of ${ids.length} actors` : "an actor; there is none yet",
    next: ids.length > 0 ? similar(id, ids) : "wvo roadmap import makes some",
  });
}

/** A task may be named with its chart or without it, so both are compared. */
function similar(id: string, ids: readonly string[]): string {
  const prefix = actorId.task("");
  const tasks = ids
    .filter((each) => each.startsWith(prefix))
    .map((each) => each.slice(prefix.length));
  return suggest(id, id.includes(":") ? ids : [...tasks, ...ids], "wvo task list shows the tasks");
}

async function actorIds(store: StoreReader): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let page = await store.actors("", PAGE); page.length > 0 && ids.length < ACTORS_LOOKED_AT;) {
    ids.push(...page.map(({ actor }) => actor));
    page = await store.actors(ids.at(-1) ?? "", PAGE);
  }
  return ids;
}
