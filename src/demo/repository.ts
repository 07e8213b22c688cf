/** Makes the demo's repository: a small project with failing tests, a roadmap and a config. */
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { CONFIG_FILE } from "../config/file.ts";
import { FaultError } from "../fault.ts";
import { git } from "../git/git.ts";

/** The demo's files lie beside the source, also for the compiled program in a package. */
const HERE = ["./", "../../../src/demo/"]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(join(path, "template")));

const TARGET = "main";

/** Fills an empty folder; gives back its real path. Throws where it holds anything. */
export async function makeRepository(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw notEmpty(folder);
  if (HERE === undefined) throw new Error("the files of the demo are not in this package");
  const repo = realpathSync(folder);
  cpSync(join(HERE, "template"), repo, { recursive: true });
  writeFileSync(join(repo, "state", ".gitignore"), "*\n!.gitignore\n!roadmap.yaml\n");
  writeFileSync(join(repo, CONFIG_FILE), stringify(configFor(join(HERE, "agent.mjs"))));
  await git(["init", "--quiet", `--initial-branch=${TARGET}`, repo], { cwd: repo });
  await git(["add", "--all"], { cwd: repo });
  await git(["commit", "--quiet", "--message=A project with failing tests"], { cwd: repo });
  return repo;
}

const configFor = (agent: string) => ({
  version: 1,
  target: TARGET,
  agents: 3,
  wip_limit: 3,
  providers: { command: { kind: "command", program: [process.execPath, agent] } },
  checks: [{ name: "tests", run: [process.execPath, "tools/verify.mjs"] }],
});

const notEmpty = (folder: string): FaultError =>
  new FaultError({
    code: "demo.not-empty",
    kind: "usage",
    where: folder,
    found: "a folder that is not empty",
    expected: "a new or an empty folder for the demo's repository",
    next: "name another one: wvo demo --dir FOLDER",
  });
