/**
 * Where a command is: the folder and the environment it was called in, and where its words go. For
 * a command of its own process that is the process; for one that the worker runs for a client it is
 * what the client said.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { styleText } from "node:util";
import type { App } from "../app/app.ts";
import type { Commit } from "../host/loop.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The worker that a command runs in: it has the database open, and works already. */
export interface Engine {
  readonly app: App;
  /** Told of every commit, until the returned function is called. */
  readonly onCommit: (listener: (commit: Commit) => void) => () => void;
  /** Lets the coordinator dispatch, where it does not yet. */
  readonly begin: () => Promise<void>;
  readonly supervisorPid: number;
}

export interface Terminal {
  /** The words after `wvo`. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Null where the command has to open the database itself. */
  readonly engine: Engine | null;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** What `styleText` is told of standard output and of standard error. */
  readonly styles: Readonly<Record<"out" | "err", Styling>>;
  /** Somebody wants an end; the returned function stops listening. */
  readonly onSignal: (listener: () => void) => () => void;
  /** Ends at once, whatever is under way. */
  readonly leave: (code: number) => void;
}

type Styling = NonNullable<Parameters<typeof styleText>[2]>;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

const ofProcess: Terminal = {
  get argv() {
    return process.argv.slice(2);
  },
  get cwd() {
    return process.cwd();
  },
  env: process.env,
  engine: null,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  styles: {
    get out() {
      return { stream: process.stdout, validateStream: true };
    },
    get err() {
      return { stream: process.stderr };
    },
  },
  onSignal: (listener) => {
    for (const signal of SIGNALS) process.on(signal, listener);
    return () => SIGNALS.forEach((signal) => process.off(signal, listener));
  },
  leave: (code) => process.exit(code),
};

const current = new AsyncLocalStorage<Terminal>();

/** The terminal of the command that asks. */
export const terminal = (): Terminal => current.getStore() ?? ofProcess;

/** Runs something at another terminal, with all that it starts. */
export const at = <Result>(where: Terminal, act: () => Result): Result => current.run(where, act);
