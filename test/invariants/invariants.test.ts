/**
 * Every invariant that a chart names holds in every state that its cases lead to, and each can
 * break: with one thing changed in the chart the shortest way to the violation is found.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { assign } from "xstate";
import type { AnyStateMachine } from "xstate";
import type { AgentContext } from "../../machines/agent-setup.ts";
import type { ArtifactsContext } from "../../machines/artifacts.ts";
import type { RoadmapContext, RoadmapEvent } from "../../machines/roadmap.ts";
import type { ArtifactsEvent } from "../../machines/visits.ts";
import { Anatomy } from "../../src/proof/checker/anatomy.ts";
import { violationText } from "../../src/proof/checker/explore.ts";
import { survey } from "../../src/proof/checker/survey.ts";
import type { Cases } from "../../src/proof/cases.ts";
import type { Invariant } from "../../src/proof/invariant.ts";
import { changed } from "./changed.ts";

const machinesAt = join(import.meta.dirname, "../../machines");
const casesAt = join(import.meta.dirname, "../paths/cases");

interface Proven {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly invariants: readonly Invariant[];
  readonly cases: Cases;
  /** The first comment of the chart. */
  readonly comment: string;
}

/** A chart of machines/ has its invariants here, in a file of the same name. */
async function provenIn(file: string): Promise<readonly Proven[]> {
  const { machine } = (await import(join(machinesAt, file))) as { machine?: AnyStateMachine };
  if (machine === undefined) return [];
  const source = readFileSync(join(machinesAt, file), "utf8");
  const comment = source.slice(0, source.indexOf("*/"));
  const name = file.replace(".ts", "");
  const { invariants } = (await import(join(import.meta.dirname, file))) as Proven;
  const { cases } = (await import(join(casesAt, file))) as Proven;
  return [{ name, machine, invariants, cases, comment }];
}

const files = readdirSync(machinesAt).filter((file) => file.endsWith(".ts"));
const charts = (await Promise.all(files.map(provenIn))).flat();

describe.each(charts)("$name", ({ machine, invariants, cases, comment }) => {
  const walk = survey(machine, { cases, invariants });

  test("every invariant of its first comment is here, and no other", () => {
    const named = [...comment.matchAll(/^ \* ([A-Z]\d) /gm)].map(([, id]) => id);
    expect(invariants.map(({ id }) => id)).toEqual(named);
  });

  test("all of them hold in every state that can be reached", () => {
    expect(walk.violations.map(violationText)).toEqual([]);
    expect(walk.thrown).toEqual([]);
    expect(walk.isComplete).toBe(true);
  });

  test("the cases take every transition, so nothing was left out", () => {
    const { nodes } = new Anatomy(machine);
    const declared = nodes.flatMap((node) => [
      ...[...node.transitions.values()].flat(),
      ...(node.always ?? []),
    ]);
    const untaken = declared.filter((each) => !walk.taken.has(each));
    expect(untaken.map(({ source, eventType }) => `${source.id} ${eventType}`)).toEqual([]);
  });
});

// ── each of them can break ────────────────────────────────────────────────────────────────────

interface Break {
  readonly chart: string;
  readonly id: string;
  readonly path: string;
  readonly value: unknown;
  /** Happenings on the shortest way to the violation. */
  readonly steps: number;
}
const breaks = (chart: string, id: string, rest: readonly [string, unknown, number]): Break => {
  const [path, value, steps] = rest;
  return { chart, id, path, value, steps };
};

const MOVING = "states.landing.states.step.states.moving";
const LIVE = "states.working.states.lease.states.live";
const STARTED = "states.working.states.session.states.started";
const restart = { guard: "wasInterrupted", target: "started", reenter: true };
const rank = { id: "rank", src: "rank", input: null, onDone: {}, onError: {} };
const keepAll = ({ context: { id, work } }: { readonly context: AgentContext }) => {
  return { agentId: id, work, keep: true };
};
const append = assign(({ context, event }: { context: RoadmapContext; event: RoadmapEvent }) => ({
  sources: [...context.sources, event],
}));
const stopRun = {
  type: "tell",
  params: () => ({ to: "agent:a-1", event: { type: "stop", runId: "T-1.1", reason: "too dear" } }),
};
const forgetSpent = assign({ spent: { tokens: -1, microUsd: 0 }, reservations: [] });
const unspent = () => ({ charge: { tokens: 0, microUsd: 0, costSource: "unknown" } });
const keepBoth = assign(
  ({ context, event }: { context: ArtifactsContext; event: ArtifactsEvent }) => ({
    kept: [...context.kept, { ...event, atMs: 0 }],
  }),
);
const rewrite = assign({ text: "another one", supersededBy: "c2" });
const forgetRestore = assign({ restored: { atMs: 0, safetyId: "another" } });
const all: readonly Break[] = [
  breaks("task", "T1", ["states.active.exit", [], 3]),
  breaks("task", "T1", ["guards.isCurrent", () => true, 3]),
  breaks("task", "T2", ["states.active.states.claimed.on.runStarted", "#task.gate", 3]),
  breaks("task", "T3", ["states.backlog.states.ready.always", [], 2]),
  breaks("task", "T4", ["states.active.on.runFailed.1.guard", "hasBlockers", 7]),
  breaks("task", "T5", ["states.done.on.addDependent", { target: "backlog" }, 7]),
  breaks("task", "T6", ["states.active.states.working.on.cancel", "#task.cancelled", 4]),
  breaks("task", "T7", ["actions.countCut", assign({ cuts: 2 }), 3]),
  breaks("agent", "A6", ["states.collecting.invoke.input", keepAll, 4]),
  breaks("agent", "A1", ["states.stuck.after.stuckRetry", "free.idle", 6]),
  breaks("agent", "A2", [`${STARTED}.invoke.onError.0`, restart, 4]),
  breaks("agent", "A3", ["states.working.on.drain.target", "collecting", 4]),
  breaks("agent", "A4", [`${LIVE}.after`, {}, 3]),
  breaks("agent", "A5", ["guards.isLimited", () => false, 5]),
  breaks("coordinator", "C1", [
    "states.running.states.ranking.invoke.onDone.0.target",
    "ranking",
    3,
  ]),
  breaks("coordinator", "C2", ["guards.isStale", () => false, 4]),
  breaks("coordinator", "C3", ["states.stopped", { on: { start: "running" }, invoke: rank }, 1]),
  breaks("coordinator", "C4", ["guards.isDrained", () => true, 3]),
  breaks("coordinator", "C5", ["states.running.states.short.states.today.after", {}, 3]),
  breaks("coordinator", "C6", ["actions.grant", assign({}), 4]),
  breaks("budget", "B1", ["guards.fits", () => true, 2]),
  breaks("budget", "B2", ["states.open.on.settle.0.actions.1", "reserve", 3]),
  breaks("budget", "B3", ["states.open.on.settle.0.actions.0", stopRun, 3]),
  breaks("budget", "B4", ["states.open.on.release.0.actions", forgetSpent, 3]),
  breaks("convoy", "Y1", ["context", () => ({ name: "login", taskIds: [] }), 1]),
  breaks("receipt", "P1", ["context", unspent, 1]),
  breaks("gate", "G1", ["states.waiting.after.breath", "passed", 3]),
  breaks("gate", "G2", ["guards.isInconclusive", () => false, 2]),
  breaks("gate", "G3", ["states.passed.entry", [], 2]),
  breaks("merge-request", "M1", ["states.checking.on.gatePassed.target", "retiring", 4]),
  breaks("merge-request", "M2", ["states.rebasing.invoke.onDone.0.target", "landing", 3]),
  breaks("merge-request", "M3", [`${MOVING}.invoke.onError.target`, "held", 5]),
  breaks("merge-request", "M4", ["states.withdrawn.entry", [], 2]),
  breaks("merge-request", "M5", ["guards.hasFaultsLeft", () => true, 13]),
  breaks("merge-request", "M6", ["guards.isUnwanted", () => false, 6]),
  breaks("provider", "V1", ["states.probing.exit", [], 2]),
  breaks("provider", "V2", ["states.cooling.after.wait", "usable", 3]),
  breaks("provider", "V3", ["delays.wait", () => 5, 2]),
  breaks("provider", "V4", ["states.down.on.limitHit", "cooling", 3]),
  breaks("provider", "V5", ["guards.isBreaking", () => false, 9]),
  breaks("provider", "V6", ["guards.isWarned", () => false, 3]),
  breaks("refinery", "R1", ["states.busy.on.settled.guard", "isEmpty", 3]),
  breaks("refinery", "R2", ["states.busy.entry.0", "forgetOldest", 4]),
  breaks("refinery", "R3", ["states.reserved.after", {}, 2]),
  breaks("refinery", "R4", ["on.settled", { actions: "putInOrder" }, 4]),
  breaks("visitor", "N1", ["states.asking.on.claimLost.target", "held", 3]),
  breaks("visitor", "N2", ["states.held.states.working.after", {}, 3]),
  breaks("visitor", "N3", ["guards.isFound", () => true, 5]),
  breaks("visitor", "N4", ["states.held.states.working.on.release.guard", () => true, 4]),
  breaks("message", "Q1", ["states.claimed.on.acknowledge.guard", () => true, 3]),
  breaks("message", "Q2", ["states.claimed.after", {}, 2]),
  breaks("message", "Q3", ["guards.isSpent", () => true, 3]),
  breaks("message", "Q4", ["states.waiting.on.claim.target", "done", 2]),
  breaks("context", "K1", ["states.current.on.supersede.actions", rewrite, 2]),
  breaks("context", "K2", ["states.superseded", { on: { supersede: "current" } }, 3]),
  breaks("artifacts", "F1", ["actions.keep", keepBoth, 3]),
  breaks("artifacts", "F2", ["states.open.on.store.1.target", "open", 3]),
  breaks("backup", "D1", ["states.creating.invoke.onDone.actions", [], 2]),
  breaks("backup", "D2", ["states.creating.on.restored", { target: "creating", reenter: true }, 2]),
  breaks("backup", "D3", ["actions.recordRestore", forgetRestore, 2]),
  breaks("errand", "E1", ["states.doing.invoke.onError", { target: "doing", reenter: true }, 2]),
  breaks("errand", "E2", ["states.doing.invoke.onError.target", "done", 2]),
  breaks("roadmap", "O1", ["states.known.on.imported.actions", append, 3]),
];

function brokenBy({ chart, path, value }: Break) {
  const proven = charts.find(({ name }) => name === chart);
  if (proven === undefined) throw new Error(`there is no chart ${chart}`);
  const { machine, cases, invariants } = proven;
  return survey(changed(machine, path, value), { cases, invariants, violationsMax: 1 }).violations;
}

test.each(all)("$id of $chart breaks when $path is changed", (each) => {
  const violation = brokenBy(each).find(({ broken }) => broken.startsWith(`${each.id}:`));
  expect(violation?.path.length, violation && violationText(violation)).toBe(each.steps);
});

test("every invariant is broken once on purpose", () => {
  const named = charts.flatMap(({ name, invariants }) =>
    invariants.map(({ id }) => `${name} ${id}`),
  );
  const broken = new Set(all.map(({ chart, id }) => `${chart} ${id}`));
  expect(named.filter((each) => !broken.has(each))).toEqual([]);
});

test("a violation is told as the shortest way to it, a line each happening", () => {
  const [violation] = brokenBy(breaks("agent", "A1", ["states.stuck.after.stuckRetry", "free", 6]));
  expect(violation === undefined ? "" : violationText(violation)).toBe(
    `A1: between assign and the report there is one run, and its end is reported once
    1  start: free.idle
    2  assign T-1 T-1.1 local low target: free.idle -> preparing.going
    3  prepareWorktree gives null: preparing.going -> working.(session.started lease.live)
    4  stop T-1.1 it is wanted: working.(session.started lease.live) -> stopping.asked
    5  stopRun fails (broken): stopping.asked -> stuck
    6  stuckRetry rings: stuck -> free.idle`,
  );
});
