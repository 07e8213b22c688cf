/**
 * All charts together work off two tasks, one of which waits for the other; the process is killed
 * at every commit and at every boundary of every effect. In the end both are merged, once each.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TaskSpec } from "../../machines/protocol.ts";
import { emptyFolder } from "../support/workbench.ts";
import { chartsIn, ROOT } from "../paths/charts.ts";
import { hungAt, wrongIn } from "./judging.ts";
import type { Remains } from "./judging.ts";
import { BOUNDARIES } from "./killing.ts";
import type { Boundary } from "./killing.ts";
import { live } from "./life.ts";
import type { Cued } from "./birth.ts";
import type { Rest } from "./death.ts";
import { runMatrix } from "./matrix.ts";
import type { CrashPath, CrashPoint } from "./points.ts";

const MINUTES_MS = 10 * 60_000;
const TASKS = ["T-1", "T-2"];
const STARTED_AT_MS = 1_700_000_000_000;

const SPEC: TaskSpec = {
  title: "a task",
  description: "",
  type: "task",
  priority: "medium",
  value: 5,
  timeCriticality: 0,
  complexity: 5,
  epicId: null,
  milestoneId: null,
  acceptance: [],
  dependsOn: [],
  related: [],
  suggested: [],
};
const input = (id: string, dependsOn: readonly string[]) => {
  return { id, spec: { ...SPEC, dependsOn }, status: "pending", reason: null };
};
const begun: readonly (readonly [actor: string, input: object])[] = [
  ["budget", {}],
  ["refinery", {}],
  ["coordinator", {}],
  ["provider:local", { name: "local" }],
  ["agent:a-1", { id: "a-1" }],
  ["task:T-1", input("T-1", [])],
  ["task:T-2", input("T-2", ["T-1"])],
];
const go = { kind: "event", event: { type: "start" } } as const;
const script: readonly Cued[] = [
  ...begun.map(([actor, start], place): Cued => {
    const happening = { kind: "start", input: start } as const;
    return { actor, key: `call:${place}`, atMs: STARTED_AT_MS, happening };
  }),
  { actor: "coordinator", key: "call:go", atMs: STARTED_AT_MS, happening: go },
];
const path: CrashPath = { transition: "two tasks", script, plans: {}, version: 0, effects: [] };
const charts = (await chartsIn(ROOT)).map(({ name, file }) => ({ name, file: join(ROOT, file) }));

/** Every boundary that such a life comes to, by its number. */
async function pointsOf(): Promise<readonly CrashPoint[]> {
  const birth = { folder: emptyFolder(), charts, script, plans: {}, kill: null, breakage: null };
  const { counts } = await live(birth);
  const numbers = (at: Boundary): readonly number[] =>
    Array.from({ length: counts[at] ?? 0 }, (_, place) => place + 1);
  return BOUNDARIES.flatMap((at) => {
    const effect = at.endsWith("commit") ? null : "any";
    return numbers(at).map((which): CrashPoint => ({ path, kill: { at, which }, effect }));
  });
}

/** Receipts, gates and merge requests belong to a run, and a crash may lead to another run. */
const isOfARun = ({ actor }: Rest): boolean => /^(gate|merge-request|receipt):/.test(actor);
const standings = (actors: readonly Rest[]): string =>
  actors
    .filter((each) => !isOfARun(each))
    .map(({ actor, state }) => `${actor} is ${state}`)
    .join();

function judge(found: Remains, whole: Remains): readonly string[] {
  const { actors, told } = found.death;
  const landed = found.acts.filter(({ act }) => act === "landed").map(({ about }) => about);
  const tasks = actors.filter(({ actor }) => actor.startsWith("task:"));
  const commits = tasks.map(({ context }) => (context as { mergedCommit: string }).mergedCommit);
  const tries = tasks.map(({ context }) => (context as { attempts: number }).attempts);
  const complaints = {
    "an actor of a run has not ended": actors.some(
      (each) => isOfARun(each) && each.status !== "done",
    ),
    "an actor does not stand where it would": standings(actors) !== standings(whole.death.actors),
    "a task was not merged, or not once":
      landed.join() !== commits.join() || landed.length !== TASKS.length,
    "a crash was counted as a failed attempt": tries.some((each) => each > 0),
    "something was told to nobody": told.length > 0,
  };
  return [
    ...wrongIn(found),
    ...actors.filter((each) => !isOfARun(each)).flatMap((rest) => hungAt(rest, whole.death)),
    ...Object.entries(complaints).flatMap(([text, isSo]) => (isSo ? [text] : [])),
  ];
}

test(
  "two tasks are merged once each, wherever the process is killed",
  async () => {
    const points = await pointsOf();
    const { crashes, problems } = await runMatrix(points, { folder: emptyFolder(), charts, judge });
    expect(problems.join("\n\n")).toBe("");
    expect(points.length).toBeGreaterThan(100);
    expect(crashes).toBe(points.length);
  },
  MINUTES_MS,
);
