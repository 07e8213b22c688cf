/**
 * A command of another process, run in the worker: the same code, with the client's folder,
 * environment and output, and the worker's database.
 */
import type { Socket } from "node:net";
import { Writable } from "node:stream";
import { commands } from "../cli/commands.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { ownVariables } from "../cli/forwarding.ts";
import type { FromCommand } from "../cli/forwarding.ts";
import { runProgram } from "../cli/program.ts";
import { at } from "../cli/terminal.ts";
import type { Engine, Terminal } from "../cli/terminal.ts";
import type { CommandHello } from "../supervisor/hello.ts";
import { putLine, UNREAD_BYTES_MAX } from "../supervisor/lines.ts";
import type { Line } from "../supervisor/lines.ts";

export interface CommandCall {
  readonly socket: Socket;
  readonly lines: AsyncIterator<Line>;
  readonly hello: CommandHello;
  readonly engine: Engine;
}

export async function runCommand(call: CommandCall): Promise<void> {
  const { socket, lines } = call;
  const listeners = new Set<() => void>();
  const left = Promise.withResolvers<number>();
  const interrupt = (): void => {
    // Whoever does not listen is let go of: what it does comes to its end, unseen.
    if (listeners.size === 0) left.resolve(EXIT.interrupted);
    for (const listener of listeners) listener();
  };
  const where = terminalOf(call, { listeners, leave: left.resolve });
  const hear = async (): Promise<void> => {
    while ((await lines.next()).done !== true) interrupt();
    interrupt();
  };
  hear().catch(interrupt);
  const code = await Promise.race([at(where, () => runProgram(commands())), left.promise]);
  await putLine(socket, JSON.stringify({ exit: code } satisfies FromCommand));
  socket.end();
}

interface Ending {
  readonly listeners: Set<() => void>;
  readonly leave: (code: number) => void;
}

type Style = Terminal["styles"]["out"];
/** A stream that is no terminal, which `styleText` leaves without colour. */
const COLOURLESS: Style = { stream: new Writable(), validateStream: true };

function terminalOf({ socket, hello, engine }: CommandCall, ending: Ending): Terminal {
  const say = (said: FromCommand): void => {
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
    if (!socket.destroyed && !socket.writableEnded) socket.write(`${JSON.stringify(said)}\n`);
  };
  const own = ownVariables(process.env);
  const others = Object.entries(process.env).filter(([name]) => !(name in own));
  const style: Style = hello.colour ? { validateStream: false } : COLOURLESS;
  return {
    argv: hello.argv,
    cwd: hello.cwd,
    env: { ...Object.fromEntries(others), ...hello.env },
    engine,
    out: (text) => say({ out: text }),
    err: (text) => say({ err: text }),
    styles: { out: style, err: style },
    onSignal: (listener) => {
      ending.listeners.add(listener);
      return () => ending.listeners.delete(listener);
    },
    leave: ending.leave,
  };
}
