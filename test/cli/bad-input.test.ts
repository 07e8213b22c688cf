/**
 * Bad input, through the real program: each says where, what was found, what was expected and what
 * to do next, has its exit code, and changes nothing.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";
import type { Ran, Workspace } from "../support/workspace.ts";

const roadmap = { version: 1, tasks: [{ id: "T1", title: "One" }] };
const yardWith = (files: Readonly<Record<string, string>> = {}, env = {}): Workspace =>
  makeWorkspace({ roadmap, agent: ["/bin/true"], files, env });

/** The four parts of every error. */
function expectClear({ stderr }: Ran, words: readonly string[]): void {
  for (const part of ["found", "expected", "next"]) expect(stderr).toContain(part);
  for (const word of words) expect(stderr).toContain(word);
}

describe("roadmaps", () => {
  test.each([
    ["does not parse", "tasks: [", ["state/roadmap.yaml:1"]],
    [
      "has an unknown field",
      "version: 1\ntasks:\n  - id: A\n    titel: x\n",
      [":4:", "titel", "title"],
    ],
    [
      "has a duplicate id",
      "version: 1\ntasks:\n  - {id: A, title: a}\n  - {id: A, title: b}\n",
      [":4:", "A"],
    ],
    [
      "has an unknown dependency",
      "version: 1\ntasks:\n  - {id: A, title: a, depends_on: [B]}\n",
      [":3:", "B", "--allow-missing"],
    ],
    [
      "has a cycle",
      "version: 1\ntasks:\n  - {id: A, title: a, depends_on: [B]}\n  - {id: B, title: b, depends_on: [A]}\n",
      ["A", "B", "cycle", ":3:"],
    ],
    ["is empty", "", ["empty"]],
    [
      "has an id that is no branch name",
      "version: 1\ntasks:\n  - {id: ../x, title: a}\n",
      [":3:", "../x"],
    ],
  ])(
    "a roadmap that %s is refused with its line, and nothing is changed",
    async (_title, text, words) => {
      const yard = yardWith({ "state/roadmap.yaml": text });
      for (const args of [
        ["roadmap", "check"],
        ["roadmap", "import"],
        ["run", "--until", "idle"],
      ]) {
        const ran = await yard.wvo(...args);
        expect(ran.code, args.join(" ")).toBe(5);
        expectClear(ran, words);
      }
      const list = await yard.wvo("task", "list", "--json");
      expect(list.code === 3 || list.stdout.trim() === "[]").toBe(true);
    },
  );

  test("--json gives every problem with its place", async () => {
    const text =
      "version: 1\ntasks:\n  - {id: A, titel: a}\n  - {id: B, title: b, complexity: 99}\n";
    const yard = yardWith({ "state/roadmap.yaml": text });
    const ran = await yard.wvo("roadmap", "check", "--json");
    const { error } = JSON.parse(ran.stderr);
    expect(error.problems.map((each: { line: number }) => each.line)).toEqual([3, 3, 4]);
    expect(ran.stdout).toBe("");
  });

  test("with --allow-missing the task comes in as blocked with the reason", async () => {
    const text = "version: 1\ntasks:\n  - {id: A, title: a, depends_on: [B]}\n";
    const yard = yardWith({ "state/roadmap.yaml": text });
    expect((await yard.wvo("roadmap", "import", "--allow-missing")).stdout).toContain("A (B)");
    expect((await yard.wvo("task", "why", "A")).stdout).toContain("unknown dependency B");
  });
});

describe("configuration", () => {
  test.each([
    ["an unknown field", "version: 1\nagnets: 3\n", ["weathervane.yaml:2", "agnets", "agents"]],
    ["a wrong value", "version: 1\nagents: none\n", ["weathervane.yaml:2", "agents"]],
    ["YAML that does not parse", "version: [1\n", ["weathervane.yaml:"]],
    ["a duration without a unit", "checks:\n  - {name: a, run: x, limit: 90}\n", [":2", "limit"]],
  ])("%s is refused with its line", async (_title, text, words) => {
    const ran = await yardWith({ "weathervane.yaml": text }).wvo("config", "show");
    expect(ran.code).toBe(5);
    expectClear(ran, words);
  });

  test("an environment variable that cannot be is refused by its name", async () => {
    const ran = await yardWith({}, { WVO_AUTOPILOT_AGENTS: "many" }).wvo("status");
    expect(ran.code).toBe(5);
    expectClear(ran, ["WVO_AUTOPILOT_AGENTS", "many"]);
  });

  test("config show says where each value comes from", async () => {
    const yard = yardWith({}, { WVO_AUTOPILOT_WIP_LIMIT: "7" });
    const { settings } = JSON.parse((await yard.wvo("config", "show", "--json")).stdout);
    const origin = new Map(
      settings.map((each: { key: string; origin: string }) => [each.key, each.origin]),
    );
    expect(origin.get("wip_limit")).toBe("environment WVO_AUTOPILOT_WIP_LIMIT");
    expect(origin.get("target")).toBe("weathervane.yaml:2");
    expect(origin.get("agents")).toBe("default");
  });
});

describe("repositories", () => {
  const bare = async (prepare: (yard: Workspace) => void, env = {}): Promise<Ran> => {
    const yard = yardWith({}, env);
    prepare(yard);
    return yard.wvo("run", "--until", "idle");
  };

  test("no repository at all", async () => {
    const ran = await bare(({ repo }) => mkdirSync(join(repo, "x")), { WVO_WORKSPACE_ROOT: "/" });
    expect(ran.code).toBe(2);
    expectClear(ran, ["git"]);
  });

  test("a repository without a commit", async () => {
    const ran = await bare((yard) => yard.git("update-ref", "-d", "refs/heads/main"));
    expect(ran.code).toBe(2);
    expectClear(ran, ["without a commit", "git commit"]);
  });

  test("a detached head and no target named", async () => {
    const ran = await bare((yard) => {
      const text = readFileSync(join(yard.repo, "weathervane.yaml"), "utf8");
      writeFileSync(join(yard.repo, "weathervane.yaml"), text.replace("target: main\n", ""));
      yard.git("checkout", "--quiet", "--detach");
    });
    expect(ran.code).toBe(2);
    expectClear(ran, ["detached"]);
  });

  test("a target that does not exist", async () => {
    const ran = await bare(() => {}, { WVO_TARGET: "trunk" });
    expect(ran.code).toBe(3);
    expectClear(ran, ["trunk"]);
  });
});

describe("the database", () => {
  async function withDatabase(): Promise<Workspace & { readonly database: string }> {
    const yard = yardWith();
    expect((await yard.wvo("roadmap", "import")).code).toBe(0);
    return { ...yard, database: join(yard.repo, "state/orchestrator.db") };
  }

  test("one that is no database", async () => {
    const yard = await withDatabase();
    writeFileSync(
      yard.database,
      "no database at all, but long enough to be read as a header".repeat(99),
    );
    const ran = await yard.wvo("run", "--until", "idle");
    expect(ran.code).toBe(1);
    expectClear(ran, ["damaged"]);
  });

  test("a second process is refused with the first one's pid", async () => {
    const yard = yardWith();
    const first = yard.start("run");
    const working = Promise.withResolvers<void>();
    first.stderr?.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("T1")) working.resolve();
    });
    await working.promise;
    const ran = await yard.wvo("run", "--until", "idle");
    expect(ran.code).toBe(1);
    expectClear(ran, [`pid ${first.pid}`]);
    const ended = new Promise((resolve) => first.once("exit", resolve));
    first.kill("SIGTERM");
    expect(await ended).toBe(130);
  });

  test("none yet", async () => {
    const ran = await yardWith().wvo("status");
    expect(ran.code).toBe(3);
    expectClear(ran, ["wvo init"]);
  });

  test("a folder that cannot be made", async () => {
    const yard = yardWith({}, { WVO_STATE_ROOT: "weathervane.yaml/state" });
    const ran = await yard.wvo("roadmap", "import");
    expect(ran.code).toBe(1);
    expectClear(ran, ["weathervane.yaml/state", "WVO_STATE_ROOT"]);
  });
});

describe("tasks and commands", () => {
  test("an unknown task, with what shows those that there are, or the one that was meant", async () => {
    const yard = yardWith();
    await yard.wvo("roadmap", "import");
    for (const word of ["show", "why"]) {
      const ran = await yard.wvo("task", word, "T2");
      expect(ran.code).toBe(3);
      expectClear(ran, ["wvo task list shows them"]);
    }
    expectClear(await yard.wvo("task", "show", "t1"), ["did you mean T1?"]);
    expect((await yard.wvo("task", "cancel", "T2")).code).toBe(3);
  });

  test("an event that the state does not accept", async () => {
    const yard = yardWith();
    await yard.wvo("roadmap", "import");
    const ran = await yard.wvo("task", "unblock", "T1");
    expect(ran.code).toBe(4);
    expectClear(ran, ["backlog.ready", "cancel"]);
    expect((await yard.wvo("task", "cancel", "T1")).code).toBe(0);
    expect((await yard.wvo("task", "cancel", "T1")).code).toBe(4);
  });

  test.each([
    [["statsu"], "status"],
    [["task", "lsit"], "list"],
    [["status", "--jsno"], "--json"],
  ])("%j is a usage error that says what was meant", async (args, meant) => {
    const ran = await yardWith().wvo(...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(meant);
  });

  test("run --until something else", async () => {
    const ran = await yardWith().wvo("run", "--until", "tomorrow");
    expect(ran.code).toBe(2);
    expectClear(ran, ["tomorrow", "idle"]);
  });

  test("a read-only state folder", async () => {
    const yard = yardWith();
    await yard.wvo("roadmap", "import");
    chmodSync(join(yard.repo, "state"), 0o755);
    expect((await yard.wvo("status", "--json")).code).toBe(0);
  });
});
