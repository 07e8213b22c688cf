/** `wvo run`: works off the roadmap until nothing is left, or until it is told to stop. */
import { App } from "../app/app.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import type { Commit } from "../host/loop.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { openRunDoor } from "./run-door.ts";
import { Progress } from "./run-progress.ts";
import { standingOf } from "./standing.ts";
import type { Standing } from "./standing.ts";
import { NO_CHECKS, takeRoadmap } from "./taking.ts";
import { allTasks, render } from "./task/list.ts";
import { terminal } from "./terminal.ts";
import type { Engine } from "./terminal.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly until?: string;
  readonly allowMissing?: boolean;
}

export const runCommand = () =>
  command<Options>({ name: "run", summary: "work off the roadmap" }, async ({ out, options }) => {
    const until = untilOf(options.until);
    const wish = { until, allowMissing: options.allowMissing === true };
    const { engine } = terminal();
    return engine === null ? run(loadHere(), out, wish) : follow(engine, out, wish);
  })
    .option("--until <idle|done>", "end when nothing is under way, or when everything is done")
    .option("--allow-missing", "take tasks with unknown dependencies as blocked");

type Until = "idle" | "done" | null;

function untilOf(text: string | undefined): Until {
  if (text === undefined || text === "idle" || text === "done") return text ?? null;
  throw new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: "wvo run --until",
    found: text,
    expected: "idle or done",
    next: "wvo run --until done",
  });
}

/** How a run ends: by itself, by a signal, or by a fault of the database. */
type End =
  | { readonly kind: "standing"; readonly standing: Standing }
  | { readonly kind: "signal" }
  | { readonly kind: "fault"; readonly thrown: unknown };

interface Wish {
  readonly until: Until;
  readonly allowMissing: boolean;
}

async function run(config: Config, out: Output, { until, allowMissing }: Wish): Promise<number> {
  const ended = Promise.withResolvers<End>();
  const onFault = (thrown: unknown): void => ended.resolve({ kind: "fault", thrown });
  // Before the roadmap is in and agents are there, an empty table means nothing.
  let look = nothing;
  const progress = new Progress();
  const onCommit = (commit: Commit): void => {
    progress.linesOf(commit).forEach((line) => out.progress(line));
    look();
  };
  const app = await App.open({ config, onFault, onCommit });
  const unlisten = onSignals(() => ended.resolve({ kind: "signal" }));
  const closeDoor = await openRunDoor(app, out);
  try {
    await takeRoadmap(app, out, allowMissing);
    if (config.checks.length === 0) out.progress(NO_CHECKS);
    await app.begin();
    look = () => void lookAround(app, until, ended.resolve).catch(onFault);
    look();
    return await conclude(app, out, await ended.promise);
  } finally {
    unlisten();
    await closeDoor();
    await app.close();
  }
}

const nothing = (): void => {};

/** Ends the run where it stands as it was asked to. Called after every commit. */
async function lookAround(app: App, until: Until, end: (end: End) => void): Promise<void> {
  if (until === null) return;
  const standing = await standingOf(app.store, systemClock.now());
  const isOver =
    standing.kind === "done" ||
    standing.kind === "stuck" ||
    (standing.kind === "waiting" && until === "idle");
  if (isOver) end({ kind: "standing", standing });
}

/**
 * In the worker of a supervisor: the work goes on there in any case, and this is told of it until it
 * stands as was asked. Ctrl-C ends the telling alone.
 */
async function follow(engine: Engine, out: Output, { until, allowMissing }: Wish): Promise<number> {
  const { app, onCommit, begin } = engine;
  const ended = Promise.withResolvers<End>();
  const onFault = (thrown: unknown): void => ended.resolve({ kind: "fault", thrown });
  const progress = new Progress();
  let look = nothing;
  const unwatch = onCommit((commit) => {
    progress.linesOf(commit).forEach((line) => out.progress(line));
    look();
  });
  const unlisten = terminal().onSignal(() => ended.resolve({ kind: "signal" }));
  try {
    await takeRoadmap(app, out, allowMissing);
    if (app.config.checks.length === 0) out.progress(NO_CHECKS);
    await begin();
    look = () => void lookAround(app, until, ended.resolve).catch(onFault);
    look();
    const end = await ended.promise;
    if (end.kind === "signal") out.progress(GOES_ON);
    return report(app, out, end);
  } finally {
    unlisten();
    unwatch();
  }
}

const GOES_ON = "the supervisor goes on with the work; wvo down ends it";

async function conclude(app: App, out: Output, end: End): Promise<number> {
  if (end.kind === "signal") {
    out.progress("stopping: ending the agents' runs; their work is kept");
  }
  if (end.kind !== "fault") await app.drain();
  return report(app, out, end);
}

function report(app: App, out: Output, end: End): number {
  if (end.kind === "fault") throw end.thrown;
  const tasks = allTasks(app.store.views);
  const standing = end.kind === "standing" ? end.standing.kind : "interrupted";
  out.result({ standing, tasks: app.store.views.countByStatus() }, () => render(tasks));
  if (end.kind === "signal") return EXIT.interrupted;
  if (end.standing.kind !== "stuck") return EXIT.ok;
  out.progress(`stuck: ${end.standing.because}; wvo task why ID tells of one task`);
  return EXIT.failed;
}

/** The first signal asks for an orderly end; the second one ends at once, and runs go on. */
function onSignals(stop: () => void): () => void {
  const { onSignal, leave } = terminal();
  let count = 0;
  return onSignal(() => {
    count += 1;
    if (count > 1) leave(EXIT.interrupted);
    stop();
  });
}
