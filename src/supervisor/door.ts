/**
 * The supervisor's socket: reads the first line of each connection and hands the rest to whom it
 * concerns. Sessions of MCP clients are relayed line by line, commands byte by byte.
 *
 * D1 Connections, the first line, and the wait for it are limited.
 * D2 Nothing that one connection does ends another one.
 */
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { once } from "node:events";
import type { Clock } from "../clock.ts";
import { faultData } from "../fault.ts";
import type { CommandHello, ControlHello, Hello, McpHello } from "./hello.ts";
import { parseHello } from "./hello.ts";
import { CLIENT_LINE_BYTES_MAX, finish, putLine, readLines } from "./lines.ts";
import type { Line } from "./lines.ts";
import { Relay } from "./relay.ts";
import type { Served } from "./relay.ts";
import type { Serving } from "./worker-life.ts";

export const CONNECTIONS_MAX = 1_024;
const HELLO_LIMIT_MS = 10_000;
/** A lost connection to a living worker: the news of its end may take this long. */
const LOSS_LIMIT_MS = 10_000;
/** Connections end by themselves when the worker has; who does not read is left. */
const LAST_WORDS_LIMIT_MS = 2_000;

export interface DoorSetting {
  readonly path: string;
  readonly clock: Clock;
  /** A worker that serves, later than that one; throws a fault where there will be none. */
  readonly later: (generation: number, limitMs?: number) => Promise<Serving>;
  readonly serving: () => Serving | null;
  /** Answers what concerns the supervisor itself. */
  readonly control: (hello: ControlHello) => object;
  readonly onNews: (text: string) => void;
}

export class Door {
  readonly #setting: DoorSetting;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #sessions = 0;

  private constructor(setting: DoorSetting) {
    this.#setting = setting;
    // A client may say that it says no more, and still wait for its answers.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#admit(socket));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  static async open(setting: DoorSetting): Promise<Door> {
    const door = new Door(setting);
    // What lies there is of a supervisor that was killed: the lock says that none lives.
    rmSync(setting.path, { force: true });
    door.#server.listen(setting.path);
    await once(door.#server, "listening");
    chmodSync(setting.path, 0o600);
    return door;
  }

  /** MCP sessions that are open. */
  get sessions(): number {
    return this.#sessions;
  }

  /** Lets nobody in any more. */
  shut(): void {
    this.#server.close();
  }

  /** Ends every connection, once it has said what it had to say. */
  async close(): Promise<void> {
    this.shut();
    const { clock } = this.#setting;
    const isEmpty = (): boolean => this.#sockets.size === 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.schedule(LAST_WORDS_LIMIT_MS, resolve);
    for (const socket of this.#sockets) socket.once("close", () => isEmpty() && resolve());
    if (!isEmpty()) await promise;
    cancel();
    for (const socket of this.#sockets) socket.destroy();
  }

  #admit(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {}); // it closes as well
    this.#serve(socket)
      .catch((thrown: unknown) => {
        this.#setting.onNews(`a connection ended: ${faultData(thrown).message}`);
      })
      .finally(() => finish(socket, this.#setting.clock));
  }

  async #serve(socket: Socket): Promise<void> {
    const lines = readLines(socket, CLIENT_LINE_BYTES_MAX);
    const hello = await this.#hello(socket, lines);
    if (hello === null) return refuse(socket);
    if (hello.wvo === "mcp") return this.#relay(socket, lines, hello);
    if (hello.wvo === "command") return this.#command(socket, lines, hello);
    return putLine(socket, JSON.stringify(this.#setting.control(hello)));
  }

  async #hello(socket: Socket, lines: AsyncIterator<Line>): Promise<Hello | null> {
    const cancel = this.#setting.clock.schedule(HELLO_LIMIT_MS, () => socket.destroy());
    const { value: line, done } = await lines.next();
    cancel();
    return done === true || line.kind === "oversize" ? null : parseHello(line.text);
  }

  async #relay(socket: Socket, lines: AsyncIterator<Line>, hello: McpHello): Promise<void> {
    const { clock } = this.#setting;
    this.#sessions += 1;
    try {
      await new Relay({
        session: hello.session,
        clock,
        lines,
        out: socket,
        connect: (lost) => this.#reach(lost, hello),
        isPatient: false,
      }).run();
    } finally {
      this.#sessions -= 1;
    }
  }

  /** A connection to the worker after the lost one: R2 rests on its being another process. */
  async #reach(lost: number, hello: Hello): Promise<Served> {
    const { later, serving } = this.#setting;
    if (lost > 0 && serving()?.generation === lost) await later(lost, LOSS_LIMIT_MS);
    for (let generation = lost; ;) {
      const worker = await later(generation);
      const socket = await reach(worker.socket);
      if (socket !== null) {
        await putLine(socket, JSON.stringify(hello));
        return { socket, connection: worker.generation };
      }
      generation = worker.generation;
    }
  }

  /**
   * The last line tells how it ended; without one the command does not know what became of it.
   * What it says meanwhile, such as Ctrl-C, goes the other way.
   */
  async #command(socket: Socket, lines: AsyncIterator<Line>, hello: CommandHello): Promise<void> {
    const { socket: worker } = await this.#reach(0, hello);
    const ended = once(worker, "close");
    worker.on("error", () => {}); // it closes as well
    socket.once("close", () => worker.destroy());
    worker.pipe(socket, { end: false });
    const heard = async (): Promise<void> => {
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        if (next.value.kind === "line") await putLine(worker, next.value.text);
      }
    };
    await Promise.all([ended, Promise.race([ended, heard()])]);
  }
}

/** Null where nobody listens: that worker is gone, and another one will come. */
async function reach(path: string): Promise<Socket | null> {
  const socket = connect({ path, allowHalfOpen: false });
  try {
    await once(socket, "connect");
    return socket;
  } catch {
    socket.destroy();
    return null;
  }
}

function refuse(socket: Socket): Promise<void> {
  const error = "this is WeatherVane's own socket. Next: use wvo mcp, which speaks to it";
  return putLine(socket, JSON.stringify({ error }));
}
