/** `wvo init`: makes a repository a workspace. What is there already is left as it is. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { CONFIG_FILE } from "../config/file.ts";
import { loadConfig } from "../config/load.ts";
import type { CheckConfig } from "../config/schema.ts";
import { FaultError, faultData } from "../fault.ts";
import { IGNORE } from "../app/state-root.ts";
import { openRepository } from "../git/repository.ts";
import { command } from "./command.ts";
import { writeText } from "./files.ts";
import { speaking } from "./speaker.ts";
import { findWorkspace } from "./workspace.ts";

interface Options {
  readonly target?: string;
  readonly agent?: readonly string[];
}

export const initCommand = () =>
  command<Options>(
    { name: "init", summary: "make this repository a workspace" },
    async ({ out, options }) => {
      const repository = await openRepository(findWorkspace());
      const { root } = repository;
      const target = options.target ?? (await repository.currentBranch());
      await repository.tipOf(target);
      const made = write(join(root, CONFIG_FILE), () =>
        configText(target, checksFor(root), options.agent),
      );
      const config = loadConfig(root, process.env);
      const files = [
        made,
        write(config.roadmap, () => ROADMAP),
        write(join(config.state_root, ".gitignore"), () => IGNORE),
      ].flatMap((path) => (path === null ? [] : [relative(root, path)]));
      await speaking(config, async () => {});
      const next = nextSteps(Object.keys(config.providers).length, config.checks.length);
      out.result({ workspace: root, target, created: files, next }, () =>
        [
          `${root} is a workspace; work is merged into ${target}`,
          ...files.map((file) => `  made ${file}`),
          ...next.map((step) => `  next: ${step}`),
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

function configText(target: string, checks: readonly Check[], agent?: readonly string[]): string {
  const providers = agent === undefined ? {} : { command: { kind: "command", program: agent } };
  const settings = { version: 1, target, agents: 3, wip_limit: 3, providers, checks };
  const hint = agent === undefined ? NO_AGENT : "";
  return `# WeatherVane. Every setting is explained in docs/configuration.md\n${hint}${stringify(settings)}`;
}

const NO_AGENT = `#
# Name the program that does the work, for example:
#   providers:
#     command:
#       kind: command
#       program: [node, tools/agent.mjs]
#
`;

const ROADMAP = `# What is to be done. Fields: docs/roadmap.md
version: 1
tasks: []
`;

function nextSteps(providers: number, checks: number): readonly string[] {
  return [
    ...(providers === 0 ? [`name an agent program under providers in ${CONFIG_FILE}`] : []),
    ...(checks === 0 ? [`name at least one check in ${CONFIG_FILE}: no evidence, no merge`] : []),
    "write tasks into state/roadmap.yaml",
    "commit these files, so that agents see them",
    "wvo run --until done",
  ];
}
