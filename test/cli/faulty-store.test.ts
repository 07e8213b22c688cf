/**
 * A database that cannot be used, through the real program: every command says so in the same
 * clear way, with its exit code, and leaves everything as it was.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { eventually, startLive } from "../support/live-run.ts";
import { proveMergedOnce, proveNoOrphans } from "../support/proofs.ts";
import { emptyFolder } from "../support/workbench.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";
import type { Ran, Workspace } from "../support/workspace.ts";
import { freeze, makeReadOnly, mountMemory } from "../store/mounts.ts";

const TEST_LIMIT_MS = 5 * 60_000;
const roadmap = { version: 1, tasks: [{ id: "T1", title: "One" }] };

/** A workspace whose state is in a folder of its own, with a database that has one task. */
async function makeYard(state = emptyFolder()) {
  const env = { WVO_STATE_ROOT: state };
  const agent = [process.execPath, agentPath("patient.mjs")];
  const yard = makeWorkspace({ roadmap, agent, env });
  for (const command of [["init"], ["roadmap", "import"]]) {
    const ran = await yard.wvo(...command);
    expect(ran.code, ran.stderr).toBe(0);
  }
  // What `init` writes for agents' programs is a person's to commit.
  yard.git("add", "--all");
  yard.git("commit", "--quiet", "--message=init");
  return { ...yard, state, database: join(state, "orchestrator.db") };
}

const LOOKING = [
  ["status"],
  ["task", "list"],
  ["task", "show", "T1"],
  ["task", "why", "T1"],
  ["log"],
  ["roadmap", "export"],
  ["roadmap", "check"],
];
const CHANGING = [
  ["run", "--until", "idle"],
  ["init"],
  ["roadmap", "import"],
  ["task", "add", "Another"],
  ["task", "cancel", "T1"],
  ["task", "unblock", "T1"],
];

const COMMANDS = [...LOOKING, ...CHANGING];

interface Refusal {
  readonly code: number;
  readonly error: string;
  readonly words: readonly string[];
}

/** Every one of the commands ends so, as text and as JSON, and says nothing else. */
async function proveRefused(
  yard: Workspace,
  commands: readonly (readonly string[])[],
  { code, error, words }: Refusal,
): Promise<void> {
  for (const command of commands) {
    const [text, json] = await Promise.all([yard.wvo(...command), yard.wvo(...command, "--json")]);
    const told = [text, json].map((ran: Ran) => [ran.code, ran.stdout]);
    expect(told, command.join(" ")).toEqual([
      [code, ""],
      [code, ""],
    ]);
    for (const part of ["found", "expected", "next", ...words])
      expect(text.stderr, command.join(" ")).toContain(part);
    expect(text.stderr).not.toContain("bug");
    expect(JSON.parse(json.stderr), command.join(" ")).toMatchObject({ error: { code: error } });
  }
}

/** What the doctor says of the database, and that it ends with its own code. */
async function proveDiagnosed(yard: Workspace, detail: string): Promise<void> {
  const ran = await yard.wvo("doctor", "--json");
  expect(ran.code).toBe(7);
  const { checks } = JSON.parse(ran.stdout);
  expect(checks).toContainEqual({
    check: "database",
    ok: false,
    detail: expect.stringContaining(detail),
  });
}

function onDatabase(path: string, sql: string): void {
  const db = new Database(path);
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}

describe("a database that cannot be used as it is", () => {
  const [NEWER, FOREIGN, DAMAGED] = [
    "a newer WeatherVane",
    "another program",
    "a damaged database",
  ];
  test.each<[string, (path: string) => void, Omit<Refusal, "code">]>([
    [
      "from a newer version",
      (path) => onDatabase(path, "PRAGMA user_version = 99"),
      { error: "store.newer", words: ["schema version 99", NEWER, "run the newer wvo"] },
    ],
    [
      "of another program",
      (path) => {
        rmSync(path);
        onDatabase(path, "CREATE TABLE notes (text)");
      },
      { error: "store.foreign", words: [FOREIGN, "WVO_STATE_ROOT"] },
    ],
    [
      "with noise in its first page",
      (path) => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0xa5, 0, 4_096));
      },
      { error: "store.corrupt", words: [DAMAGED, "restore a backup"] },
    ],
    [
      "that is a text",
      (path) => writeFileSync(path, "a letter to somebody\n".repeat(999)),
      { error: "store.corrupt", words: [DAMAGED] },
    ],
  ])(
    "%s is refused by every command, and stays byte for byte",
    async (_title, spoil, refusal) => {
      const yard = await makeYard();
      spoil(yard.database);
      const before = readFileSync(yard.database);
      const words = [yard.database, ...refusal.words];
      await proveRefused(yard, COMMANDS, { ...refusal, words, code: 1 });
      await proveDiagnosed(yard, words[1] ?? "");
      expect(readFileSync(yard.database).equals(before)).toBe(true);
      expect(yard.git("status", "--porcelain")).toBe("");
    },
    TEST_LIMIT_MS,
  );

  test(
    "with snapshots of a newer chart is refused by whoever would change it, and can be looked at",
    async () => {
      const yard = await makeYard();
      onDatabase(yard.database, "UPDATE charts SET chart_version = 9 WHERE chart = 'task'");
      const words = ["chart task", "version 9", "run the newer wvo"];
      const commands = CHANGING.filter(([name]) => name !== "init");
      await proveRefused(yard, commands, { code: 1, error: "host.newer-chart", words });
      expect((await yard.wvo("status")).code).toBe(0);
    },
    TEST_LIMIT_MS,
  );
});

describe("a database that cannot be written", () => {
  test(
    "on a file system that is read-only is refused by every command",
    async () => {
      const yard = await makeYard(mountMemory(4_096));
      makeReadOnly(yard.state);
      const words = [yard.database, "cannot be written", "WVO_STATE_ROOT"];
      await proveRefused(yard, COMMANDS, {
        code: 1,
        error: "store.read-only",
        words,
      });
      await proveDiagnosed(yard, "cannot be written");
      expect(yard.git("status", "--porcelain")).toBe("");
    },
    TEST_LIMIT_MS,
  );

  test(
    "and is a file that nobody may change is refused by whoever would change it",
    async () => {
      const yard = await makeYard();
      const before = readFileSync(yard.database);
      freeze(yard.database);
      const words = [yard.database, "cannot be written", "WVO_STATE_ROOT"];
      await proveRefused(yard, CHANGING, { code: 1, error: "store.read-only", words });
      expect(readFileSync(yard.database).equals(before)).toBe(true);
    },
    TEST_LIMIT_MS,
  );
});

describe("a disk that is full", () => {
  const FULL = /no space left|a failing disk/;

  /** Takes up what is left, to the last block; gives back how to free it again. */
  function stuff(folder: string): () => void {
    const path = join(folder, "ballast");
    for (const size of [65_536, 4_096]) {
      try {
        for (;;) appendFileSync(path, Buffer.alloc(size));
      } catch {
        continue; // it does not take a block of this size any more
      }
    }
    return () => rmSync(path);
  }

  const doctor = async (yard: Workspace) => JSON.parse((await yard.wvo("doctor", "--json")).stdout);
  async function proveIntact(yard: Workspace): Promise<void> {
    const { checks } = await doctor(yard);
    for (const check of ["database", "journal", "tables", "dead letters"])
      expect(checks).toContainEqual({ check, ok: true, detail: expect.any(String) });
  }

  test(
    "refuses an import, keeps nothing half of it, and takes it when there is space",
    async () => {
      const yard = await makeYard(mountMemory(4_096));
      const free = stuff(yard.state);
      const description = "rain ".repeat(50);
      const tasks = Array.from({ length: 400 }, (_, n) => ({
        id: `T${n + 1}`,
        title: "x",
        description,
      }));
      const roadmap = join(yard.repo, "state/roadmap.yaml");
      writeFileSync(roadmap, JSON.stringify({ version: 1, tasks }));
      const ran = await yard.wvo("roadmap", "import", "--json");
      expect([ran.code, ran.stdout]).toEqual([1, ""]);
      expect(JSON.parse(ran.stderr).error.found).toMatch(FULL);
      free();
      await proveIntact(yard);
      const again = await yard.wvo("roadmap", "import");
      expect(again.code, again.stderr).toBe(0);
      const list = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
      expect(list).toHaveLength(400);
      await proveIntact(yard);
    },
    TEST_LIMIT_MS,
  );

  test(
    "lets no database be made, and none is left there half made",
    async () => {
      const state = mountMemory(4_096);
      const agent = [process.execPath, agentPath("patient.mjs")];
      const yard = makeWorkspace({ roadmap, agent, env: { WVO_STATE_ROOT: state } });
      const free = stuff(state);
      for (const command of [
        ["roadmap", "import"],
        ["run", "--until", "idle"],
      ]) {
        const ran = await yard.wvo(...command);
        expect(ran.code).toBe(1);
        expect(ran.stderr).toMatch(FULL);
        for (const part of ["found", "expected", "next"]) expect(ran.stderr).toContain(part);
      }
      free();
      expect((await yard.wvo("roadmap", "import")).code).toBe(0);
      await proveIntact(yard);
    },
    TEST_LIMIT_MS,
  );

  test(
    "ends a run with a clear word; when there is space the next run goes on",
    async () => {
      const yard = await makeYard(mountMemory(16_384));
      const run = startLive(yard, "run", "--until", "done");
      await eventually(() => (existsSync(join(yard.notes, "began-T1.1")) ? true : null));
      const free = stuff(yard.state);
      writeFileSync(join(yard.notes, "go"), "");
      const { code, stderr } = await run.ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(FULL);
      expect(stderr).toContain(yard.database);
      free();
      await proveIntact(yard);
      const next = await yard.wvo("run", "--until", "done");
      expect(next.code, next.stderr).toBe(0);
      const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
      proveMergedOnce(yard, tasks);
      await proveIntact(yard);
      await proveNoOrphans(yard);
    },
    TEST_LIMIT_MS,
  );
});
