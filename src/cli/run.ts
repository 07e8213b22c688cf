/** `wvo run`: works off the roadmap until nothing is left, or until it is told to stop. */
import { existsSync } from "node:fs";
import { App } from "../app/app.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import type { Commit } from "../host/loop.ts";
import { importRoadmap, readRoadmapFile } from "../app/roadmap-import.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { renderImport } from "./roadmap/import.ts";
import { Progress } from "./run-progress.ts";
import { standingOf } from "./standing.ts";
import type { Standing } from "./standing.ts";
import { allTasks, render } from "./task/list.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly until?: string;
  readonly allowMissing?: boolean;
}

export const runCommand = () =>
  command<Options>({ name: "run", summary: "work off the roadmap" }, async ({ out, options }) => {
    const until = untilOf(options.until);
    return run(loadHere(), out, { until, allowMissing: options.allowMissing === true });
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

async function run(
  config: Config,
  out: Output,
  { until, allowMissing }: { until: Until; allowMissing: boolean },
): Promise<number> {
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
  try {
    await takeRoadmap(app, out, allowMissing);
    if (config.checks.length === 0) out.progress(NO_CHECKS);
    await app.begin();
    look = () => void lookAround(app, until, ended.resolve).catch(onFault);
    look();
    return await conclude(app, out, await ended.promise);
  } finally {
    unlisten();
    await app.close();
  }
}

const nothing = (): void => {};

const NO_CHECKS =
  "no check is configured: agents will work, and nothing can be merged; name one in weathervane.yaml";

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

async function takeRoadmap(app: App, out: Output, allowMissing: boolean): Promise<void> {
  const { config, host, store } = app;
  if (!existsSync(config.roadmap)) return;
  const parsed = readRoadmapFile(config.roadmap);
  const result = await importRoadmap(parsed, { speaker: host, store }, { allowMissing });
  const isNews = result.created.length + result.revised.length + result.refused.length > 0;
  if (isNews) out.progress(renderImport(result));
}

async function conclude(app: App, out: Output, end: End): Promise<number> {
  if (end.kind === "fault") throw end.thrown;
  if (end.kind === "signal") {
    out.progress("stopping: ending the agents' runs; their work is kept");
  }
  await app.drain();
  const tasks = allTasks(app.store.views);
  const standing = end.kind === "standing" ? end.standing.kind : "interrupted";
  out.result({ standing, tasks: app.store.views.countByStatus() }, () => render(tasks));
  if (end.kind === "signal") return EXIT.interrupted;
  return end.standing.kind === "stuck" ? EXIT.failed : EXIT.ok;
}

/** The first signal asks for an orderly end; the second one ends at once, and runs go on. */
function onSignals(stop: () => void): () => void {
  let count = 0;
  const handle = (): void => {
    count += 1;
    if (count > 1) process.exit(EXIT.interrupted);
    stop();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, handle);
  return () => signals.forEach((signal) => process.off(signal, handle));
}
