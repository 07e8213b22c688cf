/** How snapshots that an older WeatherVane wrote become those of the present charts. */
import type { AgentContext } from "../../machines/agent-setup.ts";
import type { CoordinatorContext } from "../../machines/coordinator.ts";
import type { ProviderContext } from "../../machines/provider-setup.ts";
import { NOTHING_SPENT } from "../../machines/spending.ts";
import type { Estimate } from "../../machines/spending.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import type { VisitorContext } from "../../machines/visitor-setup.ts";
import type { Chart } from "../host/charts.ts";
import type { SnapshotRecord } from "../host/record.ts";

type Migrations = NonNullable<Chart["migrations"]>;

/** Nothing was reserved for a run that began before there was a budget. */
const UNFORESEEN: Estimate = { inputTokens: 0, outputTokens: 0, microUsd: null, price: null };

export const ofTasks: Migrations = {
  /** What a task has spent is counted from here on. */
  1: (old: SnapshotRecord): SnapshotRecord => {
    const context = old.context as TaskContext;
    const run = context.run === null ? null : { ...context.run, estimate: UNFORESEEN };
    return { ...old, context: { ...context, run, spent: NOTHING_SPENT } };
  },
  /** No run of before can be gone on with. */
  2: (old: SnapshotRecord): SnapshotRecord => {
    const context = old.context as TaskContext;
    const run = context.run === null ? null : { ...context.run, resume: null };
    return { ...old, context: { ...context, run, left: null, cuts: 0 } };
  },
};

export const ofAgents: Migrations = {
  /** An end that was recorded before tells no more than it did. */
  1: (old: SnapshotRecord): SnapshotRecord => {
    const context = old.context as AgentContext;
    const exit = context.exit === null ? null : { ...UNTOLD, ...context.exit };
    return { ...old, context: { ...context, exit, work: begun(context.work) } };
  },
};
const UNTOLD = { errorClass: null, findings: [], session: null, windows: [] };

export const ofProviders: Migrations = {
  /** How full the account is, the next run tells. */
  1: (old: SnapshotRecord): SnapshotRecord => {
    const context = { ...(old.context as ProviderContext), errors: 0, windows: [] };
    const value = old.value === "usable" ? { usable: "normal" } : old.value;
    return { ...old, value, context };
  },
};

export const ofCoordinators: Migrations = {
  /** Nobody has asked for anything. */
  1: (old: SnapshotRecord): SnapshotRecord => {
    const context = old.context as CoordinatorContext;
    return { ...old, context: { ...context, wishes: [], wipLimit: null } };
  },
};

export const ofVisitors: Migrations = {
  1: (old: SnapshotRecord): SnapshotRecord => {
    const context = old.context as VisitorContext;
    return { ...old, context: { ...context, work: begun(context.work) } };
  },
};

/** Work that began without a session to go on with. */
const begun = (work: AgentContext["work"]) => (work === null ? null : { ...work, resume: null });
