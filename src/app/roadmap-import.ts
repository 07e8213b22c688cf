/**
 * Takes a roadmap file into the database: parse, compare, then one event a change. Joins the
 * roadmap room, which only plans, with whoever may speak to the actors.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import type { PlainEvent } from "../../machines/chart.ts";
import { actorId } from "../../machines/protocol.ts";
import type { RoadmapContext } from "../../machines/roadmap.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { FaultError, faultData } from "../fault.ts";
import type { Answer } from "../host/answer.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { planImport } from "../roadmap/import.ts";
import type { ImportReport } from "../roadmap/import-report.ts";
import type { ExistingTask } from "../roadmap/pairing.ts";
import { parseRoadmap } from "../roadmap/parse.ts";
import type { ParsedRoadmap } from "../roadmap/parse.ts";
import { refuseLarge } from "../roadmap/yaml-text.ts";
import type { StoreReader } from "../store/port.ts";

/** Whoever may speak to the actors: the host itself, or a way into its inbox. */
export interface Speaker {
  start(actor: string, input: object): Promise<Answer>;
  send(actor: string, event: PlainEvent): Promise<Answer>;
}

/** What an import did; `refused` are tasks that went on while it was at work. */
export interface ImportResult extends ImportReport {
  readonly path: string;
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** Brings into being the actors there is one of; where they are, nothing happens. */
export async function standUp(speaker: Speaker): Promise<void> {
  for (const one of [actorId.budget, actorId.coordinator, actorId.refinery, actorId.roadmap]) {
    await speaker.start(one, {});
  }
}

/** Events under way at a time: well below what a mailbox holds. */
const CHUNK = 200;
const ACTORS_PAGE = 1_000;

/** Reads and parses a roadmap file. Throws a fault of kind `invalid` or `notFound`. */
export function readRoadmapFile(path: string): ParsedRoadmap {
  if (!existsSync(path)) {
    throw new FaultError({
      code: "roadmap.missing",
      kind: "notFound",
      where: path,
      found: "no such file",
      expected: "a roadmap in YAML",
      next: "wvo init writes a first one to state/roadmap.yaml",
    });
  }
  return parseRoadmap(readText(path), path);
}

function readText(path: string): string {
  try {
    // Before it is read: a file of gigabytes must not fill the memory first.
    refuseLarge(path, statSync(path).size);
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (thrown instanceof FaultError) throw thrown;
    throw new FaultError({
      code: "roadmap.unreadable",
      kind: "invalid",
      where: path,
      found: faultData(thrown).message,
      expected: "a file that can be read",
      next: "name the roadmap's own file, and make it readable",
      cause: thrown,
    });
  }
}

/** Carries out an import. Nothing is changed where the file is not valid as a whole. */
export async function importRoadmap(
  parsed: ParsedRoadmap,
  { speaker, store }: { readonly speaker: Speaker; readonly store: StoreReader },
  options: { readonly allowMissing: boolean },
): Promise<ImportResult> {
  const plan = planImport(parsed, await existingTasks(store), options);
  const created = await inChunks(plan.create, (input) =>
    speaker.start(actorId.task(input.id), input),
  );
  const revised = await inChunks(plan.revise, ({ id, spec }) =>
    speaker.send(actorId.task(id), { type: "revise", spec }),
  );
  await keepSource(parsed, speaker, store);
  const ids = [...plan.create, ...plan.revise].map(({ id }) => id);
  const refused = [...created, ...revised].flatMap((answer, index) =>
    answer.ok ? [] : [{ id: ids[index] ?? answer.actor, why: answer.refusal }],
  );
  return { path: parsed.path, ...plan.report, refused };
}

/** The text is kept so that export can give it back; an unchanged one is not stored again. */
async function keepSource(parsed: ParsedRoadmap, speaker: Speaker, store: StoreReader) {
  const { path, text, constraints } = parsed;
  const known = await roadmapSources(store);
  if (known?.some((source) => source.path === path && source.text === text) === true) return;
  const event = { type: "imported", path, text, constraints } as const;
  await speaker.send(actorId.roadmap, event);
}

/** The roadmap files imported so far, newest last; null before the first. */
export async function roadmapSources(store: StoreReader) {
  const stored = await store.read(actorId.roadmap);
  if (stored === null) return null;
  return ((JSON.parse(stored.snapshot) as SnapshotRecord).context as RoadmapContext).sources;
}

/** Every task that the database has, with its spec. */
export async function existingTasks(
  store: StoreReader,
): Promise<ReadonlyMap<string, ExistingTask>> {
  const tasks = new Map<string, ExistingTask>();
  const prefix = actorId.task("");
  for (let after = prefix; ;) {
    const page = await store.actors(after, ACTORS_PAGE);
    const ours = page.filter(({ actor }) => actor.startsWith(prefix));
    for (const { snapshot } of ours) {
      const { id, spec } = (JSON.parse(snapshot) as SnapshotRecord).context as TaskContext;
      tasks.set(id, { id, spec, status: store.views.task(id)?.status ?? "blocked" });
    }
    const last = ours.at(-1);
    if (last === undefined || ours.length < page.length) return tasks;
    after = last.actor;
  }
}

async function inChunks<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < items.length; from += CHUNK) {
    answers.push(...(await Promise.all(items.slice(from, from + CHUNK).map(act))));
  }
  return answers;
}
