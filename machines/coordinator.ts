/**
 * Decides when to dispatch: on every wake it asks for a ranking and hands the picked task to the
 * picked agent, one at a time. What to pick is planning, and whether there is money for it is the
 * budget's; it spends no tokens and never polls.
 *
 * C1 At most one dispatch is in flight; the next ranking sees its result, so the WIP limit holds.
 * C2 No wake is lost: one that comes during a ranking makes it `stale`, and it is done again.
 * C3 Outside `running` nothing is dispatched.
 *    A start during a drain is a new owner's: dispatching goes on as agents become free.
 * C4 `stopped` after a drain means that every agent has said that it is free, or that DRAIN_MAX_MS
 *    have passed.
 * C5 Where the budget holds work back it rests in `short`, so that people see it. In `today` it
 *    looks again when the day's budget begins anew; `lasting` ends with a person, or as all rests do.
 * C6 A task that was asked for comes first until an agent of ours has claimed it, or is known to be
 *    settled; a ranking that knew nothing of it is done again. There are never more wishes than
 *    WISHES_MAX; of more the newest are kept.
 *
 * Differs from the design sketch: booting and recovering are the host's (effects under way are
 * claimed again when it opens); a lost claim is answered by the budget or by the task itself, in
 * any state.
 */
import { assign, setup, stateIn } from "xstate";
import type { BudgetEvent } from "./bookkeeping.ts";
import { message, MICROSTEPS_MAX, outputOf, stampOf, tell, without } from "./chart.ts";
import type { Message } from "./chart.ts";
import { effect } from "./effects.ts";
import { actorId } from "./protocol.ts";
import type { AgentEvent, CoordinatorEvent, Ranking } from "./protocol.ts";
import type { Wish } from "./wishes.ts";
import type { Short } from "./spending.ts";

export interface CoordinatorContext {
  /** Agents that a drain still waits for. */
  readonly draining: readonly string[];
  /** Why nothing was dispatched last time. */
  readonly reason: string | null;
  /** Tasks that somebody asked for, in the order of asking. */
  readonly wishes: readonly Wish[];
  /** Tasks that may hold a run at once, where somebody said so; else the configuration says it. */
  readonly wipLimit: number | null;
}

/** Tasks that may ever be said to hold a run at once. */
export const WIP_LIMIT_MAX = 64;
/** Tasks that may be asked for at once. */
export const WISHES_MAX = 20;
/** A request is answered in the same commit; only a chart that throws leaves it unanswered. */
const CLAIM_LIMIT_MS = 30_000;
const RANK_RETRY_MS = 5_000;
/** A day that is all but over still waits this long, so that a clock gone wrong is no busy loop. */
const NEW_DAY_MIN_MS = 1_000;
/** An agent is given its grace and a kill; this is many times that. */
export const DRAIN_MAX_MS = 2 * 60_000;

function toPicked({ event }: { readonly event: unknown }): readonly Message[] {
  const ranking = outputOf<Ranking>(event);
  if (ranking.kind !== "picked") return [];
  const { kind: _kind, ...proposal } = ranking;
  return [message<BudgetEvent>(actorId.budget, { type: "reserve", ...proposal })];
}

/** What people are told: where money is wanting, that comes first. */
const reasonIn = ({ reason, short }: Extract<Ranking, { kind: "nothing" }>): string =>
  short === null ? reason : short.reason;

function shortOf(event: unknown): Short | null {
  const ranking = outputOf<Ranking>(event);
  return ranking.kind === "nothing" ? ranking.short : null;
}

/** What is said about what comes next: a task that is asked for again is asked for anew. */
function heed({ context, event }: Heard): Partial<CoordinatorContext> {
  if (event.type === "limit") return { wipLimit: event.wipLimit };
  if (event.type !== "dispatch") return {};
  const gone = [...event.settled, ...event.wishes.map(({ taskId }) => taskId)];
  const others = context.wishes.filter(({ taskId }) => !gone.includes(taskId));
  return { wishes: [...others, ...event.wishes].slice(-WISHES_MAX) };
}
interface Heard {
  readonly context: CoordinatorContext;
  readonly event: CoordinatorEvent;
}

const toAgents = (agents: readonly string[]): readonly Message[] =>
  agents.map((each) =>
    message<AgentEvent>(actorId.agent(each), { type: "drain", reason: "WeatherVane is stopping" }),
  );

const coordinator = setup({
  types: {
    context: {} as CoordinatorContext,
    events: {} as CoordinatorEvent,
  },
  actors: { rank: effect<"rank">("retry") },
  actions: {
    tell,
    awaitAgents: assign(({ event }) => (event.type === "stop" ? { draining: event.agents } : {})),
    countOut: assign(({ context, event }) =>
      event.type === "agentFree" ? { draining: without(context.draining, event.agentId) } : {},
    ),
    heed: assign(heed),
    grant: assign(({ context, event }) =>
      event.type === "claimed"
        ? { wishes: context.wishes.filter(({ taskId }) => taskId !== event.taskId) }
        : {},
    ),
    recordReason: assign(({ event }) => {
      const ranking = outputOf<Ranking>(event);
      return { reason: ranking.kind === "nothing" ? reasonIn(ranking) : null };
    }),
  },
  guards: {
    wasAskedFor: ({ context, event }) =>
      event.type === "claimed" && context.wishes.some(({ taskId }) => taskId === event.taskId),
    hasPick: ({ event }) => outputOf<Ranking>(event).kind === "picked",
    isShortToday: ({ event }) => (shortOf(event)?.untilMs ?? null) !== null,
    isShort: ({ event }) => shortOf(event) !== null,
    isStale: stateIn({ running: { ranking: "stale" } }),
    isDrained: ({ context }) => context.draining.length === 0,
  },
  delays: {
    rankRetry: RANK_RETRY_MS,
    claimLimit: CLAIM_LIMIT_MS,
    drainLimit: DRAIN_MAX_MS,
    newDay: ({ event }) =>
      Math.max(NEW_DAY_MIN_MS, (shortOf(event)?.untilMs ?? 0) - stampOf(event)),
  },
});

const look = { target: "ranking", actions: "heed" } as const;
const lookAnew = { ...look, reenter: true } as const;

export const machine = coordinator.createMachine({
  id: "coordinator",
  context: { draining: [], reason: null, wishes: [], wipLimit: null },
  initial: "stopped",
  options: { maxIterations: MICROSTEPS_MAX },
  on: {
    wake: {},
    agentFree: {},
    claimed: [{ guard: "wasAskedFor", actions: "grant" }, {}],
    claimLost: {},
    limit: { actions: "heed" },
  },
  states: {
    stopped: { on: { start: "running" } },
    running: {
      initial: "ranking",
      on: {
        dispatch: { actions: "heed" },
        stop: {
          target: "draining",
          actions: ["awaitAgents", { type: "tell", params: ({ event }) => toAgents(event.agents) }],
        },
      },
      states: {
        idle: { on: { wake: "ranking", agentFree: "ranking", dispatch: look, limit: look } },
        short: {
          initial: "lasting",
          on: { wake: "ranking", agentFree: "ranking", dispatch: look, limit: look },
          states: {
            today: { after: { newDay: "#coordinator.running.ranking" } },
            lasting: {},
          },
        },
        ranking: {
          initial: "fresh",
          on: { dispatch: lookAnew, limit: lookAnew },
          invoke: {
            id: "rank",
            src: "rank",
            input: null,
            onDone: [
              {
                guard: "hasPick",
                target: "dispatching",
                actions: ["recordReason", { type: "tell", params: toPicked }],
              },
              { guard: "isStale", target: "ranking", reenter: true },
              { guard: "isShortToday", target: "short.today", actions: "recordReason" },
              { guard: "isShort", target: "short.lasting", actions: "recordReason" },
              { target: "idle", actions: "recordReason" },
            ],
            onError: "faltering",
          },
          states: {
            fresh: { on: { wake: "stale", agentFree: "stale" } },
            stale: {},
          },
        },
        dispatching: {
          on: { claimed: { target: "ranking", actions: "grant" }, claimLost: "ranking" },
          after: { claimLimit: "ranking" },
        },
        faltering: { after: { rankRetry: "ranking" } },
      },
    },
    draining: {
      always: { guard: "isDrained", target: "stopped" },
      on: { agentFree: { actions: "countOut" }, start: "running" },
      after: { drainLimit: "stopped" },
    },
  },
});
