/** Output for programs: every command has it, results alone are on standard output, and they parse. */
import type { Command } from "commander";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { agentPath, makeWorkspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 2 * 60_000;
const tasks = [
  { id: "T1", title: "One" },
  { id: "T2", title: "Two", depends_on: ["T1"] },
];

/** The commands that do something, by their whole names. */
function leavesOf(command: Command, above: readonly string[] = []): readonly [string, Command][] {
  const names = [...above, command.name()];
  const { commands: below } = command;
  return below.length === 0
    ? [[names.join(" "), command]]
    : below.flatMap((each) => leavesOf(each, names));
}
const leaves = commands().flatMap((each) => leavesOf(each));

test("every command takes --json", () => {
  const without = leaves.filter(
    ([, { options }]) => !options.some(({ long }) => long === "--json"),
  );
  expect(without.map(([name]) => name)).toEqual([]);
  expect(leaves.length).toBeGreaterThan(14);
});

/** In an order that makes sense; what each prints at least. */
const CALLS: readonly (readonly [string, unknown])[] = [
  ["init", { created: [".mcp.json"], target: "main" }],
  ["config show", { settings: expect.any(Array) }],
  ["roadmap check", { valid: true, tasks: 2 }],
  ["roadmap import", { created: ["T1", "T2"] }],
  ["roadmap export", { tasks: 2, text: expect.stringContaining("T1") }],
  ["status", { tasks: { pending: 2 }, orchestrator: null }],
  ["task add Third --depends-on T2", { id: "T3", state: "backlog.waiting" }],
  ["task list", [{ id: "T1" }, { id: "T2" }, { id: "T3" }]],
  ["task show T1", { id: "T1", history: expect.any(Array) }],
  ["task why T2", { id: "T2", because: expect.any(Array) }],
  ["task cancel T3", { id: "T3", state: "cancelled" }],
  ["run --until done", { standing: "done", tasks: { done: 2, cancelled: 1 } }],
  ["doctor", { ok: true, checks: expect.any(Array) }],
];

test(
  "each prints one value that parses, and whatever else it says is on standard error",
  async () => {
    const agent = [process.execPath, agentPath("worker.mjs")];
    const yard = makeWorkspace({ roadmap: { version: 1, tasks }, agent });
    const said = new Map<string, string>();
    for (const [line, value] of CALLS) {
      const ran = await yard.wvo(...line.split(" "), "--json");
      expect(ran.code, `${line}: ${ran.stderr}`).toBe(0);
      expect(JSON.parse(ran.stdout), line).toMatchObject(value as object);
      expect(ran.stdout, line).not.toContain("\u001B[");
      said.set(line, ran.stderr);
    }
    expect(said.get("run --until done")).toMatch(/T1 +done/);
    expect(said.get("doctor")).toContain("replaying the journal");
    const log = await yard.wvo("log", "--json");
    const rows = log.stdout.trimEnd().split("\n");
    expect(rows.map((row) => JSON.parse(row).seq)).toEqual(rows.map((_, index) => index + 1));
    // Demo and unblock have tests of their own.
    const called = new Set([...CALLS.map(([line]) => line), "log", "demo", "task unblock"]);
    const missing = leaves
      .map(([name]) => name)
      .filter((name) => /^(init|run|status|log|doctor|demo|task|roadmap|config)\b/.test(name))
      .filter((name) => ![...called].some((line) => line === name || line.startsWith(`${name} `)));
    expect(missing).toEqual([]);
  },
  TEST_LIMIT_MS,
);

test(
  "task unblock prints where the task is now",
  async () => {
    const text = "version: 1\ntasks:\n  - {id: T1, title: One, status: blocked}\n";
    const yard = makeWorkspace({
      roadmap: {},
      agent: ["/bin/true"],
      files: { "state/roadmap.yaml": text },
    });
    await yard.wvo("roadmap", "import");
    const ran = await yard.wvo("task", "unblock", "T1", "--json");
    expect(JSON.parse(ran.stdout)).toEqual({ id: "T1", state: "backlog.ready" });
  },
  TEST_LIMIT_MS,
);

test("a fault is one line of JSON on standard error, and nothing is on standard output", async () => {
  const yard = makeWorkspace({ roadmap: { version: 2 }, agent: ["/bin/true"] });
  const ran = await yard.wvo("roadmap", "check", "--json");
  expect([ran.code, ran.stdout]).toEqual([5, ""]);
  const { error } = JSON.parse(ran.stderr);
  expect(Object.keys(error)).toEqual(
    expect.arrayContaining(["code", "where", "found", "expected", "next"]),
  );
});
