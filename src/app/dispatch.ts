/** Reads from the tables what a plan is made from. The planning itself is pure, in `planning/`. */
import type { Wish } from "../../machines/wishes.ts";
import { capsOf, estimateOf } from "../config/budget.ts";
import type { Config } from "../config/load.ts";
import type { Allowance } from "../planning/allowance.ts";
import type { Candidate, PlanView } from "../planning/plan.ts";
import type { ProviderState } from "../planning/route.ts";
import type { AgentRow, ProviderRow, TaskRow } from "../store/views/tables.ts";
import type { Views } from "../store/views/views.ts";

/** Looked at for one decision. Reading this many by index costs the same however many wait. */
const CANDIDATES_MAX = 200;

/** The names of the configured agents: `worker-01`, `worker-02`, ... (conflict C4). */
export const rosterOf = ({ agents }: Config): readonly string[] =>
  Array.from({ length: agents }, (_, index) => `worker-${String(index + 1).padStart(2, "0")}`);

/** What planning may know at this moment. */
export function planViewOf(views: Views, config: Config, nowMs: number): PlanView {
  const roster = new Set(rosterOf(config));
  const providers = new Map(views.providers().map((row) => [row.name, row]));
  return {
    candidates: candidatesOf(views),
    agents: views.agents().map((row) => planAgentOf(row, roster)),
    providers: Object.keys(config.providers).map((name) => providerOf(name, providers.get(name))),
    running: views.countRunning(),
    wipLimit: wipLimitOf(views, config),
    routes: config.routes,
    allowance: allowanceOf(views, config, nowMs),
  };
}

/** What is left of the budget, as its own row tells; without one nothing was ever spent. */
export function allowanceOf(
  views: Pick<Views, "budget">,
  config: Config,
  nowMs: number,
): Allowance {
  const row = views.budget();
  return {
    caps: capsOf(config),
    estimateOf: (provider, tier) => estimateOf(config, provider, tier),
    day: row?.day ?? 0,
    spentToday: { tokens: row?.today_tokens ?? 0, microUsd: row?.today_micro_usd ?? 0 },
    spent: { tokens: row?.spent_tokens ?? 0, microUsd: row?.spent_micro_usd ?? 0 },
    reserved: { tokens: row?.reserved_tokens ?? 0, microUsd: row?.reserved_micro_usd ?? 0 },
    nowMs,
  };
}

/** As somebody said last, else as the configuration does. */
export const wipLimitOf = (views: Pick<Views, "coordinator">, config: Config): number =>
  views.coordinator()?.wip_limit ?? config.wip_limit;

/** What was asked for and has not begun, in the order of asking. */
export const wishesIn = (views: Pick<Views, "coordinator">): readonly Wish[] =>
  JSON.parse(views.coordinator()?.wishes ?? "[]") as readonly Wish[];

/** The best by rank, and whatever was asked for and is ready. */
function candidatesOf(views: Views): readonly Candidate[] {
  const asked = new Map(wishesIn(views).map((wish, askedAt) => [wish.taskId, { wish, askedAt }]));
  const best = views.ready(CANDIDATES_MAX);
  const known = new Set(best.map(({ id }) => id));
  const others = [...asked.keys()].filter((id) => !known.has(id));
  const rows = others.flatMap((id) => views.task(id) ?? []).filter(({ lane }) => lane !== null);
  return [...best, ...rows].map((row) => candidateOf(row, asked.get(row.id) ?? UNASKED));
}

const UNASKED = { wish: null, askedAt: null };

const candidateOf = (
  row: TaskRow,
  { wish, askedAt }: Pick<Candidate, "wish" | "askedAt">,
): Candidate => ({
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
  wish,
  askedAt,
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
