/** Finds the workspace a command is meant for: the repository's root, wherever one stands in it. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CONFIG_FILE } from "../config/file.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import { terminal } from "./terminal.ts";
import type { Environment } from "./terminal.ts";

/** The folder the person stands in: npm run changes into the package and keeps the old one here. */
export function standingIn(environment: Environment = terminal().env): string {
  const byNpm =
    environment["npm_lifecycle_event"] === "wvo" || environment["npm_lifecycle_event"] === "demo";
  return (byNpm ? environment["INIT_CWD"] : undefined) ?? terminal().cwd;
}

/** A path as the person means it. */
export const fromHere = (path: string): string => resolve(standingIn(), path);

/**
 * `WVO_WORKSPACE_ROOT` (or its older name `ROOT`), else the nearest folder upwards that has a
 * weathervane.yaml or is a repository.
 */
export function findWorkspace(environment: Environment = terminal().env): string {
  const named = environment["WVO_WORKSPACE_ROOT"] ?? environment["ROOT"];
  if (named !== undefined && named !== "") return resolve(named);
  const here = standingIn(environment);
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, CONFIG_FILE)) || existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) throw nowhere(here);
  }
}

export const loadHere = (): Config => loadConfig(findWorkspace(), terminal().env);

const nowhere = (here: string): FaultError =>
  new FaultError({
    code: "cli.no-workspace",
    kind: "usage",
    where: here,
    found: "neither a weathervane.yaml nor a git repository, here or above",
    expected: "a git repository to work on",
    next: "change into one, or set WVO_WORKSPACE_ROOT",
  });
