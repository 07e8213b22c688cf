/**
 * The shim that MCP clients start: their standard input and output, joined to whoever serves the
 * workspace, a supervisor or a `wvo run`. It starts a supervisor where nobody is at work, and finds
 * the next one where one is lost.
 *
 * H1 A client's session goes on over any number of those who serve; its calls keep their keys.
 * H2 It ends with its client: by the end of standard input, by a signal, or when nobody reads.
 */
import { pause, stopwatch, systemClock } from "../clock.ts";
import { FaultError, faultData } from "../fault.ts";
import { findServing, reachSupervisor } from "./client.ts";
import type { McpHello } from "./hello.ts";
import { CLIENT_LINE_BYTES_MAX, putLine, readLines } from "./lines.ts";
import { Relay } from "./relay.ts";
import type { Served } from "./relay.ts";

export interface ShimSetting {
  readonly stateRoot: string;
  readonly hello: Pick<McpHello, "role" | "agent" | "task" | "sandbox">;
  /** Starts a supervisor; it throws where another one was faster, or where none may be started. */
  readonly start: () => Promise<unknown>;
  readonly onSignal: (listener: () => void) => () => void;
  readonly onNews: (text: string) => void;
}

/** How long a call may wait for a supervisor. */
export const REACH_LIMIT_MS = 60_000;
const WAIT_FIRST_MS = 50;
const WAIT_MAX_MS = 2_000;
/** A connection that lasted this long was none that failed at once. */
const STEADY_MS = 10_000;

export async function serveShim(setting: ShimSetting): Promise<number> {
  const session = systemClock.newId();
  const road = new Road(setting, { wvo: "mcp", session, ...setting.hello });
  const relay = new Relay({
    session,
    clock: systemClock,
    lines: readLines(process.stdin, CLIENT_LINE_BYTES_MAX),
    out: process.stdout,
    connect: () => road.connect(),
    isPatient: true,
  });
  const unlisten = setting.onSignal(() => relay.end());
  try {
    await relay.run();
  } finally {
    unlisten();
    road.end();
    // An open standard input would keep the process alive.
    process.stdin.destroy();
  }
  return 0;
}

/** The way to a supervisor, again and again. */
class Road {
  readonly #setting: ShimSetting;
  readonly #hello: McpHello;
  #connections = 0;
  #waitMs = 0;
  #sinceMs = stopwatch();
  readonly #over = new AbortController();

  constructor(setting: ShimSetting, hello: McpHello) {
    this.#setting = setting;
    this.#hello = hello;
  }

  /** Nobody waits any more: without this a client's end would be noticed a minute late. */
  end(): void {
    this.#over.abort();
  }

  async connect(): Promise<Served> {
    const waitedMs = stopwatch();
    if (this.#sinceMs() > STEADY_MS) this.#waitMs = 0;
    for (;;) {
      if (this.#waitMs > 0) await pause(this.#waitMs, this.#over.signal);
      this.#waitMs = Math.min(WAIT_MAX_MS, Math.max(WAIT_FIRST_MS, this.#waitMs * 2));
      try {
        return await this.#try();
      } catch (thrown) {
        const isOver = waitedMs() + this.#waitMs > REACH_LIMIT_MS;
        if (isOver || !isWorthAnother(thrown)) throw thrown;
        this.#setting.onNews(faultData(thrown).message);
      }
    }
  }

  async #try(): Promise<Served> {
    const { stateRoot, start } = this.#setting;
    if (findServing(stateRoot) === null) await start();
    const holder = findServing(stateRoot);
    if (holder === null) throw nobody();
    const socket = await reachSupervisor(holder);
    await putLine(socket, JSON.stringify(this.#hello));
    this.#connections += 1;
    this.#sinceMs = stopwatch();
    return { socket, connection: this.#connections };
  }
}

/** Another client may have started one at the same moment; a wrong configuration stays wrong. */
const isWorthAnother = (thrown: unknown): boolean =>
  thrown instanceof FaultError && (thrown.retriable || thrown.code === "supervisor.held");

const nobody = (): FaultError =>
  new FaultError({
    code: "supervisor.none",
    where: "wvo mcp",
    found: "a supervisor that ended as soon as it had begun",
    expected: "a supervisor",
    next: "wvo up shows what is wrong",
    retriable: true,
  });
