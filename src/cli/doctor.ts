/** `wvo doctor`: looks at everything a run rests on, and says what to do about what it finds. */
import { existsSync } from "node:fs";
import { catalog } from "../catalog/catalog.ts";
import { openProvider } from "../agents/providers.ts";
import type { Config } from "../config/load.ts";
import { faultData } from "../fault.ts";
import { git } from "../git/git.ts";
import { openRepository } from "../git/repository.ts";
import { Charts } from "../host/charts.ts";
import { findDrift } from "../host/parity.ts";
import { replayAll } from "../host/replay.ts";
import { readRoadmapFile } from "../app/roadmap-import.ts";
import { rowsWithout } from "../planning/route.ts";
import type { StoreReader } from "../store/port.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { reading } from "./reading.ts";
import { databasePath } from "./speaker.ts";
import { unansweredLetters } from "../app/unanswered.ts";
import { terminal } from "./terminal.ts";
import { findWorkspace, loadHere } from "./workspace.ts";

export const doctorCommand = () =>
  command({ name: "doctor", summary: "check everything a run rests on" }, async ({ out }) => {
    const findings = await examine(out);
    const ok = findings.every((finding) => finding.ok);
    out.result({ ok, checks: findings }, () => findings.map((each) => line(each, out)).join("\n"));
    return ok ? EXIT.ok : EXIT.problems;
  });

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

const LETTERS_SHOWN = 5;

async function examine(out: Output): Promise<readonly Finding[]> {
  const basics = [
    await look("node", async () => process.versions.node),
    await look("git", async () => (await git(["--version"], { cwd: terminal().cwd })).trim()),
  ];
  const config = await look("configuration", async () => loadHere().workspace);
  if (!config.ok) return [...basics, config];
  const settings = loadHere();
  out.progress("replaying the journal ...");
  return [
    ...basics,
    config,
    ...(await workspaceChecks(settings)),
    ...(await databaseChecks(settings)),
  ];
}

/** One check: what it gives back is the detail, what it throws is the problem. */
async function look(check: string, examineIt: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await examineIt() };
  } catch (thrown) {
    return { check, ok: false, detail: faultData(thrown).message };
  }
}

async function workspaceChecks(config: Config): Promise<readonly Finding[]> {
  const { providers, checks, workspace } = config;
  return [
    await look("repository", async () => {
      const repository = await openRepository(findWorkspace());
      const target = config.target ?? (await repository.currentBranch());
      return `${target} at ${(await repository.tipOf(target)).slice(0, 9)}`;
    }),
    await look("roadmap", async () => `${readRoadmapFile(config.roadmap).tasks.length} tasks`),
    await look("checks", async () => {
      if (checks.length === 0)
        throw new Error("none: without evidence nothing is merged; add one under checks");
      return checks.map(({ name }) => name).join(", ");
    }),
    await look("providers", async () => {
      const names = Object.keys(providers);
      if (names.length === 0)
        throw new Error("none: nobody can do the work; add one under providers");
      return names.join(", ");
    }),
    await look("routes", async () => routed(config)),
    ...(await Promise.all(
      Object.entries(providers).map(([name, each]) =>
        look(`provider ${name}`, async () => {
          return (await openProvider(name, each, workspace).probe()).detail;
        }),
      ),
    )),
  ];
}

/** A task that comes to a row without a provider would be ready for ever. */
function routed({ routes, providers }: Config): string {
  const names = Object.keys(providers);
  const [row] = rowsWithout(routes, names);
  if (row === undefined) return `${routes.length} rows`;
  const wanted = row.use.providers.join(", ");
  throw new Error(
    `row "${row.name}" leads to ${wanted}, which is not configured; ` +
      `name one of ${names.join(", ") || "your providers"} in it, or add it under providers`,
  );
}

async function databaseChecks(config: Config): Promise<readonly Finding[]> {
  if (!existsSync(databasePath(config))) {
    return [{ check: "database", ok: true, detail: "none yet; wvo init or wvo run makes it" }];
  }
  const charts = new Charts(catalog);
  return Promise.all([
    look("database", () => reading(config, integrity)),
    look("journal", () => reading(config, (store) => replayed(store, charts))),
    look("tables", () => reading(config, (store) => inStep(store, charts))),
    look("dead letters", () => reading(config, letters)),
  ]);
}

async function integrity(store: StoreReader): Promise<string> {
  const problems = await store.check();
  if (problems.length > 0)
    throw new Error(`damaged: ${problems.slice(0, LETTERS_SHOWN).join("; ")}`);
  return "intact";
}

async function replayed(store: StoreReader, charts: Charts): Promise<string> {
  const { actors, discrepancies } = await replayAll(store, charts);
  if (discrepancies.length === 0) return `${actors} actors replay to their snapshots`;
  const names = discrepancies.slice(0, LETTERS_SHOWN).map(({ actor }) => actor);
  throw new Error(`${discrepancies.length} actors do not replay: ${names.join(", ")}`);
}

async function inStep(store: StoreReader, charts: Charts): Promise<string> {
  const drift = await findDrift(store, charts);
  if (drift.length === 0) return "all rows follow from the snapshots";
  throw new Error(`rows differ from the snapshots: ${drift.slice(0, LETTERS_SHOWN).join(", ")}`);
}

async function letters(store: StoreReader): Promise<string> {
  const dead = await unansweredLetters(store, LETTERS_SHOWN);
  if (dead.length === 0) return "none";
  const told = dead.map(({ envelope, why, detail }) => `${envelope.actor} (${why}): ${detail}`);
  throw new Error(`events that nobody could take:\n    ${told.join("\n    ")}`);
}

function line({ check, ok, detail }: Finding, out: Output): string {
  const mark = ok ? out.paint("green", "ok  ") : out.paint("red", "FAIL");
  return `${mark}  ${check.padEnd(18)} ${detail}`;
}
