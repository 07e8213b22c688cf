/** Hands a film to one reader, as fast as it reads and with no more in between than a few frames. */
import type { WebSocket } from "ws";
import type { Clock } from "../clock.ts";
import { faultData } from "../fault.ts";
import { textOf } from "./frame.ts";
import type { Frame } from "./frame.ts";

/** Frames and bytes that may be on their way to a reader. */
export const FRAMES_WAITING_MAX = 256;
const BYTES_WAITING_MAX = 8 * 1024 * 1024;
/** A reader that takes none of them for this long is dropped. */
export const PATIENCE_MS = 10_000;

/** Why the server closes a connection, by the numbers of RFC 6455. */
export const CLOSE = { ended: 1001, fault: 1011, slow: 1013 } as const;
/** A reason may have 123 bytes, and a character that is cut in two becomes one of three bytes. */
const REASON_BYTES_MAX = 120;

/** Sends the film until it ends or the reader is gone; the answer says why, for people. */
export async function handOver(
  socket: WebSocket,
  frames: AsyncIterable<Frame>,
  clock: Clock,
): Promise<string> {
  const post = new Post(socket, clock);
  try {
    for await (const frame of frames) {
      post.send(textOf(frame));
      if (await post.hasRoom()) continue;
      if (socket.readyState !== socket.OPEN) break;
      const reason = `slow reader: ${post.waiting} frames unread for ${PATIENCE_MS / 1_000} s`;
      return dismiss(socket, CLOSE.slow, reason);
    }
  } catch (thrown) {
    return dismiss(socket, CLOSE.fault, faultData(thrown).message);
  }
  return "it left";
}

function dismiss(socket: WebSocket, code: number, reason: string): string {
  socket.close(code, Buffer.from(reason).subarray(0, REASON_BYTES_MAX).toString());
  return reason;
}

/** What is on its way to one reader. */
class Post {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #waiting = 0;
  #taken = nothing;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on("close", () => this.#taken());
  }

  get waiting(): number {
    return this.#waiting;
  }

  send(text: string): void {
    this.#waiting += 1;
    this.#socket.send(text, () => {
      this.#waiting -= 1;
      this.#taken();
    });
  }

  /** Waits until there is; false where the reader is gone or takes nothing at all. */
  async hasRoom(): Promise<boolean> {
    while (this.#isFull && this.#isOpen) {
      const before = this.#waiting;
      await this.#oneTaken();
      if (this.#waiting === before) return false;
    }
    return this.#isOpen;
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get #isFull(): boolean {
    return this.#waiting >= FRAMES_WAITING_MAX || this.#socket.bufferedAmount >= BYTES_WAITING_MAX;
  }

  async #oneTaken(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#taken = resolve;
    const cancel = this.#clock.schedule(PATIENCE_MS, resolve);
    await promise;
    cancel();
    this.#taken = nothing;
  }
}

const nothing = (): void => {};
