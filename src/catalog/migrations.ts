/** How snapshots that an older WeatherVane wrote become those of the present charts. */
import { NOTHING_SPENT } from "../../machines/spending.ts";
import type { Estimate } from "../../machines/spending.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
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
};
