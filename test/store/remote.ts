/** Another process with the same store open, told what to do over its standard input. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { nextTurn } from "../../src/clock.ts";
import type { Fence, Store } from "../../src/store/port.ts";

type Called = Exclude<keyof Store, "views" | "traits" | "onWake" | "acquire">;
type Answered<Name extends Called> = Awaited<ReturnType<Store[Name]>>;

interface Line {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string };
  readonly ready?: true;
  readonly acknowledged?: number;
}

export class Remote {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #exited: Promise<unknown>;
  #calls = 0;
  #trouble = "";
  #onAcknowledged = (_version: number): void => {};
  /** The last version that the process said was on disk. */
  acknowledged = 0;

  /** `program` reads orders as fixtures/store/remote.ts does; `at` tells it where the store is. */
  constructor(program: string, at: string) {
    const env = { ...process.env, NODE_OPTIONS: "" };
    this.#child = spawn(process.execPath, [program, at], { stdio: "pipe", env });
    this.#exited = once(this.#child, "exit");
    this.#child.stderr?.on("data", (data: Buffer) => (this.#trouble += data.toString()));
    this.#child.stdin?.on("error", () => {}); // it was killed: its exit tells
    if (this.#child.stdout === null) throw new Error("no output");
    const lines = createInterface({ input: this.#child.stdout });
    lines.on("line", (line) => this.#hear(JSON.parse(line) as Line));
    lines.on("close", () => this.#fail(new Error(`the other process ended: ${this.#trouble}`)));
    this.#ready.promise.catch(() => {}); // a test that ends early does not wait for it
    onTestFinished(() => this.kill());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  call<Name extends Called>(method: Name, ...args: Parameters<Store[Name]>) {
    return this.#call(method, args) as Promise<Answered<Name>>;
  }

  /** Acquires as the other process. */
  acquire(takeOver = false): Promise<Fence> {
    return this.#call("acquireThere", [takeOver]) as Promise<Fence>;
  }

  drain(worker: string): Promise<readonly string[]> {
    return this.#call("drain", [worker]) as Promise<readonly string[]>;
  }

  /** Lets it commit without end; resolves once so many commits were acknowledged. */
  async churn(fence: Fence, commits: number): Promise<void> {
    await this.#ready.promise;
    let left = commits;
    const enough = Promise.withResolvers<void>();
    this.#onAcknowledged = () => {
      left -= 1;
      if (left === 0) enough.resolve();
    };
    const ended = this.#call("churn", [fence]);
    await Promise.race([enough.promise, ended]);
    ended.catch(() => {}); // it is about to be killed
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Stops it where it is, and resolves once it stands still. */
  async pause(): Promise<void> {
    await this.#ready.promise;
    this.#child.kill("SIGSTOP");
    const isStopped = (): boolean =>
      readFileSync(`/proc/${this.pid}/stat`, "utf8").split(") ").at(-1)?.startsWith("T") === true;
    while (!isStopped()) await nextTurn();
  }

  goOn(): void {
    this.#child.kill("SIGCONT");
  }

  async #call(method: string, args: readonly unknown[]): Promise<unknown> {
    await this.#ready.promise;
    this.#calls += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#calls, answer);
    this.#child.stdin?.write(`${JSON.stringify({ id: this.#calls, method, args })}\n`);
    return answer.promise;
  }

  #hear({ id = 0, result, error, ready, acknowledged }: Line): void {
    if (ready) this.#ready.resolve();
    if (acknowledged !== undefined) {
      this.acknowledged = acknowledged;
      this.#onAcknowledged(acknowledged);
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(Object.assign(new Error(error.message), error));
  }

  #fail(error: Error): void {
    this.#ready.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
