/** `wvo init`: makes a repository a workspace. What is there already is left as it is. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { CONFIG_FILE } from "../config/file.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/load.ts";
import type { CheckConfig } from "../config/schema.ts";
import { FaultError, faultData } from "../fault.ts";
import { IGNORE } from "../app/state-root.ts";
import { openRepository } from "../git/repository.ts";
import { findSupervisor } from "../supervisor/client.ts";
import { command } from "./command.ts";
import { describe, detectPrograms } from "./detected.ts";
import type { Detected } from "./detected.ts";
import { writeText } from "./files.ts";
import { codexEntry, writeMcpEntry } from "./mcp-entry.ts";
import { speaking } from "./speaker.ts";
import { terminal } from "./terminal.ts";
import { findWorkspace } from "./workspace.ts";

interface Options {
  readonly target?: string;
  readonly agent?: readonly string[];
}

export const initCommand = () =>
  command<Options>(
    { name: "init", summary: "make this repository a workspace", isLocal: true },
    async ({ out, options }) => {
      const repository = await openRepository(findWorkspace());
      const { root } = repository;
      const target = options.target ?? (await repository.currentBranch());
      await repository.tipOf(target);
      const { agent } = options;
      const isNew = !existsSync(join(root, CONFIG_FILE));
      const found = isNew && agent === undefined ? await detectPrograms(root) : [];
      const providers = agent === undefined ? byName(found) : ofProgram(agent);
      const made = write(join(root, CONFIG_FILE), () =>
        configText({ target, checks: checksFor(root), providers }),
      );
      const config = loadConfig(root, terminal().env);
      const files = [
        made,
        write(config.roadmap, () => ROADMAP),
        write(join(config.state_root, ".gitignore"), () => IGNORE),
        writeMcpEntry(root),
      ].flatMap((path) => (path === null ? [] : [relative(root, path)]));
      // A supervisor has the database already, and nobody else is to open it.
      if (findSupervisor(config.state_root) === null) await speaking(config, async () => {});
      const next = [...logins(found), ...nextSteps(config)];
      const codex = codexEntry(root);
      out.result({ workspace: root, target, created: files, found, next, codex }, () =>
        [
          `${root} is a workspace; work is merged into ${target}`,
          ...files.map((file) => `  made ${file}`),
          ...found.map((each) => `  found ${describe(each)}`),
          ...next.map((step) => `  next: ${step}`),
          `  for Codex: add to ~/.codex/config.toml\n\n${codex}`,
        ].join("\n"),
      );
    },
  )
    .option("--target <branch>", "the branch to merge into; by default the one checked out")
    .option("--agent <program...>", "the agent program and its arguments");

/** The path where the file was made, or null where it was there already. */
function write(path: string, text: () => string): string | null {
  if (existsSync(path)) return null;
  writeText(path, text());
  return path;
}

type Check = Pick<CheckConfig, "name" | "run">;

/** Scripts of a package.json that are worth running as checks, in the order of their cost. */
const SCRIPTS = ["build", "typecheck", "lint", "test"];

function checksFor(root: string): readonly Check[] {
  const path = join(root, "package.json");
  if (!existsSync(path)) return [];
  const known = scriptsIn(path);
  const scripts = SCRIPTS.filter((name) => known[name] !== undefined);
  const install = existsSync(join(root, "package-lock.json"))
    ? [{ name: "install", run: ["npm", "ci"] }]
    : [];
  return [...install, ...scripts.map((name) => ({ name, run: ["npm", "run", name] }))];
}

function scriptsIn(path: string): Readonly<Record<string, unknown>> {
  try {
    const text = readFileSync(path, "utf8").replace(BYTE_ORDER_MARK, "");
    const parsed = JSON.parse(text) as { readonly scripts?: Record<string, unknown> } | null;
    return parsed?.scripts ?? {};
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}
/** npm reads a package.json that begins with one. */
const BYTE_ORDER_MARK = /^\uFEFF/;

const unreadable = (path: string, cause: unknown): FaultError =>
  new FaultError({
    code: "init.package-json",
    kind: "invalid",
    where: path,
    found: faultData(cause).message,
    expected: "a package.json that npm can read: its scripts become checks",
    next: `correct it, or write the checks into ${CONFIG_FILE} yourself; then wvo init again`,
    cause,
  });

type Providers = Readonly<Record<string, object>>;

const byName = (found: readonly Detected[]): Providers =>
  Object.fromEntries(found.map(({ name }) => [name, { kind: name }]));

const ofProgram = (program: readonly string[]): Providers => ({
  command: { kind: "command", program },
});

interface FirstConfig {
  readonly target: string;
  readonly checks: readonly Check[];
  readonly providers: Providers;
}

function configText({ target, checks, providers }: FirstConfig): string {
  const settings = { version: 1, target, agents: 3, wip_limit: 3, providers, checks };
  const hint = Object.keys(providers).length === 0 ? NO_AGENT : "";
  return `# WeatherVane. Every setting is explained in docs/configuration.md\n${hint}${stringify(settings)}`;
}

const NO_AGENT = `#
# Name the program that does the work, for example:
#   providers:
#     claude:
#       kind: claude
#     command:
#       kind: command
#       program: [node, tools/agent.mjs]
#
`;

const ROADMAP = `# What is to be done. Fields: docs/roadmap.md
version: 1
tasks: []
`;

const logins = (found: readonly Detected[]): readonly string[] =>
  found.flatMap(({ name, next }) => (next === null ? [] : [`${name}: ${next}`]));

function nextSteps({ providers, checks }: Config): readonly string[] {
  const isWithout = Object.keys(providers).length === 0;
  return [
    ...(isWithout ? [`${INSTALL}, or name a program under providers in ${CONFIG_FILE}`] : []),
    ...(checks.length === 0 ? [NAME_A_CHECK] : []),
    "write tasks into state/roadmap.yaml",
    "commit these files, so that agents see them",
    "wvo run --until done",
  ];
}

const NAME_A_CHECK = `name at least one check in ${CONFIG_FILE}: no evidence, no merge`;
const INSTALL =
  "install Claude Code (npm install --global @anthropic-ai/claude-code) or Codex " +
  "(npm install --global @openai/codex)";
