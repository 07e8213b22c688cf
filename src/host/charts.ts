/**
 * The charts a host is opened with, and whether they can read what the database holds. A chart has
 * a version; an older snapshot is brought forward by migrations, anything else is refused.
 */
import { createHash } from "node:crypto";
import type { AnyStateMachine } from "xstate";
import type { PlainEvent } from "../../machines/chart.ts";
import { FaultError } from "../fault.ts";
import type { Fence, Store, Stored } from "../store/port.ts";
import type { ViewSlice } from "../store/views/tables.ts";
import { Kernel } from "./kernel.ts";
import type { LiveActor, Observer } from "./kernel.ts";
import { lintChart } from "./lint.ts";
import type { SnapshotRecord } from "./record.ts";

/** One chart with what the host must know besides its transitions. */
export interface Chart {
  /** The part of an actor's id before the colon. */
  readonly name: string;
  /** Raised with every change that makes stored snapshots unreadable or mean something else. */
  readonly version: number;
  readonly machine: AnyStateMachine;
  /** Checks an event from outside; throws where it is malformed. */
  readonly parseEvent?: (event: PlainEvent) => PlainEvent;
  /** The events that may come from outside; without it all may. */
  readonly outside?: readonly string[];
  /** The rows people query, computed from the snapshot alone. */
  readonly project?: (actor: Projected) => readonly ViewSlice[];
  /** How a snapshot of version n becomes one of version n + 1, by n. */
  readonly migrations?: Readonly<Record<number, (old: SnapshotRecord) => SnapshotRecord>>;
}

/** What a projection may look at. */
export interface Projected {
  readonly actor: string;
  readonly record: SnapshotRecord;
  readonly atMs: number;
}

/** Snapshots looked at in one go when a chart's definition has changed. */
const SCAN_PAGE = 1_000;

export class Charts {
  readonly #entries = new Map<string, { chart: Chart; kernel: Kernel }>();

  /** Lints every chart; a chart that breaks a rule is a bug and throws. */
  constructor(charts: readonly Chart[], observe?: (chart: string) => Observer) {
    for (const chart of charts) {
      const problems = lintChart(chart.machine);
      if (problems.length > 0) throw new Error(`chart ${chart.name}: ${problems.join("; ")}`);
      const kernel = new Kernel(chart.machine, observe?.(chart.name));
      this.#entries.set(chart.name, { chart, kernel });
    }
  }

  of(actor: string): { readonly chart: Chart; readonly kernel: Kernel } {
    const name = chartNameOf(actor);
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    throw new FaultError({
      code: "host.unknown-chart",
      kind: "notFound",
      where: actor,
      found: `no chart named ${name}`,
      expected: `one of ${[...this.#entries.keys()].join(", ")}`,
      next: "check the actor's id: it is CHART:ID",
    });
  }

  /** Brings a stored actor to life; `migratedFrom` is set where migrations had to be applied. */
  revive(stored: Stored): { readonly live: LiveActor; readonly migratedFrom: number | null } {
    const { chart, kernel } = this.of(stored.actor);
    let record = JSON.parse(stored.snapshot) as SnapshotRecord;
    for (let from = stored.chartVersion; from < chart.version; from += 1) {
      const migrate = chart.migrations?.[from];
      if (migrate === undefined) throw missingMigration(chart, from);
      record = migrate(record);
    }
    const live = kernel.restore(stored.actor, stored.version, record);
    const isOld = stored.chartVersion < chart.version;
    return { live, migratedFrom: isOld ? stored.chartVersion : null };
  }

  /** Writes down the present charts, where the database can be read by them. */
  async admit(store: Store, fence: Fence): Promise<void> {
    await this.check(store);
    for (const { chart } of this.#entries.values()) {
      const row = { chart: chart.name, chartVersion: chart.version, hash: hashOf(chart) };
      await store.recordChart(fence, row);
    }
  }

  /** Compares with what the database saw last; a fault where a chart cannot read it. */
  async check(store: Store): Promise<void> {
    for (const { chart: name, chartVersion, hash } of await store.charts()) {
      const { chart } = this.of(`${name}:`);
      refuseNewer(chart, chartVersion);
      for (let from = chartVersion; from < chart.version; from += 1) {
        if (chart.migrations?.[from] === undefined) throw missingMigration(chart, from);
      }
      const isEdited = chartVersion === chart.version && hash !== hashOf(chart);
      if (isEdited) await this.#verifyReadable(store, name);
    }
  }

  /** The same version with another definition: every stored snapshot must still be readable. */
  async #verifyReadable(store: Store, name: string): Promise<void> {
    let after = "";
    for (;;) {
      const page = await store.actors(after, SCAN_PAGE);
      const last = page.at(-1);
      if (last === undefined) return;
      for (const stored of page) if (stored.chart === name) this.#verify(stored);
      after = last.actor;
    }
  }

  #verify(stored: Stored): void {
    try {
      this.revive(stored);
    } catch (cause) {
      const { chart } = this.of(stored.actor);
      throw missingMigration(chart, stored.chartVersion, { actor: stored.actor, cause });
    }
  }
}

/** `task:T-1` is an actor of the chart `task`; a name without a colon is its chart's only actor. */
export function chartNameOf(actor: string): string {
  const colon = actor.indexOf(":");
  return colon < 0 ? actor : actor.slice(0, colon);
}

const hashOf = ({ machine }: Chart): string =>
  createHash("sha256").update(JSON.stringify(machine.definition)).digest("hex").slice(0, 16);

function refuseNewer(chart: Chart, stored: number): void {
  if (stored <= chart.version) return;
  throw new FaultError({
    code: "host.newer-chart",
    where: `chart ${chart.name}`,
    found: `snapshots of version ${stored}, written by a newer WeatherVane`,
    expected: `version ${chart.version} or older`,
    next: "run the newer wvo, or restore a backup made before the upgrade",
  });
}

function missingMigration(
  chart: Chart,
  from: number,
  problem?: { readonly actor: string; readonly cause: unknown },
): FaultError {
  const reason = problem === undefined ? "" : `; ${problem.actor} cannot be read`;
  return new FaultError({
    code: "host.migration-missing",
    where: `chart ${chart.name}`,
    found: `snapshots of version ${from} and no migration ${chart.name} ${from} to ${from + 1}${reason}`,
    expected: `a migration for every version before ${Math.max(chart.version, from + 1)}`,
    next: `add migration ${from} of chart ${chart.name}, or run the older wvo`,
    cause: problem?.cause,
  });
}
