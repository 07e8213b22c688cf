/** The package as people get it: packed, installed in an empty folder, and run from there. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
} from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder } from "../support/workbench.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const LAUNCHER = join(ROOT, "src/wvo.js");
const TEST_LIMIT_MS = 10 * 60_000;
const NODE_MAJOR = 24;

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const { version, files } = readJson(join(ROOT, "package.json")) as {
  readonly version: string;
  readonly files: readonly string[];
};

/** A world of its own: what is run in it finds neither the person's home nor their settings. */
function worldIn(home: string): Record<string, string> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
  return { PATH: path, HOME: home, TMPDIR: home, XDG_STATE_HOME: join(home, "state"), LANG: "C" };
}

const npm = (cwd: string, ...args: readonly string[]) =>
  spawnSync("npm", args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, npm_config_loglevel: "error" },
  });

/** Packs a copy, so that nothing is built in the checkout that tests run in. */
function pack(): string {
  const copy = join(emptyFolder(), "copy");
  const sources = ["package.json", "tsconfig.json", "tsconfig.build.json", "src", "machines"];
  const others = files.map((path) => path.split("/")[0] ?? "").filter((path) => path !== "dist");
  for (const name of new Set([...sources, ...others, "LICENSE", "README.md"])) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const packed = npm(copy, "pack");
  expect(packed.status, packed.stderr).toBe(0);
  const name = readdirSync(copy).find((file) => file.endsWith(".tgz")) ?? "nothing was packed";
  return join(copy, name);
}

/** With npm, from its cache alone; false where the cache does not have all that it takes. */
function installFromCache(tarball: string, folder: string): boolean {
  writeFileSync(join(folder, "package.json"), "{}");
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  const installed = npm(folder, "install", ...flags, tarball);
  if (installed.status === 0) return true;
  if (installed.stderr.includes("ENOTCACHED")) return false;
  throw new Error(`npm install failed:\n${installed.stderr}`);
}

/** As npm would lay it out, with what the lock file says that a user gets. */
function installByHand(tarball: string, folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  execFileSync("tar", ["-xzf", tarball], { cwd: modules });
  execFileSync("mv", ["package", "weathervane"], { cwd: modules });
  symlinkSync("../weathervane/src/wvo.js", join(modules, ".bin/wvo"));
  chmodSync(join(modules, ".bin/wvo"), 0o755);
  const { packages } = readJson(join(ROOT, "package-lock.json"));
  for (const [path, { dev }] of Object.entries<{ readonly dev?: boolean }>(packages)) {
    const [, name = "", ...nested] = path.split("node_modules/");
    if (name === "" || dev === true || nested.length > 0) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
}

const run = (folder: string, ...args: readonly string[]) =>
  spawnSync(join(folder, "node_modules/.bin/wvo"), args, {
    cwd: folder,
    encoding: "utf8",
    env: worldIn(folder),
    maxBuffer: 64 * 1024 * 1024,
  });

test(
  "the package, installed in an empty folder, says its version and shows its demo",
  () => {
    const tarball = pack();
    const byHand = emptyFolder();
    installByHand(tarball, byHand);
    expect(run(byHand, "--version").stdout).toBe(`${version}\n`);
    const byNpm = emptyFolder();
    const isCached = installFromCache(tarball, byNpm);
    const way = isCached
      ? "installed by npm from its cache"
      : "unpacked and linked: npm's cache lacks a package";
    process.stderr.write(`the package was ${way}\n`);
    const folder = isCached ? byNpm : byHand;
    expect(run(folder, "--version").stdout).toBe(`${version}\n`);
    const demo = run(folder, "demo", "--dir", "shown", "--json");
    expect(demo.status, demo.stderr).toBe(0);
    expect(JSON.parse(demo.stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      repo: expect.stringContaining("shown"),
      tasks: 8,
      done: 8,
      kills: 1,
    });
    const packed = readdirSync(join(folder, "node_modules/weathervane"));
    expect(packed).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md", "docs"]),
    );
    expect(packed).not.toContain("test");
  },
  TEST_LIMIT_MS,
);

describe("under an older Node the launcher says what is missing", () => {
  /** The one line that an older Node gets. */
  const refusal = (major: string) => ({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(
      new RegExp(
        `^wvo: found Node ${major}\\.\\S+ \\(\\S+\\); expected Node 24 or newer.*ARGS.*\\n$`,
      ),
    ),
  });

  /** A Node of another version for as long as the launcher looks. */
  function runAs(node: string) {
    const versions = `{ value: { ...process.versions, node: ${JSON.stringify(node)} } }`;
    const script = `Object.defineProperty(process, "versions", ${versions})`;
    const load = `data:text/javascript,${encodeURIComponent(script)}`;
    return spawnSync(process.execPath, ["--import", load, LAUNCHER, "--version"], {
      encoding: "utf8",
    });
  }

  test.each(["18.20.8", "20.19.0", "22.14.0", "23.11.1"])("as Node %s", (node) => {
    expect(runAs(node)).toMatchObject(refusal(node.split(".")[0] ?? ""));
  });

  test.each(["24.0.0", "26.1.0"])("as Node %s it works", (node) => {
    expect(runAs(node)).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  test("and so it does under every older one that this machine has", async ({ annotate }) => {
    const older = nodesInPath().filter(({ major }) => Number(major) < NODE_MAJOR);
    await annotate(`older ones in PATH: ${older.map(({ path }) => path).join(", ") || "none"}`);
    for (const { path, major } of older) {
      const ran = spawnSync(path, [LAUNCHER, "status"], { encoding: "utf8" });
      expect(ran, path).toMatchObject(refusal(major));
    }
    expect(older.every(({ path }) => !path.includes("node_modules"))).toBe(true);
  });

  function nodesInPath(): readonly { readonly path: string; readonly major: string }[] {
    const folders = (process.env["PATH"] ?? "").split(delimiter);
    const outside = folders.filter((folder) => folder !== "" && !folder.includes("node_modules"));
    return outside.flatMap((folder) => {
      const path = join(folder, "node");
      try {
        accessSync(path, constants.X_OK);
      } catch {
        return []; // none here
      }
      const said = execFileSync(path, ["--version"], { encoding: "utf8" });
      return [{ path, major: /^v(\d+)\./.exec(said)?.[1] ?? "0" }];
    });
  }
});
