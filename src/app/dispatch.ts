/** Reads from the tables what a plan is made from. The planning itself is pure, in `planning/`. */
import type { Config } from "../config/load.ts";
import type { Candidate, PlanView } from "../planning/plan.ts";
import type { ProviderState } from "../planning/route.ts";
import type { AgentRow, ProviderRow, TaskRow } from "../store/views/tables.ts";
import type { Views } from "../store/views/views.ts";

/** Looked at for one decision. Reading this many by index costs the same however many wait. */
const CANDIDATES_MAX = 200;
const NO_CAP = { tokens: null, microUsd: null };

/** The names of the configured agents: `worker-01`, `worker-02`, ... (conflict C4). */
export const rosterOf = ({ agents }: Config): readonly string[] =>
  Array.from({ length: agents }, (_, index) => `worker-${String(index + 1).padStart(2, "0")}`);

/** What planning may know at this moment. */
export function planViewOf(views: Views, config: Config): PlanView {
  const roster = new Set(rosterOf(config));
  const providers = new Map(views.providers().map((row) => [row.name, row]));
  return {
    candidates: views.ready(CANDIDATES_MAX).map(candidateOf),
    agents: views.agents().map((row) => planAgentOf(row, roster)),
    providers: Object.keys(config.providers).map((name) => providerOf(name, providers.get(name))),
    running: views.countRunning(),
    wipLimit: config.wip_limit,
    routes: config.routes,
    caps: { task: NO_CAP, day: NO_CAP, roadmap: NO_CAP },
    estimate: { inputTokens: 0, outputTokens: 0, microUsd: null, price: null },
  };
}

const candidateOf = (row: TaskRow): Candidate => ({
  id: row.id,
  status: row.status,
  type: row.type,
  title: row.title,
  description: row.description,
  complexity: row.complexity,
  value: row.value,
  timeCriticality: row.time_criticality,
  createdAtMs: row.created_at,
  failedAttempts: row.attempts,
  hasDeepFindings: row.has_deep_findings === 1,
  lastAgentId: row.last_agent,
  runs: row.runs,
  spent: { tokens: row.spent_tokens, microUsd: row.spent_micro_usd },
});

const planAgentOf = (row: AgentRow, roster: ReadonlySet<string>) => ({
  agentId: row.agent_id,
  idle: row.status === "idle",
  available: roster.has(row.agent_id),
  freeSinceMs: row.free_since,
});

const providerOf = (name: string, row: ProviderRow | undefined): ProviderState => ({
  name,
  usable: row?.status === "usable",
  isCritical: row?.level === "critical",
  isAsked: row === undefined || row.status === "probing",
  isDown: row?.status === "down",
  reason: row?.reason ?? null,
  untilMs: row?.until ?? null,
});
