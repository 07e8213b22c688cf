/**
 * The supervisor of a workspace: takes the lock, keeps a worker alive, and passes what clients say
 * on to it. It knows processes and envelopes, and nothing of tasks.
 */
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import type { FaultError } from "../fault.ts";
import { version } from "../version.ts";
import { Door } from "./door.ts";
import type { ControlHello } from "./hello.ts";
import { HttpDoor } from "./http.ts";
import { takeLock } from "./lock.ts";
import type { Lock } from "./lock.ts";
import { makePlace } from "./place.ts";
import { openTokens } from "./tokens.ts";
import { WorkerLife } from "./worker-life.ts";
import type { LifeSetting } from "./worker-life.ts";

export interface SupervisorSetting extends Omit<LifeSetting, "place" | "clock"> {
  readonly stateRoot: string;
  /** How long the agents may take to end when the supervisor is asked to. */
  readonly drainLimitMs: number;
  /** The port for MCP over HTTP, 0 for any; null where nobody wants it. */
  readonly httpPort: number | null;
}

/** By default; an agent gets its grace and a kill, which takes seconds. */
export const DRAIN_LIMIT_MS = 60_000;

/** What is told of a supervisor to whoever asks. */
export interface SupervisorStatus {
  readonly pid: number;
  readonly version: string;
  readonly worker: { readonly pid: number | null; readonly state: string };
  readonly sessions: number;
  /** Where MCP is served over HTTP, or null. */
  readonly http: string | null;
}

export class Supervisor {
  readonly #lock: Lock;
  readonly #life: WorkerLife;
  readonly #door: Door;
  #http: HttpDoor | null = null;

  private constructor(lock: Lock, life: WorkerLife, door: Door) {
    this.#lock = lock;
    this.#life = life;
    this.#door = door;
  }

  /** Resolves when a worker serves. Throws a fault where another one is at work, or none starts. */
  static async open(setting: SupervisorSetting): Promise<Supervisor> {
    const place = makePlace(setting.stateRoot);
    const socket = join(place.sockets, "supervisor.sock");
    const lock = takeLock(place.folder, { socket, version });
    try {
      const life = new WorkerLife({ ...setting, place, clock: systemClock }, setting.drainLimitMs);
      const door = await Door.open({
        path: socket,
        clock: systemClock,
        later: (generation, limitMs) => life.later(generation, limitMs),
        serving: () => life.serving,
        control: (hello) => supervisor.#answer(hello),
        onNews: setting.onNews,
      });
      const supervisor = new Supervisor(lock, life, door);
      await supervisor.#firstService();
      await supervisor.#serveHttp(setting.httpPort, place.folder);
      return supervisor;
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /** Resolves when the supervisor has ended: with a fault where its worker could not be kept. */
  async over(): Promise<FaultError | null> {
    const fault = await this.#life.over;
    this.#http?.close();
    await this.#door.close();
    this.#lock.release();
    return fault;
  }

  /** Ends it: the agents within the limit, then the worker, then itself. */
  stop(limitMs?: number): void {
    this.#life.stop(limitMs);
  }

  /** Ends it at once; the agents' runs go on, and the next one finds them. */
  kill(): void {
    this.#life.kill();
  }

  get status(): SupervisorStatus {
    const { state, serving } = this.#life;
    const worker = { pid: serving?.pid ?? null, state };
    const { sessions } = this.#door;
    return { pid: process.pid, version, worker, sessions, http: this.#http?.url ?? null };
  }

  async #firstService(): Promise<void> {
    const fault = await Promise.race([this.#life.over, this.#life.later(0)]);
    if (fault === null || !(fault instanceof Error)) return;
    await this.#door.close();
    throw fault;
  }

  /** A port that cannot be had ends everything: whoever wanted it would not notice otherwise. */
  async #serveHttp(port: number | null, folder: string): Promise<void> {
    if (port === null) return;
    try {
      const later = (generation: number, limitMs?: number) => this.#life.later(generation, limitMs);
      this.#http = await HttpDoor.open({ port, tokens: openTokens(folder), later });
    } catch (thrown) {
      this.stop();
      await this.over();
      throw thrown;
    }
  }

  #answer({ ask, limitMs }: ControlHello): object {
    const { status } = this;
    if (ask === "down") this.stop(limitMs ?? undefined);
    return status;
  }
}
