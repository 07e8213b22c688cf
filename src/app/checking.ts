/**
 * The checks of gates as an effect: one checkout and one folder of results for each gate. After a
 * crash they are found again; where nobody waits for them any more, they are ended.
 *
 * C1 When WeatherVane is stopped by a person, no process of a check is left.
 * C2 After any other end they go on, and whoever is next reads their results.
 */
import { once } from "node:events";
import { existsSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Effects } from "../../machines/effects.ts";
import type { Config } from "../config/load.ts";
import { openCheckouts } from "../git/checkout.ts";
import type { Checkouts } from "../git/checkout.ts";
import { checksPath, worktreePath } from "../git/linked-worktree.ts";
import type { Repository } from "../git/repository.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { endChecks, runChecks } from "../quality/gate.ts";
import type { StoreReader } from "../store/port.ts";

export interface CheckingParts {
  readonly config: Config;
  readonly repository: Repository;
  readonly store: StoreReader;
}

type Request = Effects["runChecks"]["input"];
type Results = Effects["runChecks"]["output"];

/** No task can have this name, since no id holds an @: runs have their folders there too. */
const folderNameOf = (gateId: string): string => gateId.replace(":", "@");

/** Where what the checks of a gate have printed is kept. */
export const checksFolder = ({ state_root }: Pick<Config, "state_root">, gateId: string): string =>
  join(state_root, "runs", folderNameOf(gateId));

export class Checking {
  readonly #parts: CheckingParts;
  readonly #checkouts: Checkouts;
  readonly #root: string;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<Results>>();

  constructor(parts: CheckingParts) {
    const root = checksPath(parts.config.worktree_root);
    this.#parts = parts;
    this.#checkouts = openCheckouts(parts.repository, root);
    this.#root = realpathSync(root);
  }

  /** Runs the checks of a gate; `signal` aborts where the host closes or the gate is over. */
  async run(request: Request, signal: AbortSignal): Promise<Results> {
    const name = folderNameOf(request.gateId);
    const work = this.#work(name, request, AbortSignal.any([signal, this.#stopping.signal]));
    this.#underWay.set(name, work);
    try {
      return await work;
    } catch (thrown) {
      // Without an answer the gate stays as it is, and its checks begin anew with the next start.
      if (this.#stopping.signal.aborted) await untilAborted(signal);
      else if (signal.aborted && !(await this.#isAwaited(request))) await this.#end(name);
      throw thrown;
    } finally {
      this.#underWay.delete(name);
    }
  }

  /** Ends all checks, and lets none begin (C1). */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const [name, work] of this.#underWay) {
      const hasResults = await work.then(
        () => true,
        () => false,
      );
      if (hasResults) continue;
      await this.#end(name);
      rmSync(this.#folder(name), { recursive: true, force: true });
    }
  }

  async #work(name: string, request: Request, signal: AbortSignal): Promise<Results> {
    signal.throwIfAborted();
    const { taskId, commit, only } = request;
    const cwd = await this.#checkout(name, commit);
    const scope = { folder: this.#folder(name), gateId: name, taskId, commit, cwd, signal };
    const { checks } = this.#parts.config;
    const wanted = checks.filter((check) => only === undefined || only.includes(check.name));
    const results = await runChecks(wanted, scope);
    await this.#checkouts.dropCheckout(name);
    return results;
  }

  /** After a restart checks may still be at work in the checkout: then it must not be cleaned. */
  async #checkout(name: string, commit: string): Promise<string> {
    const path = worktreePath(this.#root, name);
    const isInUse = existsSync(this.#folder(name)) && existsSync(path);
    return isInUse ? path : this.#checkouts.checkoutCommit(name, commit);
  }

  /** False where the gate was cancelled or gave up: an open one stands in `running`. */
  async #isAwaited({ gateId }: Request): Promise<boolean> {
    const stored = await this.#parts.store.read(gateId);
    return stored !== null && (JSON.parse(stored.snapshot) as SnapshotRecord).value === "running";
  }

  async #end(name: string): Promise<void> {
    await endChecks(this.#folder(name));
    await this.#checkouts.dropCheckout(name);
  }

  #folder(name: string): string {
    return join(this.#parts.config.state_root, "runs", name);
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
