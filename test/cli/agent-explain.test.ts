/** `wvo agent explain`: the recordings, as a person or a program asks about them. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { execFile } from "node:child_process";
import { recording } from "../agents/recordings.ts";
import type { Recording } from "../agents/recordings.ts";
import { emptyFolder } from "../support/workbench.ts";

const LAUNCHER = new URL("../../src/wvo.js", import.meta.url).pathname;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asked from a folder that is no workspace: a recording needs none. */
const explain = (...args: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    const options = { cwd: emptyFolder(), env: { PATH: process.env["PATH"], NO_COLOR: "1" } };
    execFile(
      process.execPath,
      [LAUNCHER, "agent", "explain", ...args],
      options,
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
  });

const asked = ({ meta, path, stderrPath }: Recording): readonly string[] => [
  "--provider",
  meta.cli,
  "--stderr",
  stderrPath,
  path,
  ...(meta.exitCode === null ? [] : ["--exit", String(meta.exitCode)]),
  ...(meta.signal === null ? [] : ["--signal", meta.signal]),
];

test.each([
  ["claude-oauth-usage-limit"],
  ["claude-perm-manual-write-denied"],
  ["codex-resume-unknown"],
  ["codex-sigterm"],
])("%s, for programs", async (name) => {
  const recorded = recording(name);
  const { code, stdout } = await explain(...asked(recorded), "--json");
  const told = JSON.parse(stdout) as Record<string, unknown>;
  expect(code).toBe(0);
  expect(Object.keys(told).join(" ")).toBe(
    "outcome errorClass retryAfterMs resetsAt sessionId usage denials findings",
  );
  const { outcome, errorClass, permissionDenials = 0 } = recorded.meta.expect;
  expect(told).toMatchObject({ outcome, errorClass });
  expect(told["denials"]).toHaveLength(permissionDenials);
  expect(told["resetsAt"]).toBe(name === "claude-oauth-usage-limit" ? 1_795_237_979_000 : null);
});

test("for people", async () => {
  const { stdout } = await explain(...asked(recording("claude-perm-bash-curl-denied")));
  expect(stdout).toBe(
    [
      "WHAT         VALUE",
      "outcome      completed",
      "because      the program says that it is done",
      "then         its work is looked at",
      "retry after  -",
      "resets at    -",
      "session      01bc90e1-03ac-4291-b26d-1971715b6927",
      "tokens in    24949",
      "tokens out   40",
      "cost         0.10059599999999999 USD",
      "finding      permissions: Bash was denied: This command requires approval",
      "",
    ].join("\n"),
  );
});

describe("a run of ours", () => {
  const folderOf = (name: string): string => {
    const { path, stderrPath, meta } = recording(name);
    const folder = join(emptyFolder(), "T1.1");
    mkdirSync(folder);
    cpSync(path, join(folder, "stdout.log"));
    cpSync(stderrPath, join(folder, "stderr.log"));
    const exit = { outcome: "wallTimeout", code: meta.exitCode, signal: meta.signal, endedAtMs: 1 };
    writeFileSync(join(folder, "exit.json"), JSON.stringify(exit));
    return folder;
  };

  test("tells itself how it ended", async () => {
    const { stdout } = await explain("--provider", "codex", folderOf("codex-sigterm"), "--json");
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "aborted", errorClass: "timeout" });
  });

  test("tells the version of the program that ran", async () => {
    const folder = folderOf("codex-sigterm");
    writeFileSync(join(folder, "spec.json"), JSON.stringify({ notes: { version: "0.169.0" } }));
    const { stdout } = await explain("--provider", "codex", folder);
    expect(stdout).toMatch(/^version +0\.169\.0$/m);
    const json = await explain("--provider", "codex", folder, "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ version: "0.169.0" });
  });

  test("is not told by others how it ended", async () => {
    const folder = folderOf("codex-sigterm");
    const said = await explain("--provider", "codex", "--exit", "0", folder);
    expect(said).toMatchObject({ code: 2 });
    expect(said.stderr).toContain("the folder alone");
  });
});

const { path } = recording("claude-auth");

test.each([
  ["a file that is not there", 3, "no such file", ["--provider", "claude", "nowhere.jsonl"]],
  [
    "standard error that is not there",
    3,
    "no such file",
    ["--provider", "claude", "--stderr", "nowhere.txt", path],
  ],
  ["no provider", 2, "--provider", [path]],
  ["a provider that there is none of", 2, "one of claude, codex", ["--provider", "command", path]],
  ["the wrong provider", 5, "--provider claude", ["--provider", "codex", path]],
  ["no transcript", 2, "missing required argument", ["--provider", "codex"]],
  ["an exit code that is none", 2, "0 to 255", ["--provider", "claude", "--exit", "-1", path]],
  ["a signal that is none", 2, "SIGTERM", ["--provider", "claude", "--signal", "9", path]],
  [
    "an exit code and a signal",
    2,
    "one of them",
    ["--provider", "claude", "--exit", "0", "--signal", "SIGTERM", path],
  ],
] as const)("%s: exit code %i", async (...[, code, words, args]) => {
  const said = await explain(...args);
  expect(said).toMatchObject({ code, stdout: "" });
  expect(said.stderr).toContain(words);
});

test("a signal is understood without its SIG, in small letters too", async () => {
  const { meta, path: file } = recording("codex-sigterm");
  const { stdout } = await explain("--provider", meta.cli, "--signal", "term", file, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ errorClass: "killed" });
});
