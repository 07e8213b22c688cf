/**
 * Drives walks through the real host on a real database file. Host and store are closed and opened
 * again around every step, and what is on disk is compared with what the pure kernel says.
 *
 * D1 The host is given no handlers, so it never starts an effect; the walk itself claims and
 *    finishes them, as a worker does.
 * D2 Results come and timers fall due while the host is closed at some steps, and while it is open
 *    at the others.
 */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { Charts } from "../host/charts.ts";
import type { Chart } from "../host/charts.ts";
import { Host } from "../host/host.ts";
import type { Observer } from "../host/kernel.ts";
import { ownerHere } from "../host/owner.ts";
import { findDrift } from "../host/parity.ts";
import { replayAll } from "../host/replay.ts";
import type { Store } from "../store/port.ts";
import { openStore } from "../store/sqlite/store.ts";
import { differ, differences } from "./compare.ts";
import { askRefused, call, comeFromOutside, JOURNAL_MAX } from "./deeds.ts";
import { MovedClock } from "./moved-clock.ts";
import { stateOf } from "./standing.ts";
import type { Move } from "./standing.ts";
import type { Step } from "./tours.ts";

/** A step, and where it goes on from there: a tour has one way, paths branch. */
export interface Branch {
  readonly step: Step;
  /** Events to be refused where the step leads. */
  readonly refusals: readonly Move[];
  readonly next: readonly Branch[];
}

export interface DriveSetting {
  /** Where the databases are put; whoever gives it removes it. */
  readonly folder: string;
  readonly chart: Chart;
  /** Told of every transition that the host takes. */
  readonly observe: Observer;
}

type Wrong = readonly string[];

export class Drive {
  readonly #setting: DriveSetting;
  readonly #problems: string[] = [];
  #files = 0;

  constructor(setting: DriveSetting) {
    this.#setting = setting;
  }

  /** What went wrong; nothing is good. */
  get problems(): Wrong {
    return this.#problems;
  }

  /** Drives a walk from its first step, which brings the actor into being. */
  go(walk: Branch): Promise<void> {
    return this.#go(walk, this.#newPath(), []);
  }

  #newPath(): string {
    this.#files += 1;
    return join(this.#setting.folder, `walk-${this.#files}.db`);
  }

  /** A walk ends where something is wrong: what follows would only repeat it. */
  async #go(branch: Branch, path: string, before: readonly Branch[]): Promise<void> {
    const way = [...before, branch];
    if (!(await this.#take(branch, path, before))) return;
    const [first, ...others] = branch.next;
    if (first === undefined) return this.#end(path, way);
    for (const other of others) {
      const copy = this.#newPath();
      copyFileSync(path, copy);
      await this.#go(other, copy, way);
    }
    await this.#go(first, path, way);
  }

  /**
   * One step, from opening to closing; at first it is seen how the step before ended. False where
   * something is wrong.
   */
  async #take(branch: Branch, path: string, before: readonly Branch[]): Promise<boolean> {
    const { step } = branch;
    const previous = before.at(-1);
    const clock = new MovedClock(step.before.nowMs);
    const store = openStore(path, clock);
    if (previous !== undefined && !this.#tell(before, await look(store, previous))) {
      await store.close();
      return false;
    }
    const refusals = previous?.refusals ?? [];
    const isEarly = refusals.length === 0 && step.before.live.version % 2 === 0;
    if (isEarly) await comeFromOutside(step, { store, clock });
    const host = await this.#open(store, clock);
    const left =
      previous === undefined ? [] : await askRefused({ host, store }, previous.step, refusals);
    if (!isEarly && left.length === 0) await comeFromOutside(step, { store, clock });
    const wrong = left.length === 0 ? await call(host, step) : [];
    await host.close();
    return this.#tell(before, left) && this.#tell([...before, branch], wrong);
  }

  /** The end of a walk: also the journal tells it all, and replays to the snapshot and its rows. */
  async #end(path: string, way: readonly Branch[]): Promise<void> {
    const last = way.at(-1);
    if (last === undefined) return;
    const clock = new MovedClock(last.step.played.after.nowMs);
    const store = openStore(path, clock);
    if (!this.#tell(way, await look(store, last))) return store.close();
    this.#tell(way, await this.#lookBack(store, way));
    const host = await this.#open(store, clock);
    this.#tell(way, await askRefused({ host, store }, last.step, last.refusals));
    await host.close();
  }

  async #lookBack(store: Store, way: readonly Branch[]): Promise<Wrong> {
    const charts = new Charts([this.#setting.chart]);
    const { discrepancies } = await replayAll(store, charts);
    const drift = await findDrift(store, charts);
    const moments = way.flatMap(({ step }) => step.played.moments);
    const actor = moments.at(-1)?.after.actor ?? "";
    const rows = await store.journal({ actor, limit: JOURNAL_MAX });
    const told = rows.map(({ version, happening }) => [version, JSON.parse(happening) as unknown]);
    const happened = moments.map(({ after, happening }) => [after.version, happening]);
    return [
      ...discrepancies.map(({ found, expected }) => `replay: found ${found}, expected ${expected}`),
      ...drift.map((each) => `the rows differ from the snapshot: ${each}`),
      ...differ("journal", told, happened),
      ...(await store.check()),
    ];
  }

  async #open(store: Store, clock: MovedClock): Promise<Host> {
    const { chart, observe } = this.#setting;
    const { parseEvent: _door, ...open } = chart;
    const setting = { store, clock, owner: ownerHere("the proof"), handlers: {} };
    const host = await Host.open({ ...setting, charts: [open], observe: () => observe });
    await host.quiet();
    return host;
  }

  /** Keeps what is wrong with the last step of a way; true where nothing is. */
  #tell(way: readonly Branch[], wrong: Wrong): boolean {
    const last = way.at(-1)?.step;
    const where = last === undefined ? "" : `${last.move.label} in ${stateOf(last.before)}`;
    const labels = way.map(({ step }) => step.move.label).join(", ");
    for (const each of wrong) this.#problems.push(`${where}: ${each}\n  on the way: ${labels}`);
    return wrong.length === 0;
  }
}

const look = (store: Store, { step: { played } }: Branch): Promise<Wrong> =>
  differences(store, { standing: played.after, moments: played.moments });
