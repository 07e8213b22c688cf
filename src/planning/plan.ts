/**
 * The next dispatch: which task, by which agent, with which provider, or one sentence saying why
 * there is none. When to ask is the coordinator's decision, and the claim is the task chart's.
 */
import { nextRunId } from "../../machines/protocol.ts";
import type { Dispatch, Ranking } from "../../machines/protocol.ts";
import type { Estimate, Short, Spent } from "../../machines/spending.ts";
import { lackOf } from "./allowance.ts";
import type { Allowance } from "./allowance.ts";
import { compareCandidates, explainScore, scoreOf } from "./rank.ts";
import type { RankedTask } from "./rank.ts";
import { route } from "./route.ts";
import type { ProviderState, RoutedTask, Routes } from "./route.ts";
import { compareText } from "./words.ts";

/** A task that may be claimed now: ready, or sent back for rework. */
export interface Candidate extends RankedTask, RoutedTask {
  /** The agent of its last run, or null before the first. */
  readonly lastAgentId: string | null;
  /** Runs that it has had. */
  readonly runs: number;
  /** What they are counted with. */
  readonly spent: Spent;
}

export interface PlanAgent {
  readonly agentId: string;
  /** It can take a task now. */
  readonly idle: boolean;
  /** It is in the pool: idle, or it will be again. */
  readonly available: boolean;
  /** When its last run ended, in milliseconds since 1970. */
  readonly freeSinceMs: number;
}

/** All that a plan is made from. Candidates and agents may stand in any order. */
export interface PlanView {
  readonly candidates: readonly Candidate[];
  readonly agents: readonly PlanAgent[];
  /** In configured order. */
  readonly providers: readonly ProviderState[];
  /** Tasks that hold a run now. */
  readonly running: number;
  /** Tasks that may hold a run at once (work in progress). */
  readonly wipLimit: number;
  readonly routes: Routes;
  readonly allowance: Allowance;
}

type Placement =
  | { readonly kind: "placed"; readonly dispatch: Dispatch; readonly estimate: Estimate }
  | { readonly kind: "held"; readonly reason: string; readonly short: Short | null };

/** The best-ranked task that an idle agent and a usable provider can take now. */
export function planNext(view: PlanView): Ranking {
  const reason = whyClosed(view);
  if (reason !== null) return { kind: "nothing", reason, short: null };
  const ranked = view.candidates.toSorted(compareCandidates);
  const holds: string[] = [];
  const shorts: Short[] = [];
  for (const candidate of ranked) {
    const placement = place(view, candidate);
    if (placement.kind === "placed") {
      return { kind: "picked", ...proposalOf(view, candidate, placement) };
    }
    holds.push(`${candidate.id} waits: ${placement.reason}`);
    if (placement.short !== null) shorts.push(named(candidate, placement.short));
  }
  const [first, ...others] = holds;
  const more = others.length === 0 ? "" : `; ${others.length} more wait too`;
  return { kind: "nothing", reason: `${first}${more}`, short: firstToEnd(shorts) };
}

const named = ({ id }: Candidate, { reason, untilMs }: Short): Short => {
  return { reason: `${id} waits: ${reason}`, untilMs };
};

/** A shortage that ends by itself is worth waiting for, whatever else does not. */
const firstToEnd = (shorts: readonly Short[]): Short | null =>
  shorts.find(({ untilMs }) => untilMs !== null) ?? shorts[0] ?? null;

/** A task's next run, as the budget is asked for it. */
function proposalOf(
  { allowance: { caps } }: PlanView,
  { id: taskId, runs, spent: spentOnTask }: Candidate,
  { dispatch, estimate }: Extract<Placement, { kind: "placed" }>,
) {
  return { taskId, runId: nextRunId(taskId, runs), ...dispatch, estimate, spentOnTask, caps };
}

/** A candidate's place in the order of dispatch, the sum behind it, and what happens to it next. */
export interface Place {
  readonly id: string;
  readonly score: number;
  readonly sum: string;
  readonly now: string;
}

/** All candidates in the order of dispatch, each with the sum that put it there. */
export const explainOrder = (view: PlanView): readonly Place[] =>
  view.candidates.toSorted(compareCandidates).map((candidate) => ({
    id: candidate.id,
    score: scoreOf(candidate),
    sum: explainScore(candidate),
    now: whyNot(view, candidate.id),
  }));

/** What holds one task back: the WIP limit, agents, providers, or a task that comes first. */
export function whyNot(view: PlanView, candidateId: string): string {
  const { candidates } = view;
  const candidate = candidates.find(({ id }) => id === candidateId);
  if (candidate === undefined) return `not among the ${candidates.length} tasks considered next`;
  const closed = whyClosed(view);
  if (closed !== null) return closed;
  const placement = place(view, candidate);
  if (placement.kind === "held") return placement.reason;
  const next = planNext(view);
  const nextId = next.kind === "picked" ? next.taskId : null;
  const first = candidates.find(({ id }) => id === nextId);
  if (first === undefined || first === candidate) return `${candidateId} is dispatched next`;
  const places = [first, candidate].map((each) => `${each.id} (${explainScore(each)})`);
  return places.join(" is ranked before ");
}

/** Why no task at all can be dispatched, or null. */
function whyClosed({ candidates, agents, running, wipLimit }: PlanView): string | null {
  if (running >= wipLimit) return `the WIP limit of ${wipLimit} is reached: ${running} running`;
  if (candidates.length === 0) return "no task is ready";
  if (agents.some(isFree)) return null;
  const pool = agents.filter(({ available }) => available).length;
  return pool === 0 ? "no agent is in the pool" : `no agent is idle in the pool of ${pool}`;
}

function place(view: PlanView, candidate: Candidate): Placement {
  const agent = agentFor(candidate, view.agents);
  if (agent === undefined) {
    const reason = `it goes back to its agent ${candidate.lastAgentId}, which is not idle`;
    return { kind: "held", reason, short: null };
  }
  const routing = route(candidate, view.providers, view.routes);
  if (routing.kind === "none") return { kind: "held", reason: routing.reason, short: null };
  const { provider, tier } = routing;
  const estimate = view.allowance.estimateOf(provider, tier);
  const lack = lackOf(view.allowance, { provider, estimate, spentOnTask: candidate.spent });
  if (lack !== null) return { kind: "held", ...lack };
  const rationale = `${routing.rationale}; ${explainScore(candidate)}`;
  const dispatch = { agentId: agent.agentId, provider, tier, rationale };
  return { kind: "placed", dispatch, estimate };
}

/**
 * Rework goes back to the agent that did the work, and waits for it; it knows the change. All
 * other tasks go to the agent that has been free longest (D7).
 */
function agentFor(candidate: Candidate, agents: readonly PlanAgent[]): PlanAgent | undefined {
  if (candidate.status === "needs_improvement") {
    const last = agents.find(({ agentId }) => agentId === candidate.lastAgentId);
    if (last?.available === true) return isFree(last) ? last : undefined;
  }
  const byWait = (a: PlanAgent, b: PlanAgent): number =>
    a.freeSinceMs - b.freeSinceMs || compareText(a.agentId, b.agentId);
  return agents.filter(isFree).toSorted(byWait)[0];
}

const isFree = ({ idle, available }: PlanAgent): boolean => idle && available;
