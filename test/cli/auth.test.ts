/** Programs and their logins: what `init` finds, and what `auth` and `doctor` say of them. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { replaying, standIn } from "../agents/lab.ts";
import { recording } from "../agents/recordings.ts";
import { eventually, startLive } from "../support/live-run.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 3 * 60_000;
const roadmap = { version: 1, tasks: [{ id: "T1", title: "The only task" }] };
const LOGINS = /^(ANTHROPIC|CLAUDE|CODEX|OPENAI)_/;

/** A person's home without a login, and these programs in the PATH. */
function makeYard(programs: readonly ("claude" | "codex")[], providers?: object): Workspace {
  const config = providers === undefined ? {} : { providers };
  const yard = makeWorkspace({ roadmap, agent: [], config });
  const folders = programs.map((each) => standIn(each, []).folder);
  const home = join(yard.notes, "home");
  mkdirSync(home);
  for (const name of Object.keys(yard.env).filter((each) => LOGINS.test(each))) {
    delete yard.env[name];
  }
  const own = (yard.env["PATH"] ?? "").split(delimiter);
  Object.assign(yard.env, { HOME: home, PATH: [...folders, ...own].join(delimiter) });
  return yard;
}

function logIn({ notes }: Workspace, path: string): void {
  mkdirSync(join(notes, "home", path, ".."), { recursive: true });
  writeFileSync(join(notes, "home", path), "{}");
}

/** The same repository before `wvo init`. */
function asNew(yard: Workspace): Workspace {
  rmSync(join(yard.repo, "weathervane.yaml"));
  return yard;
}

const json = async (yard: Workspace, ...args: readonly string[]) =>
  JSON.parse((await yard.wvo(...args, "--json")).stdout);
const configured = (yard: Workspace) => parse(yard.file("weathervane.yaml")).providers;

test("init writes a configuration for the programs that are there, and says how to log in", async () => {
  const yard = asNew(makeYard(["claude", "codex"]));
  logIn(yard, ".claude/.credentials.json");
  const { found, next } = await json(yard, "init");
  expect(configured(yard)).toEqual({ claude: { kind: "claude" }, codex: { kind: "codex" } });
  expect(found).toMatchObject([
    { name: "claude", version: "2.1.329", login: "logged in by itself", next: null },
    { name: "codex", version: "0.169.0", login: null },
  ]);
  expect(next[0]).toBe("codex: log in with: codex login; or set CODEX_API_KEY for wvo run");
  expect((await yard.wvo("config", "show")).code).toBe(0);
});

test("init tells people what it found", async () => {
  const yard = asNew(makeYard(["codex"]));
  const { stdout } = await yard.wvo("init");
  expect(stdout).toContain("  found codex 0.169.0, not logged in\n  next: codex: log in with");
  expect(configured(yard)).toEqual({ codex: { kind: "codex" } });
});

test("init looks for no program where one is named, or where there is a configuration", async () => {
  const yard = asNew(makeYard(["claude"]));
  expect(await json(yard, "init", "--agent", "node", "agent.mjs")).toMatchObject({ found: [] });
  const command = { kind: "command", program: ["node", "agent.mjs"] };
  expect(configured(yard)).toEqual({ command });
  expect(await json(yard, "init")).toMatchObject({ found: [] });
});

test("init without any program says what to do", async () => {
  const yard = asNew(makeYard([]));
  const { next } = await json(yard, "init");
  expect(configured(yard)).toEqual({});
  expect(next[0]).toMatch(/^install Claude Code .* or Codex .* under providers/);
  expect(yard.file("weathervane.yaml")).toContain("#       kind: claude");
});

const both = { claude: { kind: "claude" }, codex: { kind: "codex" } };

test("auth status and doctor say what each provider lacks, and the very next command", async () => {
  const yard = makeYard(["claude"], both);
  const ran = await yard.wvo("auth", "status", "--json");
  expect(ran.code).toBe(7);
  expect(JSON.parse(ran.stdout)).toMatchObject([
    {
      name: "claude",
      ok: false,
      version: "2.1.329",
      login: null,
      state: null,
      next: "start it with: claude, and type /login; or set ANTHROPIC_API_KEY for wvo run",
    },
    {
      name: "codex",
      ok: false,
      program: null,
      version: null,
      reason: "no program codex",
      next: "install it, or correct the provider's program",
    },
  ]);
  const told = await yard.wvo("auth", "status");
  expect(told.stdout).toContain("codex: no program codex\n  next: install it");
  const doctor = await yard.wvo("doctor");
  expect(doctor.code).toBe(7);
  for (const words of ["type /login", "no program codex", "install it"])
    expect(doctor.stdout).toContain(words);
});

test("a provider that may be used is shown with its program, version and login", async () => {
  const yard = makeYard(["claude"], { claude: both.claude });
  logIn(yard, ".claude/.credentials.json");
  // As it is for a moment while the first run makes its database.
  writeFileSync(join(yard.repo, "state/orchestrator.db"), "");
  const ran = await yard.wvo("auth", "status");
  expect(ran.code, ran.stdout).toBe(0);
  expect(ran.stdout).toMatch(
    /\nclaude +claude +\/.*\/claude +2\.1\.329 +logged in by itself +-\n$/,
  );
});

test("auth status without a provider says so", async () => {
  const yard = makeYard([], {});
  expect((await yard.wvo("auth", "status")).stdout).toContain("no provider is configured");
});

test(
  "a provider that is down is asked again at once, and then works",
  async () => {
    const program = [join(makeYard([]).repo, "later.mjs")];
    const providers = { command: { kind: "command", program } };
    const yard = makeYard([], providers);
    const run = startLive(yard, "run", "--until", "done");
    const row = async () => (await json(yard, "auth", "status"))[0];
    const isDown = await eventually(async () => {
      const seen = await row();
      return seen?.state === "unavailable" ? seen : null;
    });
    expect(isDown).toMatchObject({ ok: false, until: expect.any(Number) as number });
    const [path = ""] = program;
    const notes = JSON.stringify(yard.notes);
    const text = `#!${process.execPath}\nprocess.env.NOTES = ${notes};\nawait import(${JSON.stringify(agentPath("patient.mjs"))});\n`;
    writeFileSync(path, text, { mode: 0o755 });
    writeFileSync(join(yard.notes, "go"), "");
    const state = /^(probing|usable)$/;
    const asked = [{ name: "command", state: expect.stringMatching(state) as string }];
    expect(await json(yard, "auth", "recheck", "command")).toEqual(asked);
    expect((await run.ended).code).toBe(0);
    expect((await yard.wvo("auth", "recheck")).code).toBe(0);
  },
  TEST_LIMIT_MS,
);

test(
  "a login that its server refuses is down until a person has seen to it",
  async () => {
    const { program } = replaying(recording("claude-auth"));
    const yard = makeYard([], { claude: { kind: "claude", program } });
    logIn(yard, ".claude/.credentials.json");
    const run = startLive(yard, "run", "--until", "done");
    const seen = await eventually(async () => {
      const [row] = await json(yard, "auth", "status");
      return row?.state === "down" ? row : null;
    });
    expect(seen).toMatchObject({
      ok: false,
      login: "logged in by itself",
      until: null,
      reason: expect.stringContaining("Invalid API key") as string,
      next: "wvo auth recheck claude",
    });
    run.signal("SIGTERM");
    await run.ended;
  },
  TEST_LIMIT_MS,
);

test("one that is unknown, or was never asked, is told as such", async () => {
  const yard = makeYard([], both);
  await yard.wvo("roadmap", "import");
  const ran = await yard.wvo("auth", "recheck", "claud");
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain("did you mean claude?");
  expect(await json(yard, "auth", "recheck")).toEqual([
    { name: "claude", state: "never asked" },
    { name: "codex", state: "never asked" },
  ]);
});
