/**
 * The worker as a process: spawned, told what to do over its IPC channel, and ended for sure. When
 * to do which of these is the chart's, in `worker-chart.ts`.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause, stopwatch } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import type { FaultDetails } from "../fault.ts";
import { identityOf, isAlive, signalProcess } from "../processes/identity.ts";
import type { ProcessIdentity } from "../processes/identity.ts";
import { wvoArgv } from "./launcher.ts";

/** What a worker needs to know before it begins. */
export interface WorkerOrder {
  /** Where it listens for sessions and commands, and for HTTP. */
  readonly socket: string;
  readonly httpSocket: string;
  /** False where it serves, and dispatches nothing until somebody says `wvo run`. */
  readonly dispatches: boolean;
  /** True for the first worker of a supervisor: a person waits, and hears what is wrong. */
  readonly isFirst: boolean;
}

export type ToWorker =
  | { readonly kind: "begin"; readonly order: WorkerOrder }
  | { readonly kind: "drain" };

export type FromWorker =
  | { readonly kind: "ready" }
  /** It ends now, and another one is to begin: no crash. */
  | { readonly kind: "leaving" }
  | { readonly kind: "fault"; readonly fault: Omit<FaultDetails, "cause"> };

/** Opening a large database and taking up what was under way. */
const START_LIMIT_MS = 120_000;
/** A worker without its supervisor ends by itself, and is given this long. */
const EVICT_GRACE_MS = 10_000;
const KILL_LIMIT_MS = 10_000;
const LOOK_MS = 20;
const RECORD = "worker.json";

export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #record: string;
  readonly #ready = Promise.withResolvers<void>();
  readonly #exit = Promise.withResolvers<string>();
  #fault: FaultError | null = null;
  #isLeaving = false;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#record = join(folder, RECORD);
    child.on("message", (message) => this.#hear(message as FromWorker));
    child.on("error", (error) => this.#exit.resolve(error.message));
    child.on("exit", (code, signal) => {
      rmSync(this.#record, { force: true });
      const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      this.#exit.resolve(`the worker (pid ${child.pid}) ${how}`);
    });
    this.#ready.promise.catch(() => {});
  }

  /** It runs in a session of its own: Ctrl-C is for the supervisor, which then sees to it. */
  static spawn(folder: string, workspace: string, argv = wvoArgv("worker")): WorkerProcess {
    const [program, ...args] = argv;
    const child = spawn(program, args, {
      cwd: workspace,
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    return new WorkerProcess(child, folder);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** True where it has said that it ends in order. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Says how it ended, once it has. */
  get ended(): Promise<string> {
    return this.#exit.promise;
  }

  /** Resolves when it serves. Where it rejects, nothing of the worker is left. */
  async begin(order: WorkerOrder, clock: Clock): Promise<void> {
    this.#remember();
    this.#tell({ kind: "begin", order });
    const late = (): void => this.#ready.reject(tooLate());
    const cancel = clock.schedule(START_LIMIT_MS, late);
    const gone = this.ended.then((how) => Promise.reject(this.#fault ?? diedEarly(how)));
    try {
      await Promise.race([this.#ready.promise, gone]);
    } catch (thrown) {
      this.#child.kill("SIGKILL");
      await this.ended;
      throw thrown;
    } finally {
      cancel();
    }
  }

  /** Before it begins: the next supervisor is to find it wherever this one is killed. */
  #remember(): void {
    const identity = this.pid === null ? null : identityOf(this.pid);
    writeFileSync(this.#record, JSON.stringify(identity), { mode: 0o600 });
  }

  /** Lets it end its work within the limit; after that it is killed, and runs go on. */
  async drain(limitMs: number, clock: Clock): Promise<void> {
    this.#tell({ kind: "drain" });
    const cancel = clock.schedule(limitMs, () => this.#child.kill("SIGKILL"));
    await this.ended;
    cancel();
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  #tell(message: ToWorker): void {
    // It may be gone by now; then its end is on the way.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(message: FromWorker): void {
    if (message.kind === "ready") return this.#ready.resolve();
    if (message.kind === "leaving") return void (this.#isLeaving = true);
    this.#fault = new FaultError(message.fault);
    return this.#ready.reject(this.#fault);
  }
}

const diedEarly = (how: string): FaultError =>
  new FaultError({
    code: "supervisor.worker",
    where: "the worker",
    found: `${how} before it served`,
    expected: "a worker that serves",
    next: "look at what it said, above or in the supervisor's log",
  });

const tooLate = (): FaultError =>
  new FaultError({
    code: "supervisor.worker-slow",
    where: "the worker",
    found: `it did not serve within ${START_LIMIT_MS / 1_000} s`,
    expected: "a worker that serves",
    next: "wvo doctor looks at the database; then try again",
  });

/** Waits until the worker of an earlier supervisor has ended, and ends it where it does not. */
export async function evict(folder: string): Promise<void> {
  const identity = recorded(folder);
  if (identity === null) return;
  if (await hasEnded(identity, EVICT_GRACE_MS)) return;
  signalProcess(identity, "SIGKILL");
  if (await hasEnded(identity, KILL_LIMIT_MS)) return;
  throw new FaultError({
    code: "supervisor.old-worker",
    where: `the worker of an earlier supervisor (pid ${identity.pid})`,
    found: "it lives on after SIGKILL",
    expected: "no other worker",
    next: "see what holds it up (a disk that does not answer); then wvo up again",
  });
}

function recorded(folder: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(join(folder, RECORD), "utf8")) as ProcessIdentity | null;
  } catch {
    return null; // none was started, or it ended in order
  }
}

/** True once the process is gone, false where it still lives after the limit. */
export async function hasEnded(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const waitedMs = stopwatch();
  while (isAlive(identity)) {
    if (waitedMs() >= limitMs) return false;
    await pause(LOOK_MS);
  }
  return true;
}
