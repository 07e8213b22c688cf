/** Calling git: faults that quote it, settings that do not matter, and an end in any case. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { git, gitNames, tryGit } from "../../src/git/git.ts";
import { inTurn } from "../../src/git/turns.ts";
import { pause, stopwatch } from "../../src/clock.ts";
import { read, yardTest } from "./yard.ts";

/** True while a process with this text in its arguments lives. */
function lives(text: string): boolean {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.some((pid) => read("/proc", pid, "cmdline")?.includes(text) === true);
}

describe("a call of git", () => {
  yardTest("that fails is a fault which quotes it", async ({ expect, yard }) => {
    const call = git(["rev-parse", "--verify", "nope"], { cwd: yard.home });
    await expect(call).rejects.toMatchObject({ code: "git.failed", retriable: true });
    await expect(call).rejects.toThrow("exit code 128: fatal: Needed a single revision");
    const missing = git(["status"], { cwd: join(yard.root, "nope") });
    await expect(missing).rejects.toThrow("nope");
  });

  yardTest("takes names as they are", async ({ expect, yard }) => {
    const odd = ["a b", "line\nline", "*", ":(top)", "ü"];
    const script = odd.map((name) => `echo x > $'${name.replace("\n", "\\n")}'`).join("; ");
    yard.sh(yard.home, script);
    const listed = ["ls-files", "-z", "--others"];
    expect(new Set(await gitNames(listed, { cwd: yard.home }))).toEqual(new Set(odd));
    expect(await gitNames([...listed, "--", "*"], { cwd: yard.home })).toEqual(["*"]);
  });

  yardTest(
    "runs apart from our own group, and dies with all it started",
    async ({ expect, yard }) => {
      const mark = `300.${process.pid}`;
      const abort = new AbortController();
      const alias = ["-c", `alias.hang=!sleep ${mark}; true`, "hang"];
      const call = tryGit(alias, { cwd: yard.home, signal: abort.signal });
      const waitedMs = stopwatch();
      while (!lives(mark) && waitedMs() < 5_000) await pause(5);
      expect(lives(mark)).toBe(true);
      abort.abort(new Error("enough"));
      await expect(call).rejects.toThrow("enough");
      while (lives(mark) && waitedMs() < 10_000) await pause(5);
      expect(lives(mark)).toBe(false);
    },
  );
});

describe("turns", () => {
  test("are taken one at a time, in order, also after a failure", async () => {
    const done: string[] = [];
    const work = (name: string) => async () => {
      done.push(`${name} begins`);
      await pause(1);
      done.push(`${name} ends`);
      if (name === "b") throw new Error("b failed");
      return name;
    };
    const all = ["a", "b", "c"].map((name) => inTurn("key", work(name)));
    const other = inTurn("another key", work("x"));
    expect(await Promise.allSettled([...all, other])).toMatchObject([
      { value: "a" },
      { reason: { message: "b failed" } },
      { value: "c" },
      { value: "x" },
    ]);
    const own = done.filter((line) => !line.startsWith("x"));
    expect(own).toEqual(["a", "b", "c"].flatMap((each) => [`${each} begins`, `${each} ends`]));
    expect(done.indexOf("x begins")).toBeLessThan(done.indexOf("a ends"));
  });

  test("are refused where far too many wait", async () => {
    const waiting = Array.from({ length: 1_000 }, () => inTurn("busy", () => pause(0)));
    await expect(inTurn("busy", () => pause(0))).rejects.toMatchObject({
      code: "git.tooManyWaiting",
    });
    await Promise.all(waiting);
  });
});
