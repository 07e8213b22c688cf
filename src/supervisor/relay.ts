/**
 * Carries the lines of one MCP session between a client and whoever serves it at the moment. When
 * that one is lost the session stays open: another one is greeted, and calls without an answer are
 * sent again. The same relay stands in the supervisor, before a worker, and in `wvo mcp`, before a
 * supervisor.
 *
 * R1 A line is read only when the one before it has been taken: who does not read slows down who
 *    writes, and nothing piles up here.
 * R2 Calls are sent again only on a connection that `connect` gave after the loss; that the one
 *    before can do nothing more is for `connect` to see to.
 */
import type { Duplex, Writable } from "node:stream";
import type { Clock } from "../clock.ts";
import { faultData } from "../fault.ts";
import { tooLong } from "./envelope.ts";
import { Ledger } from "./ledger.ts";
import type { Call } from "./ledger.ts";
import { putLine, readLines, WORKER_LINE_BYTES_MAX } from "./lines.ts";
import type { Line } from "./lines.ts";

/** A connection to whoever serves, on which the first line has been said. */
export interface Served {
  readonly socket: Duplex;
  /** Grows with each connection. */
  readonly connection: number;
}

export interface RelaySetting {
  readonly session: string;
  readonly clock: Clock;
  readonly lines: AsyncIterator<Line>;
  readonly out: Writable;
  /** Gives a connection, or throws a fault where there will be none; `lost` is the last one. */
  readonly connect: (lost: number) => Promise<Served>;
  /** True where a later line may try again after `connect` has failed; else the session ends. */
  readonly isPatient: boolean;
}

/** A client that says no more gets this long for the answers it still waits for. */
const LAST_ANSWERS_LIMIT_MS = 30_000;
/** A worker that is up answers a greeting at once. */
const GREETING_LIMIT_MS = 30_000;

export class Relay {
  readonly #setting: RelaySetting;
  readonly #ledger: Ledger;
  readonly #ended = Promise.withResolvers<void>();
  #served: Promise<Served> | null = null;
  #connection = 0;
  #hasEnded = false;
  /** Rung at each answer, for a client that only waits. */
  #onAnswer = (): void => {};

  constructor(setting: RelaySetting) {
    this.#setting = setting;
    this.#ledger = new Ledger(setting.session);
    setting.out.once("close", () => this.end());
    setting.out.on("error", () => this.end());
  }

  /** Resolves when the session has ended, from whichever side. */
  async run(): Promise<void> {
    this.#read().catch(this.#ended.reject);
    try {
      await this.#ended.promise;
    } finally {
      this.#hasEnded = true;
      this.#served?.then(({ socket }) => socket.destroy()).catch(() => {});
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#onAnswer();
    this.#ended.resolve();
  }

  async #read(): Promise<void> {
    const { lines, out } = this.#setting;
    while (!this.#hasEnded) {
      const { value: line, done } = await lines.next();
      if (done === true) break;
      if (line.kind === "oversize") await putLine(out, tooLong(line));
      else await this.#take(line.text);
    }
    await this.#lastAnswers();
    this.end();
  }

  async #take(text: string): Promise<void> {
    const taken = this.#ledger.fromClient(text, this.#connection);
    if (taken.kind === "answer") await putLine(this.#setting.out, taken.text);
    if (taken.kind === "call") await this.#send(taken.call.text, taken.call);
    if (taken.kind === "pass") await this.#send(taken.text, null);
  }

  async #send(text: string, call: Call | null): Promise<void> {
    const served = await this.#reach();
    // A call that came while there was nobody has been sent with the others.
    if (served === null || call?.sentOn === served.connection) return;
    if (call !== null) call.sentOn = served.connection;
    await putLine(served.socket, text);
  }

  /** The connection in use, or a new one; null where there is none to be had. */
  async #reach(): Promise<Served | null> {
    this.#served ??= this.#open();
    try {
      return await this.#served;
    } catch (thrown) {
      this.#served = null;
      await this.#giveUp(thrown);
      return null;
    }
  }

  async #giveUp(thrown: unknown): Promise<void> {
    const { message } = faultData(thrown);
    for (const text of this.#ledger.giveUp(message)) await putLine(this.#setting.out, text);
    this.#onAnswer();
    if (!this.#setting.isPatient) this.end();
  }

  async #open(): Promise<Served> {
    const served = await this.#setting.connect(this.#connection);
    this.#connection = served.connection;
    const lines = readLines(served.socket, WORKER_LINE_BYTES_MAX);
    served.socket.on("error", () => {}); // its lines end, which says the same
    if (await this.#greet(served, lines)) {
      for (const text of this.#ledger.resend(served.connection)) await putLine(served.socket, text);
      this.#listen(served, lines).catch(this.#ended.reject);
      return served;
    }
    return this.#open();
  }

  /** False where the connection was lost meanwhile. */
  async #greet(served: Served, lines: AsyncIterator<Line>): Promise<boolean> {
    const { clock } = this.#setting;
    const cancel = clock.schedule(GREETING_LIMIT_MS, () => served.socket.destroy());
    try {
      for (const greeting of this.#ledger.greeting(served.connection)) {
        this.#ledger.expect(greeting);
        await putLine(served.socket, greeting.text);
        while (this.#ledger.isGreeting) if (!(await this.#pass(served, lines))) return false;
      }
      return true;
    } finally {
      cancel();
    }
  }

  async #listen(served: Served, lines: AsyncIterator<Line>): Promise<void> {
    let goesOn = true;
    while (goesOn) goesOn = await this.#pass(served, lines);
    served.socket.destroy();
    if (this.#hasEnded) return;
    this.#served = null;
    // Whoever waits for an answer needs the next one now; others when they next say something.
    if (this.#ledger.open.length > 0 || !this.#setting.isPatient) await this.#reach();
  }

  /** Takes one line to the client; false at the end. */
  async #pass(served: Served, lines: AsyncIterator<Line>): Promise<boolean> {
    const { value: line, done } = await lines.next();
    if (done === true || this.#hasEnded) return false;
    if (line.kind === "oversize") return false;
    const text = this.#ledger.fromWorker(line.text, served.connection);
    if (text !== null) await putLine(this.#setting.out, text);
    if (!this.#ledger.isBusy) this.#onAnswer();
    return true;
  }

  async #lastAnswers(): Promise<void> {
    if (this.#hasEnded || !this.#ledger.isBusy) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onAnswer = resolve;
    const cancel = this.#setting.clock.schedule(LAST_ANSWERS_LIMIT_MS, resolve);
    await promise;
    cancel();
  }
}
