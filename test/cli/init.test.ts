/** `wvo init` in repositories as they are found: what it makes, and what it leaves alone. */
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

/** A repository that is no workspace yet. */
async function bareYard(files: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  const yard = makeWorkspace({ roadmap: {}, agent: [], files });
  await rm(join(yard.repo, "weathervane.yaml"));
  await rm(join(yard.repo, "state"), { recursive: true });
  return yard;
}
const checksOf = (yard: Workspace): unknown => parse(yard.file("weathervane.yaml")).checks;
const packageJson = (text: string) => ({ "package.json": text });

test("the scripts of a package.json become checks, the cheap ones first", async () => {
  const scripts = { test: "x", lint: "y", start: "z", build: "w" };
  const text = `\uFEFF${JSON.stringify({ scripts })}`;
  const yard = await bareYard({ ...packageJson(text), "package-lock.json": "{}" });
  const ran = await yard.wvo("init", "--json", "--agent", "node", "agent.mjs");
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout).created).toEqual([
    "weathervane.yaml",
    "state/roadmap.yaml",
    "state/.gitignore",
    ".mcp.json",
  ]);
  expect(checksOf(yard)).toEqual([
    { name: "install", run: ["npm", "ci"] },
    { name: "build", run: ["npm", "run", "build"] },
    { name: "lint", run: ["npm", "run", "lint"] },
    { name: "test", run: ["npm", "run", "test"] },
  ]);
});

test.each([
  ["no package.json", {}],
  ["one without scripts", packageJson("{}")],
  ["one with nothing as scripts", packageJson('{"scripts": null}')],
  ["one that is null", packageJson("null")],
  ["one that is a list", packageJson("[]")],
])("%s gives no checks, and the next steps say so", async (_title, files) => {
  const yard = await bareYard(files);
  const ran = await yard.wvo("init");
  expect(ran.code, ran.stderr).toBe(0);
  expect(checksOf(yard)).toEqual([]);
  expect(ran.stdout).toContain("name at least one check");
});

test.each([
  ["does not parse", '{"scripts": {', "JSON"],
  ["is empty", "", "JSON"],
])("a package.json that %s is refused, and nothing is made", async (_title, text, found) => {
  const yard = await bareYard(packageJson(text));
  const ran = await yard.wvo("init");
  expect(ran.code).toBe(5);
  for (const word of [join(yard.repo, "package.json"), found, "expected", "wvo init again"])
    expect(ran.stderr).toContain(word);
  expect(ran.stderr).not.toContain("bug");
  expect(existsSync(join(yard.repo, "weathervane.yaml"))).toBe(false);
  expect(existsSync(join(yard.repo, "state"))).toBe(false);
});

test.each([
  ["the state folder", (state: string) => ({ WVO_STATE_ROOT: join(state, "weathervane.yaml/x") })],
  ["the roadmap", (state: string) => ({ WVO_ROADMAP: join(state, "weathervane.yaml/x.yaml") })],
])("%s where no file can be is told as what it is", async (_title, envFor) => {
  const yard = await bareYard();
  Object.assign(yard.env, envFor(yard.repo));
  const ran = await yard.wvo("init");
  expect(ran.code).toBe(1);
  for (const word of ["weathervane.yaml/x", "found", "expected", "next", "writable"])
    expect(ran.stderr).toContain(word);
  expect(ran.stderr).not.toContain("bug");
});

test("what is there already is left as it is, and then no package.json is read", async () => {
  const yard = await bareYard(packageJson("{"));
  const own = "version: 1\ntarget: main\n";
  await writeFile(join(yard.repo, "weathervane.yaml"), own);
  const ran = await yard.wvo("init", "--json");
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout).created).toEqual([
    "state/roadmap.yaml",
    "state/.gitignore",
    ".mcp.json",
  ]);
  expect(yard.file("weathervane.yaml")).toBe(own);
  const again = await yard.wvo("init", "--json");
  expect(JSON.parse(again.stdout).created).toEqual([]);
});

test("Claude Code is told in .mcp.json, beside what is there, and Codex on the screen", async () => {
  const other = { type: "stdio", command: "other", args: [] };
  const yard = await bareYard({ ".mcp.json": JSON.stringify({ own: 1, mcpServers: { other } }) });
  const ran = await yard.wvo("init", "--json");
  expect(ran.code, ran.stderr).toBe(0);
  const { own, mcpServers } = JSON.parse(yard.file(".mcp.json"));
  expect([own, mcpServers.other]).toEqual([1, other]);
  const { type, command, args } = mcpServers.weathervane;
  expect([type, existsSync(command), args.at(-1)]).toEqual(["stdio", true, "mcp"]);
  const { codex } = JSON.parse(ran.stdout);
  expect(codex).toContain("[mcp_servers.weathervane]");
  expect(codex).toContain(`cwd = "${yard.repo}"`);
});

test("an entry that is there is left as it is, and so is a file that is not understood", async () => {
  const mine = { mcpServers: { weathervane: { command: "mine" } } };
  const yard = await bareYard({ ".mcp.json": JSON.stringify(mine) });
  expect(JSON.parse((await yard.wvo("init", "--json")).stdout).created).not.toContain(".mcp.json");
  expect(JSON.parse(yard.file(".mcp.json"))).toEqual(mine);
  for (const text of ["{", "[]", '{"mcpServers": []}']) {
    await writeFile(join(yard.repo, ".mcp.json"), text);
    const { code, stderr } = await yard.wvo("init");
    expect([code, stderr]).toEqual([5, expect.stringContaining(".mcp.json")]);
    expect(yard.file(".mcp.json")).toBe(text);
  }
});
