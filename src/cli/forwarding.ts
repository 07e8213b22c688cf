/**
 * A command on its way to the worker: while a supervisor runs, whatever needs the database is done
 * there, and this process only shows what is said and passes Ctrl-C on.
 */
import type { Socket } from "node:net";
import { styleText } from "node:util";
import { FaultError } from "../fault.ts";
import type { FaultDetails } from "../fault.ts";
import type { Config } from "../config/load.ts";
import { findSupervisor, reachSupervisor } from "../supervisor/client.ts";
import type { CommandHello } from "../supervisor/hello.ts";
import { putLine, readLines, WORKER_LINE_BYTES_MAX } from "../supervisor/lines.ts";
import type { Holder } from "../supervisor/lock.ts";
import { EXIT } from "./exit-codes.ts";
import { terminal } from "./terminal.ts";
import type { Environment } from "./terminal.ts";
import { loadHere, standingIn } from "./workspace.ts";

/** What the worker says of a command that it runs. */
export type FromCommand =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly exit: number };

/** What a person says meanwhile. */
export interface ToCommand {
  readonly signal: true;
}

/** Variables by which a command does this or that; the others are the worker's own. */
const OWN_VARIABLES = /^(?:WVO_|ROOT$|INIT_CWD$|npm_lifecycle_event$|NO_COLOR$|XDG_STATE_HOME$)/;

/** Those that the caller sets, and no others of their kind. */
export const ownVariables = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && OWN_VARIABLES.test(name) ? [[name, value]] : [],
    ),
  );

/** The exit code where the worker did it; null where it has to be done here. */
export async function forwarded(): Promise<number | null> {
  if (terminal().engine !== null) return null;
  const config = configOrNull();
  const holder = config === null ? null : findSupervisor(config.state_root);
  return holder === null ? null : await send(holder);
}

/** Without a configuration the command itself says what is wrong with it. */
function configOrNull(): Config | null {
  try {
    return loadHere();
  } catch {
    return null;
  }
}

async function send(holder: Holder): Promise<number> {
  const { out, err, onSignal, leave } = terminal();
  const socket = await say(holder, terminal().argv);
  let signals = 0;
  const unlisten = onSignal(() => {
    signals += 1;
    if (signals > 1) leave(EXIT.interrupted);
    void putLine(socket, JSON.stringify({ signal: true } satisfies ToCommand));
  });
  try {
    return await hear(socket, holder, (said) => ("out" in said ? out(said.out) : err(said.err)));
  } finally {
    unlisten();
    socket.destroy();
  }
}

async function say(holder: Holder, argv: readonly string[]): Promise<Socket> {
  const { env, styles } = terminal();
  const socket = await reachSupervisor(holder);
  socket.on("error", () => {}); // its lines end, which says the same
  const colour = hasColour(styles.out);
  const own = ownVariables(env);
  const hello: CommandHello = { wvo: "command", argv, cwd: standingIn(), env: own, colour };
  await putLine(socket, JSON.stringify(hello));
  return socket;
}

/**
 * What the worker knows of something that has to be done here, such as opening a window: the JSON
 * of a command that it runs. Null where no supervisor is at work.
 */
export async function askedOfWorker<Answer>(argv: readonly string[]): Promise<Answer | null> {
  const config = configOrNull();
  const holder = config === null ? null : findSupervisor(config.state_root);
  if (holder === null) return null;
  const socket = await say(holder, argv);
  const told = { out: "", err: "" };
  const code = await hear(socket, holder, (said) => {
    if ("out" in said) told.out += said.out;
    else told.err += said.err;
  });
  socket.destroy();
  if (code === 0) return JSON.parse(told.out) as Answer;
  const { error } = JSON.parse(told.err) as { readonly error: FaultDetails };
  throw new FaultError({ ...error, kind: KINDS.find((kind) => EXIT[kind] === code) ?? "failed" });
}
const KINDS = ["usage", "notFound", "notAccepted", "invalid", "problems"] as const;

/** Asked of Node itself, which knows terminals, NO_COLOR and their like. */
const hasColour = (styling: Parameters<typeof styleText>[2]): boolean =>
  styleText("red", "", styling) !== "";

type Words = Exclude<FromCommand, { readonly exit: number }>;

async function hear(
  socket: Socket,
  { process: { pid } }: Holder,
  onWords: (said: Words) => void,
): Promise<number> {
  for await (const line of readLines(socket, WORKER_LINE_BYTES_MAX)) {
    if (line.kind === "oversize") continue;
    const said = JSON.parse(line.text) as FromCommand;
    if ("exit" in said) return said.exit;
    onWords(said);
  }
  throw new FaultError({
    code: "supervisor.command-lost",
    where: `the worker of the supervisor (pid ${pid})`,
    found: "it ended before it said how the command ended",
    expected: "an answer",
    next: "look with wvo log or wvo status whether it was done; else do it again",
    retriable: true,
  });
}
