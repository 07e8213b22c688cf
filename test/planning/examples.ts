/** Ordinary tasks, agents, providers and views: a test changes only what it is about. */
import { NOTHING_SPENT } from "../../machines/spending.ts";
import type { Allowance } from "../../src/planning/allowance.ts";
import type { Candidate, PlanAgent, PlanView } from "../../src/planning/plan.ts";
import { defaultRoutes } from "../../src/planning/route.ts";
import type { ProviderState } from "../../src/planning/route.ts";
import { ESTIMATE, NO_CAPS } from "../support/proposals.ts";

export const NOON_MS = 1_767_268_800_000;
export const NOON = "2026-01-01T12:00:00.000Z";

export function candidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    id: "T-1",
    status: "pending",
    type: "feature",
    title: "Show the forecast",
    description: "",
    complexity: 4,
    value: 5,
    timeCriticality: 3,
    createdAtMs: NOON_MS,
    failedAttempts: 0,
    hasDeepFindings: false,
    lastAgentId: null,
    runs: 0,
    spent: NOTHING_SPENT,
    wish: null,
    askedAt: null,
    ...changes,
  };
}

export function agent(agentId: string, changes: Partial<PlanAgent> = {}): PlanAgent {
  return { agentId, idle: true, available: true, freeSinceMs: NOON_MS, ...changes };
}

export function provider(name: string, changes: Partial<ProviderState> = {}): ProviderState {
  const state = {
    usable: true,
    isCritical: false,
    isAsked: false,
    isDown: false,
    reason: null,
    untilMs: null,
  };
  return { name, ...state, ...changes };
}

/** Nothing is capped, and nothing was spent. */
export function allowance(changes: Partial<Allowance> = {}): Allowance {
  return {
    caps: NO_CAPS,
    estimateOf: () => ESTIMATE,
    day: Math.floor(NOON_MS / 86_400_000),
    spentToday: NOTHING_SPENT,
    spent: NOTHING_SPENT,
    reserved: NOTHING_SPENT,
    nowMs: NOON_MS,
    ...changes,
  };
}

/** One ready task, one idle agent, both providers usable, nothing running. */
export function view(changes: Partial<PlanView> = {}): PlanView {
  return {
    candidates: [candidate()],
    agents: [agent("codex-1")],
    providers: [provider("claude"), provider("codex")],
    running: 0,
    wipLimit: 3,
    routes: defaultRoutes,
    allowance: allowance(),
    ...changes,
  };
}
