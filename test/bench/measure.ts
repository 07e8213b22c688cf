/** What every benchmark needs: a folder on a real disk, medians, and rounds that alternate. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** One line of the report: what was measured, the figure, and what it must be at least or at most. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly promise: string;
  readonly kept: boolean | null;
}

/** Calls `act` with a new folder beside the sources: the temp folder may be in memory. */
export async function inFolder<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(process.cwd(), "state", "bench-"));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of the machine's monotonic clock, which all its processes share. */
export const sharedNowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value that so many per cent of them do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

/** Events a second of `count` events in `ms` milliseconds. */
export const rate = (count: number, ms: number): number => (count / ms) * 1_000;
