/**
 * The worker: the process that holds the database and does the work, behind a supervisor. It is told
 * what to do over its IPC channel, and serves sessions and commands on sockets of its own.
 *
 * K1 A worker without a supervisor ends at once, and leaves the agents' runs to the next one.
 */
import { EventEmitter } from "node:events";
import { App } from "../app/app.ts";
import { nextTurn, systemClock } from "../clock.ts";
import type { Engine } from "../cli/terminal.ts";
import { openOutput } from "../cli/output.ts";
import { Progress } from "../cli/run-progress.ts";
import { NO_CHECKS, takeRoadmap } from "../cli/taking.ts";
import { loadHere } from "../cli/workspace.ts";
import { FaultError, faultData } from "../fault.ts";
import type { Commit } from "../host/loop.ts";
import { mcpFactory } from "../mcp/server.ts";
import type { ServerFor } from "../mcp/server.ts";
import { serveSessions } from "../mcp/sessions.ts";
import type { FromWorker, ToWorker, WorkerOrder } from "../supervisor/worker-process.ts";
import { runCommand } from "./commands.ts";
import type { CommandCall } from "./commands.ts";
import { serveHttp } from "./http.ts";

/** Without a supervisor the worker closes its database; where that hangs, it ends all the same. */
const CLOSE_LIMIT_MS = 5_000;

/** Serves until it is told to end; over HTTP with the servers that `serverFor` makes. */
export async function work(serverFor: ServerFor = mcpFactory): Promise<void> {
  const orders = new Orders();
  try {
    const order = await orders.begin;
    if (order !== null) await serve(order, orders, serverFor);
    process.exit(0);
  } catch (thrown) {
    await tell({ kind: "fault", fault: faultOf(thrown) });
    process.exit(1);
  }
}

/** What the supervisor says, and that it is gone. */
class Orders {
  readonly #begin = Promise.withResolvers<WorkerOrder | null>();
  readonly #end = Promise.withResolvers<"drain" | "gone">();

  constructor() {
    process.on("message", (message: ToWorker) => {
      if (message.kind === "begin") this.#begin.resolve(message.order);
      else this.#stop("drain");
    });
    process.on("disconnect", () => {
      systemClock.schedule(CLOSE_LIMIT_MS, () => process.exit(1));
      this.#stop("gone");
    });
    // Signals are for the supervisor; a person who ends the worker itself means an orderly end.
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => this.#stop("drain"));
  }

  /** Null where it is to end before it has begun. */
  get begin(): Promise<WorkerOrder | null> {
    return this.#begin.promise;
  }

  get end(): Promise<"drain" | "gone"> {
    return this.#end.promise;
  }

  #stop(how: "drain" | "gone"): void {
    this.#begin.resolve(null);
    this.#end.resolve(how);
  }
}

async function serve(order: WorkerOrder, orders: Orders, serverFor: ServerFor): Promise<void> {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const restarting = Promise.withResolvers<"restart">();
  const commits = new EventEmitter().setMaxListeners(0);
  const app = await App.open({
    config: loadHere(),
    name: "wvo up",
    onFault: failed.reject,
    onCommit: (commit) => commits.emit("commit", commit),
    onRestart: () => restarting.resolve("restart"),
  });
  try {
    const engine = engineOf(app, commits);
    await beginWork(engine, order);
    const { socket: path } = order;
    const onCommand = (call: Omit<CommandCall, "engine">) => runCommand({ ...call, engine });
    const sessions = await serveSessions({ path, app, serverFor, onCommand });
    const closing = [sessions, await serveHttp(order, app, serverFor)];
    await tell({ kind: "ready" });
    const how = await Promise.race([orders.end, failed.promise, restarting.promise]);
    if (how === "drain") await app.drain();
    if (how === "restart") await lastWords();
    for (const close of closing) await close();
    // Who called meanwhile is not answered here: the call is sent again, to the next worker.
    if (how === "restart") process.exit(0);
  } finally {
    await app.close();
  }
}

/** Turns in which the answer to whoever asked for the restart is surely written. */
const LAST_TURNS = 20;

/** One that is lost all the same is asked for again, and the next worker finds it on record. */
async function lastWords(): Promise<void> {
  await tell({ kind: "leaving" });
  for (let turn = 0; turn < LAST_TURNS; turn += 1) await nextTurn();
}

function engineOf(app: App, commits: EventEmitter): Engine {
  return {
    app,
    supervisorPid: process.ppid,
    onCommit: (listener) => {
      commits.on("commit", listener);
      return () => commits.off("commit", listener);
    },
    begin: () => app.begin(),
  };
}

/** As `wvo run` begins. A roadmap that became invalid is no reason not to go on with what is known. */
async function beginWork(engine: Engine, { dispatches, isFirst }: WorkerOrder): Promise<void> {
  const out = openOutput(false);
  const { app } = engine;
  const progress = new Progress();
  engine.onCommit((commit: Commit) => {
    for (const line of progress.linesOf(commit)) out.progress(line);
  });
  // What an orchestrator that was killed has left running is no wish of whoever holds.
  if (!dispatches && isFirst) await app.hold();
  try {
    await takeRoadmap(app, out, false);
  } catch (thrown) {
    if (isFirst && dispatches) throw thrown;
    out.progress(`the roadmap is not taken: ${faultData(thrown).message}`);
  }
  if (!dispatches) return;
  if (app.config.checks.length === 0) out.progress(NO_CHECKS);
  await (isFirst ? app.begin() : app.resume());
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, () => resolve());
    return undefined;
  });
}

function faultOf(thrown: unknown) {
  if (thrown instanceof FaultError) {
    const { cause: _cause, ...fault } = thrown.details;
    return fault;
  }
  const trace = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const next = "report it with the text";
  return { code: "bug", where: "the worker", found: `a bug: ${trace}`, expected: "none", next };
}
