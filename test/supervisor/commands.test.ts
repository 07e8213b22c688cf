/**
 * Commands while a supervisor is at work: they say and end as they do without, and their processes
 * open no database.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { eventually, startLive } from "../support/live-run.ts";
import { signal, supervised } from "../support/supervised.ts";
import type { Supervised } from "../support/supervised.ts";
import { emptyFolder } from "../support/workbench.ts";

/** Each command starts Node anew, twice. */
const SLOW_MS = 10 * 60_000;
const LOADED = new URL("../fixtures/loaded/note.mjs", import.meta.url).href;

/** In this order, on two workspaces that are alike. */
const CALLS: readonly (readonly string[])[] = [
  ["task", "list"],
  ["task", "list", "--json"],
  ["task", "list", "--explain"],
  ["task", "show", "T1", "--json"],
  ["task", "show", "T9"],
  ["task", "why", "T2"],
  ["task", "add", "A third one", "--id", "T3"],
  ["task", "add", "A third one", "--id", "T3", "--json"],
  ["task", "cancel", "T2"],
  ["task", "cancel", "T2", "--json"],
  ["task", "unblock", "T1"],
  ["roadmap", "check"],
  ["roadmap", "import"],
  ["roadmap", "import", "missing.yaml"],
  ["roadmap", "export"],
  ["roadmap", "export", "out/roadmap.yaml"],
  ["cost"],
  ["cost", "--json"],
  ["agents"],
  ["agent", "tail", "T1"],
  ["agent", "attach", "T1"],
  ["agent", "stop", "T1", "--json"],
  ["auth", "status"],
  ["auth", "recheck", "--json"],
  ["log", "--limit", "7"],
  ["log", "T3", "--json"],
  ["replay", "T3"],
  ["inspect", "--json"],
  ["inspect", "--port", "none"],
  ["backup", "create", "--json"],
  ["backup", "restore", "none"],
  ["doctor"],
  ["status", "--json"],
];

/** What is of a workspace, a process or a moment, and not of a command. */
const plain = (text: string, { repo }: Supervised): string =>
  text
    .replaceAll(join(repo, ".."), "FOLDER")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\b1[0-9]{12}\b/g, "TIME")
    .replaceAll(/"pid": \d+|pid \d+/g, "PID")
    .replaceAll(/\b[0-9a-z]{9}[0-9a-z]{4}[0-9a-f]{16}\b/g, "ID")
    .replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, "BACKUP")
    .replaceAll(/"sha256": "[0-9a-f]{64}"|"bytes": \d+/g, "COPIED")
    .replaceAll(/main at [0-9a-f]{9}/g, "main at COMMIT")
    .replaceAll(
      /(?:the supervisor dispatches nothing before wvo run|wvo run is not running)/g,
      "IDLE",
    );

/** These run where they are called, and need no database. */
const LOCAL = /^(init|demo|run|up|down|mcp|agent explain|config show|backup list|charts .*)$/;

function leavesOf(list: readonly Command[], before = ""): readonly string[] {
  return list.flatMap((each) => {
    const name = `${before}${each.name()}`;
    return each.commands.length > 0 ? leavesOf(each.commands, `${name} `) : [name];
  });
}

test("every command that needs the database is compared below", () => {
  const compared = CALLS.map((words) => words.join(" "));
  const left = leavesOf(commands()).filter(
    (name) => !LOCAL.test(name) && !compared.some((line) => `${line} `.startsWith(`${name} `)),
  );
  expect(left).toEqual([]);
});

test("commands say and end alike, and none opens the database", { timeout: SLOW_MS }, async () => {
  const [yard, bare] = [supervised(), supervised()];
  await yard.up("--hold");
  expect((await bare.wvo("roadmap", "import")).code).toBe(0);
  for (const words of CALLS) {
    const what = `wvo ${words.join(" ")}`;
    const behind = await watched(yard, words);
    const direct = await watched(bare, words);
    expect(behind.isOpened, what).toBe(false);
    expect({ what, ...textsOf(behind, yard) }).toEqual({ what, ...textsOf(direct, bare) });
  }
  const { stdout } = await yard.wvo("status", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ supervisor: { pid: yard.holder()?.process.pid } });
});

test("without a supervisor they do open it, so that is seen", { timeout: SLOW_MS }, async () => {
  const yard = supervised();
  await yard.wvo("roadmap", "import");
  expect((await watched(yard, ["task", "list"])).isOpened).toBe(true);
  expect((await watched(yard, ["config", "show"])).isOpened).toBe(false);
});

test(
  "wvo run tells of the worker's work, and Ctrl-C ends the telling alone",
  { timeout: SLOW_MS },
  async () => {
    const yard = supervised({ agent: "patient.mjs" });
    await yard.up("--hold");
    const run = startLive(yard, "run");
    await run.says("T1          active.working");
    run.signal("SIGINT");
    const { code, stderr } = await run.ended;
    expect([code, stderr]).toEqual([130, expect.stringContaining("the supervisor goes on")]);
    writeFileSync(join(yard.notes, "go"), "");
    const done = await watched(yard, ["run", "--until", "done", "--json"]);
    expect([done.code, done.isOpened, JSON.parse(done.stdout).standing]).toEqual([
      0,
      false,
      "done",
    ]);
  },
);

test(
  "a command whose worker is lost says that it does not know",
  { timeout: SLOW_MS },
  async () => {
    const yard = supervised();
    await yard.up("--hold");
    const worker = await yard.workerPid();
    const following = startLive(yard, "inspect", "--json", "--follow");
    await eventually(() => (following.stdout().includes("task:T1") ? true : null));
    signal(worker, "SIGKILL");
    const { code, stderr } = await following.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("ended before it said how")]);
    await yard.workerPid(worker);
    expect((await yard.wvo("task", "list")).code).toBe(0);
  },
);

interface Watched {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** True where the process of the command had a database open. */
  readonly isOpened: boolean;
}

async function watched(yard: Supervised, words: readonly string[]): Promise<Watched> {
  const note = join(emptyFolder(), "loaded");
  Object.assign(yard.env, { NODE_OPTIONS: `--import=${LOADED}`, LOADED_NOTE: note });
  const ran = await yard.wvo(...words);
  delete yard.env["NODE_OPTIONS"];
  const [first] = readFileSync(note, "utf8").split("\n");
  return { ...ran, isOpened: first === "true" };
}

const textsOf = ({ code, stdout, stderr }: Watched, yard: Supervised) => {
  const who = /"(?:supervisor|orchestrator)": (?:null|\{[^}]*\})/g;
  const told = plain(stdout, yard).replaceAll(who, "WHO");
  return { code, stdout: told, stderr: plain(stderr, yard) };
};
