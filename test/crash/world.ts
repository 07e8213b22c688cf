/**
 * A small world that outlives a crash: what was begun, ended and landed stands in a file, and the
 * effects act on it as the real ones act on git and on processes. What is observed after a crash is
 * therefore what really happened before it.
 *
 * W1 What cannot be undone (a run begun, a commit landed) is written down each time it is done, so
 *    that doing it twice is seen.
 * W2 Everything else is done once, however often it is asked for.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EffectName, Effects } from "../../machines/effects.ts";
import type { CheckResult, Ranking, RunExit } from "../../machines/protocol.ts";
import { plainExit } from "../../src/agents/run-exit.ts";
import type { Cue } from "./cues.ts";

/** Something that was done to the world, and the effect that did it. */
export interface Act {
  readonly act: string;
  readonly about: string;
  readonly by: string;
}

/** Acts that nothing takes back: each thing has it done to it once. */
export const IRREVOCABLE: readonly string[] = ["began", "landed"];
/** Effects that must never be started twice under one id, whatever a chart says of them. */
export const ONCE: readonly EffectName[] = ["runAgent", "land"];

export type Actors = {
  readonly [Name in EffectName]: (
    input: Effects[Name]["input"],
    cue: Cue,
  ) => Promise<Effects[Name]["output"]>;
};

const COPY = { bytes: 4096, sha256: "5eed", seq: 1, atMs: 0 };

/** Where the target stands before anything has landed. */
const BASE = "ba5e";
const COMPLETED = plainExit({ outcome: "completed", detail: "" });
const STOPPED: RunExit = { ...COMPLETED, outcome: "stopped" };
const GREEN: CheckResult = {
  name: "tests",
  mandatory: true,
  passed: true,
  score: null,
  floor: 0,
  deep: false,
  evidence: { path: "checks/tests.json", sha256: "5eed" },
  excerpt: "the end",
};

export class World {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, "world.jsonl");
  }

  get acts(): readonly Act[] {
    return linesOf(this.#path).map((line) => JSON.parse(line) as Act);
  }

  has(act: string, about: string): boolean {
    return this.acts.some((each) => each.act === act && each.about === about);
  }

  do(act: string, about: string, by: string): void {
    if (!IRREVOCABLE.includes(act) && this.has(act, about)) return;
    appendFileSync(this.#path, `${JSON.stringify({ act, about, by } satisfies Act)}\n`);
  }

  /** How a run ended, or null while it goes on. */
  exitOf(runId: string): RunExit | null {
    const ended = this.acts.find(({ act, about }) => {
      return act === "ended" && (JSON.parse(about) as { runId: string }).runId === runId;
    });
    return ended === undefined ? null : (JSON.parse(ended.about) as { exit: RunExit }).exit;
  }

  get tip(): string {
    return this.acts.findLast(({ act }) => act === "landed")?.about ?? BASE;
  }
}

/** The whole lines of a file; none where it is not there yet. */
export function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

/** The effects in this world. What a cue does not say takes its usual course. */
export function actorsIn(world: World, rank: () => Promise<Ranking>): Actors {
  return {
    rank: async (_input, cue) => (await cue.ending()) ?? (await rank()),
    probeProvider: async (_input, cue) => (await cue.ending()) ?? null,
    runErrand: async ({ id }, cue) => {
      world.do("carried out", id, cue.effect);
      cue.begun();
      return (await cue.ending<Effects["runErrand"]["output"]>()) ?? { kind: "written", bytes: 0 };
    },
    runChecks: async (_input, cue) => (await cue.ending()) ?? [GREEN],
    ...runsIn(world),
    ...mergesIn(world),
    copyDatabase: async (_input, cue) => (await cue.ending()) ?? COPY,
  };
}

type RunEffect =
  | ("prepareWorktree" | "runAgent" | "adoptRun" | "stopRun")
  | ("collectWork" | "collectVisit");

function runsIn(world: World): Pick<Actors, RunEffect> {
  const end = (runId: string, exit: RunExit, by: string): RunExit => {
    if (world.exitOf(runId) === null) world.do("ended", JSON.stringify({ runId, exit }), by);
    return world.exitOf(runId) ?? exit;
  };
  const isNowhere = (runId: string): boolean => !world.has("began", runId);
  return {
    prepareWorktree: async ({ work: { runId } }, cue) => {
      const ending = await cue.ending<null>();
      world.do("prepared", runId, cue.effect);
      return ending ?? null;
    },
    runAgent: async ({ work: { runId } }, cue) => {
      world.do("began", runId, cue.effect);
      cue.begun();
      return end(runId, (await cue.ending<RunExit>()) ?? COMPLETED, cue.effect);
    },
    adoptRun: async ({ work: { runId } }, cue) => {
      const planned = await cue.ending<RunExit>();
      return isNowhere(runId) ? STOPPED : end(runId, planned ?? COMPLETED, cue.effect);
    },
    stopRun: async ({ work: { runId } }, cue) => {
      const planned = await cue.ending<RunExit>();
      return isNowhere(runId) ? STOPPED : end(runId, planned ?? STOPPED, cue.effect);
    },
    collectWork: async ({ work: { taskId, runId } }, cue) => {
      const planned = await cue.ending<Effects["collectWork"]["output"]>();
      world.do("collected", runId, cue.effect);
      return planned ?? { commit: `work-of-${taskId}`, changed: true, findings: [] };
    },
    collectVisit: async ({ ref }, cue) => {
      const planned = await cue.ending<Effects["collectVisit"]["output"]>();
      return planned ?? { commit: ref, changed: true, findings: [] };
    },
  };
}

type MergeEffect = "rebase" | "land" | "observeTarget" | "retireBranch";

function mergesIn(world: World): Pick<Actors, MergeEffect> {
  const contains = (commit: string): boolean => world.has("landed", commit);
  return {
    rebase: async ({ commit }, cue) => {
      const planned = await cue.ending<Effects["rebase"]["output"]>();
      return planned ?? { kind: "rebased", commit: `${commit}-on-${world.tip}`, onto: world.tip };
    },
    /** The target moves at once; it may take a while until that is told. */
    land: async ({ commit, onto }, cue) => {
      const isMoved = !contains(commit) && world.tip !== onto;
      const { plan } = cue;
      const lands = plan === null ? !isMoved : "output" in plan && kindOf(plan.output) === "landed";
      if (lands && !contains(commit)) world.do("landed", commit, cue.effect);
      cue.begun();
      return (await cue.ending()) ?? { kind: isMoved ? "moved" : "landed" };
    },
    observeTarget: async ({ commit }, cue) => {
      return (await cue.ending()) ?? { contains: contains(commit) };
    },
    retireBranch: async ({ taskId }, cue) => {
      const ending = await cue.ending<null>();
      world.do("retired", taskId, cue.effect);
      return ending ?? null;
    },
  };
}

const kindOf = (output: unknown): unknown => (output as { readonly kind: unknown }).kind;
