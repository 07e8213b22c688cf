/**
 * The configuration in force: environment over file over defaults, with the origin of every value.
 * Paths are absolute from here on.
 */
import { createHash } from "node:crypto";
import { homedir, tmpdir } from "node:os";
import { basename, isAbsolute, join, resolve, sep } from "node:path";
import { fromEnvironment } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { CONFIG_FILE, readConfigFile } from "./file.ts";
import type { ConfigKey, FileConfig } from "./schema.ts";

export interface Config extends Omit<FileConfig, "worktree_root"> {
  /** The root of the repository that is worked on. */
  readonly workspace: string;
  readonly worktree_root: string;
  /** Where each value comes from: `default`, `weathervane.yaml:3`, `environment WVO_…`. */
  readonly origins: Readonly<Record<ConfigKey, string>>;
}

/** Loads the configuration of a workspace. Throws a fault of kind `invalid` naming the place. */
export function loadConfig(workspace: string, environment: Environment): Config {
  const { values, lines } = readConfigFile(join(workspace, CONFIG_FILE));
  const overrides = fromEnvironment(environment);
  const merged = Object.assign(
    {},
    values,
    ...overrides.map(({ key, value }) => ({ [key]: value })),
  );
  const config: FileConfig = merged;
  const inWorkspace = (path: string): string => resolve(workspace, path);
  const stateRoot = inWorkspace(config.state_root);
  return {
    ...config,
    workspace,
    roadmap: inWorkspace(config.roadmap),
    state_root: stateRoot,
    worktree_root: resolve(
      workspace,
      config.worktree_root ?? defaultWorktreeRoot(workspace, stateRoot, environment),
    ),
    origins: originsOf(values, lines, overrides),
  };
}

type Override = ReturnType<typeof fromEnvironment>[number];

function originsOf(
  values: FileConfig,
  lines: ReadonlyMap<string, number>,
  overrides: readonly Override[],
): Record<ConfigKey, string> {
  const keys = Object.keys(values) as ConfigKey[];
  const origin = (key: ConfigKey): string => {
    const override = overrides.find((each) => each.key === key);
    if (override !== undefined) return `environment ${override.name}`;
    const line = lines.get(key);
    return line === undefined ? "default" : `${CONFIG_FILE}:${line}`;
  };
  return Object.fromEntries(keys.map((key) => [key, origin(key)])) as Record<ConfigKey, string>;
}

/**
 * Outside the user's tree, and outside the temp folder, which a sandbox of an agent program leaves
 * writable (agents.md, trap 4): beside the state where that is outside both, else in the user's
 * state folder.
 */
function defaultWorktreeRoot(
  workspace: string,
  stateRoot: string,
  environment: Environment,
): string {
  const beside = join(stateRoot, "worktrees");
  if (!isInside(beside, workspace) && !isInside(beside, tmpdir())) return beside;
  const xdg = environment["XDG_STATE_HOME"];
  const home = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), ".local", "state");
  const mark = createHash("sha256").update(workspace).digest("hex").slice(0, 8);
  return join(home, "weathervane", "worktrees", `${basename(workspace)}-${mark}`);
}

/** True for the folder itself as well. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
