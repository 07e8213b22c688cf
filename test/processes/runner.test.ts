/** What a run does with its program: starting, output, limits, and leaving nothing behind. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stopwatch } from "../../src/clock.ts";
import { endRun, startRun, watchRun } from "../../src/processes/supervise.ts";
import { alive, eventually, finish, openLab, programs, readJson } from "./lab.ts";
import type { Lab } from "./lab.ts";

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const sh = (script: string): readonly string[] => ["sh", "-c", script];

test.each([
  ["success", sh("exit 0"), { code: 0, signal: null }],
  ["failure", sh("exit 3"), { code: 3, signal: null }],
  ["its own signal", sh("kill -9 $$"), { code: null, signal: "SIGKILL" }],
])("a program that ends by %s has exited", async (_title, argv, expected) => {
  const { exit } = await lab.run(argv);
  expect(exit).toMatchObject({ outcome: "exited", leftovers: 0, truncated: false, ...expected });
  expect(exit.endedAtMs).toBeGreaterThanOrEqual(exit.startedAtMs);
});

test("a program that can't be started says why", async () => {
  const plain = join(lab.root, "plain.txt");
  const lost = join(lab.root, "lost.sh");
  writeFileSync(plain, "no program");
  writeFileSync(lost, "#!/no/such/interpreter\n", { mode: 0o755 });
  const why = async (argv: readonly string[], cwd = lab.root): Promise<string> => {
    const { exit } = await lab.run(argv, { cwd });
    expect(exit).toMatchObject({ outcome: "notStarted", code: null, signal: null });
    return exit.detail;
  };
  expect(await why(["no-such-program"])).toBe("the program no-such-program was not found (ENOENT)");
  expect(await why(["./missing.sh"])).toBe("the program ./missing.sh was not found (ENOENT)");
  expect(await why([plain])).toBe(`${plain} is not executable (EACCES)`);
  expect(await why([lost])).toContain(`first line of ${lost} names was not found`);
  expect(await why(["true"], "/no/such/folder")).toBe(
    "the working directory /no/such/folder is not a directory",
  );
  expect(await why([])).toBe("no program was named");
  expect(await why(["true", "\0"])).toContain("could not be started");
  expect(await why(["true", "x".repeat(3_000_000)])).toContain("too long (E2BIG)");
});

test("no shell reads the arguments, and stdin is empty", async () => {
  const script = 'cat; printf "%s|" "$0" "$@"';
  const { stdout } = await lab.run(["sh", "-c", script, "a b", "$HOME; `id`"]);
  expect(stdout.toString()).toBe("a b|$HOME; `id`|");
});

test("of our environment a program gets little, and its run's mark", async () => {
  process.env["WVO_TEST_SECRET"] = "secret";
  process.env["LANG"] = "C";
  const { stdout } = await lab.run(["env"], { env: { GIVEN: "1", TERM: "dumb" } });
  delete process.env["WVO_TEST_SECRET"];
  const lines = stdout.toString().trimEnd().split("\n");
  const few = ["GIVEN", "HOME", "LANG", "PATH", "SHELL", "TERM", "TMPDIR", "USER"];
  const allowed = new Set([...few, "WVO_RUN_ID", "WVO_RUN_MARK", "WVO_TEST_LAB"]);
  expect(
    lines.map((line) => line.split("=")[0]).filter((name) => !allowed.has(name ?? "")),
  ).toEqual([]);
  expect(lines).toEqual(
    expect.arrayContaining(["GIVEN=1", "LANG=C", "TERM=dumb", `WVO_TEST_LAB=${lab.root}`]),
  );
  expect(lines.filter((line) => /^WVO_RUN_(?:ID=lab|MARK=\w{32}$)/.test(line))).toHaveLength(2);
});

test("each stream has its own log, byte by byte, also by way of /dev/stderr", async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  writeFileSync(join(lab.root, "bytes"), bytes);
  const { stdout, stderr, exit } = await lab.run(sh("cat bytes; cat bytes bytes > /dev/stderr"));
  expect(stdout).toEqual(bytes);
  expect(stderr).toEqual(Buffer.concat([bytes, bytes]));
  expect(exit).toMatchObject({ stdoutBytes: 256, stderrBytes: 512, truncated: false });
});

test("200 MB of output are counted, cut, and never held in memory", async () => {
  const runDir = lab.runDir();
  const script = `${join(programs, "flood.sh")} 200000000; echo done >&2; until [ -e go ]; do sleep 0.01; done`;
  await startRun(runDir, lab.spec(sh(script)));
  await eventually(() => (sizeOf(join(runDir, "stderr.log")) > 0 ? true : null));
  const runner = readJson(join(runDir, "claim")).pid;
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${runner}/status`, "utf8"))?.[1];
  writeFileSync(join(lab.root, "go"), "");
  const { exit, stdout } = await finish(runDir);
  expect(exit).toMatchObject({ stdoutBytes: 200_000_000, truncated: true, code: 0 });
  expect(stdout.length).toBeLessThan(100_100);
  expect(stdout.length).toBeGreaterThanOrEqual(50_000);
  expect(Number(peak)).toBeLessThan(100_000);
});

test("a program that falls silent is ended", async () => {
  const { exit, stdout } = await lab.run(sh("echo hello; sleep 300"), { limits: { idleMs: 200 } });
  expect(exit).toMatchObject({ outcome: "idleTimeout", signal: "SIGTERM" });
  expect(exit.detail).toBe("the program wrote nothing for 200 ms; ended by SIGTERM");
  expect(stdout.toString()).toBe("hello\n");
});

test("output on either stream keeps a program from being idle", async () => {
  const chatter = "for i in 1 2 3 4 5 6; do sleep 0.1; echo out; sleep 0.1; echo err >&2; done";
  const { exit } = await lab.run(sh(chatter), { limits: { idleMs: 600 } });
  expect(exit).toMatchObject({ outcome: "exited", stdoutBytes: 24, stderrBytes: 24 });
});

test("a program that talks for too long is ended too", async () => {
  const { exit } = await lab.run(sh("while :; do echo on; sleep 0.02; done"), {
    limits: { wallMs: 300 },
  });
  expect(exit.outcome).toBe("wallTimeout");
});

test("a program that does not obey SIGTERM is killed, and so is its child", async () => {
  const { exit } = await lab.run([join(programs, "deaf.sh")], { limits: { wallMs: 300 } });
  expect(exit).toMatchObject({ outcome: "wallTimeout", signal: "SIGKILL" });
});

test.each(["child", "session", "daemon", "nameless", "stubborn"])(
  "what a program leaves behind as a %s is ended",
  async (way) => {
    const { exit } = await lab.run([join(programs, "daemon.sh"), way, `left-${lab.root}`]);
    expect(exit).toMatchObject({ outcome: "exited", code: 0 });
    expect(exit.leftovers).toBeGreaterThan(0);
    expect(alive(`left-${lab.root}`)).toEqual([]);
  },
);

test("what hid its environment and session, but not its parent, is ended by a stop", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec([join(programs, "daemon.sh"), "hidden", `left-${lab.root}`]));
  await eventually(() => (alive(`: "$0" left-${lab.root}`).length > 0 ? true : null));
  expect(await endRun(runDir)).toMatchObject({ kind: "ended", exit: { outcome: "stopped" } });
  expect(alive(`left-${lab.root}`)).toEqual([]);
});

test("a daemon that holds the output open does not keep the run waiting", async () => {
  const tookMs = stopwatch();
  const { exit, stdout } = await lab.run(sh("setsid sleep 300 & echo before"));
  expect(exit).toMatchObject({ outcome: "exited", leftovers: 1 });
  expect(stdout.toString()).toBe("before\n");
  expect(tookMs()).toBeLessThan(3_000);
});

test("the runner is not ended by the signals of a terminal", async () => {
  const runDir = lab.runDir();
  await startRun(runDir, lab.spec(sh("until [ -e go ]; do sleep 0.01; done")));
  await eventually(() => statSync(join(runDir, "stdout.log"), { throwIfNoEntry: false }) ?? null);
  const { pid } = readJson(join(runDir, "claim"));
  process.kill(pid, "SIGHUP");
  process.kill(pid, "SIGINT");
  writeFileSync(join(lab.root, "go"), "");
  expect((await finish(runDir)).exit).toMatchObject({ outcome: "exited", code: 0 });
});

test("a run whose output can't be kept is not started", async () => {
  const runDir = lab.runDir();
  mkdirSync(join(runDir, "stderr.log"), { recursive: true });
  await startRun(runDir, lab.spec(sh("touch started")));
  const end = await watchRun(runDir, { onBeat: () => {} });
  expect(end).toMatchObject({ kind: "ended", exit: { outcome: "notStarted" } });
  expect(end).toHaveProperty("exit.detail", expect.stringContaining("EISDIR"));
  expect(existsSync(join(lab.root, "started"))).toBe(false);
});
