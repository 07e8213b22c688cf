/**
 * WeatherVane at work in one process: the host with the charts of the product, its effects, and the
 * actors there are one of. It joins all rooms; what each does is said there.
 */
import { join } from "node:path";
import { waitFor } from "xstate";
import { actorId } from "../../machines/protocol.ts";
import { catalog } from "../catalog/catalog.ts";
import { Checking } from "./checking.ts";
import { systemClock } from "../clock.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { rosterOf } from "./dispatch.ts";
import { effectHandlers } from "./effects.ts";
import { openRepository } from "../git/repository.ts";
import type { Repository } from "../git/repository.ts";
import { Host } from "../host/host.ts";
import type { Commit } from "../host/loop.ts";
import { ownerHere } from "../host/owner.ts";
import { Sandbox } from "./sandbox.ts";
import { standUp } from "./roadmap-import.ts";
import { ignoreState } from "./state-root.ts";
import { TRIAL_PLACES } from "./trials.ts";
import type { Store } from "../store/port.ts";
import { openStore } from "../store/sqlite/store.ts";

export interface AppSetting {
  readonly config: Config;
  /** Who owns the database, for people; by default `wvo run`. */
  readonly name?: string;
  readonly clock?: Clock;
  /** Called once, when the database failed or another owner took over. */
  readonly onFault: (thrown: unknown) => void;
  /** Ends this process, for another one to open what was put back; where there is one that would. */
  readonly onRestart?: () => void;
  /** Told of every commit, after it is on disk. */
  readonly onCommit?: (commit: Commit) => void;
}

interface AppParts extends Pick<App, "config" | "target" | "store" | "host" | "sandbox"> {
  readonly checking: Checking;
  readonly restart: (() => void) | null;
}

export class App {
  readonly config: Config;
  readonly target: string;
  readonly store: Store;
  readonly host: Host;
  readonly sandbox: Sandbox;
  /** Has another process begin anew on the database; null where nobody would. */
  readonly restart: (() => void) | null;
  readonly #checking: Checking;
  #pool: Promise<void> | null = null;
  #isLeaving = false;

  private constructor(parts: AppParts) {
    this.config = parts.config;
    this.target = parts.target;
    this.store = parts.store;
    this.host = parts.host;
    this.sandbox = parts.sandbox;
    const { restart } = parts;
    this.restart =
      restart &&
      (() => {
        this.#isLeaving = true;
        restart();
      });
    this.#checking = parts.checking;
  }

  /** Opens repository and database and takes up what was under way. Nothing new is dispatched. */
  static async open(given: AppSetting): Promise<App> {
    const { config, name = "wvo run", clock = systemClock, onFault, onCommit } = given;
    const repository = await openRepository(config.workspace);
    const target = await targetOf(config, repository);
    const store = openStore(join(config.state_root, "orchestrator.db"), clock);
    ignoreState(config);
    const onBeat = (agentId: string, runId: string): void => {
      host.send(actorId.agent(agentId), { type: "beat", runId }).catch(onFault);
    };
    const checking = new Checking({ config, repository, store });
    const sandbox = new Sandbox({ config, target, repository, store });
    const parts = { config, target, repository, store, clock, checking, sandbox, onBeat };
    const handlers = effectHandlers(parts);
    const setting = { store, clock, charts: catalog, owner: ownerHere(name), onFault };
    const host: Host = await Host.open({
      ...setting,
      handlers,
      limits: { runChecks: config.gates + TRIAL_PLACES, rebase: 1, land: 1, copyDatabase: 1 },
      ...(onCommit === undefined ? {} : { onCommit }),
    });
    await standUp(host);
    const restart = given.onRestart ?? null;
    return new App({ config, target, store, host, sandbox, checking, restart });
  }

  /** True from a restart on: what is asked now is for the next process to answer. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Lets the coordinator dispatch, whoever has stopped it before. */
  async begin(): Promise<void> {
    await this.openPool();
    const answer = await this.host.send(actorId.coordinator, { type: "start" });
    if (!answer.ok) await this.host.send(actorId.coordinator, { type: "wake" });
  }

  /** Goes on as another process has left it: what somebody has stopped stays so. */
  async resume(): Promise<void> {
    await this.openPool();
    await this.host.send(actorId.coordinator, { type: "wake" });
  }

  /** Dispatches nothing until somebody asks for it; runs under way go on. */
  async hold(): Promise<void> {
    await this.host.send(actorId.coordinator, { type: "stop", agents: [] });
  }

  /** Brings providers and agents into being. */
  openPool(): Promise<void> {
    return (this.#pool ??= this.#openPool());
  }

  async #openPool(): Promise<void> {
    const { host, config } = this;
    const limited = this.store.views.providers().filter(({ status }) => status === "cooling");
    const cooling = new Set(limited.map(({ name }) => name));
    for (const name of Object.keys(config.providers)) {
      const provider = actorId.provider(name);
      const answer = await host.start(provider, { name });
      // A limit outlasts a restart: only a person may know better (`wvo auth recheck`).
      if (!answer.ok && !cooling.has(name)) await host.send(provider, { type: "recheck" });
    }
    for (const id of rosterOf(config)) await host.start(actorId.agent(id), { id });
  }

  /** Dispatches nothing more, and ends the runs and the checks that are under way. */
  async drain(): Promise<void> {
    const agents = this.store.views.agents().map(({ agent_id }) => agent_id);
    await this.host.send(actorId.coordinator, { type: "stop", agents });
    const coordinator = await this.host.actor(actorId.coordinator);
    if (coordinator !== null) {
      await waitFor(
        coordinator as never,
        (state: { value: unknown }) => state.value === "stopped",
        {
          timeout: Infinity,
        },
      );
    }
    await this.#checking.stop();
    await this.sandbox.stop();
  }

  /** Lets go of everything; runs that were not drained go on and are found again. */
  async close(): Promise<void> {
    await this.host.close();
  }
}

/** The configured target must exist; without one it is the branch that is checked out. */
async function targetOf(config: Config, repository: Repository): Promise<string> {
  const target = config.target ?? (await repository.currentBranch());
  await repository.tipOf(target);
  return target;
}
