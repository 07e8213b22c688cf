// The check of the gate: the tests of the task at hand, and of every task that is in the history.
// Tests of tasks that nobody has done yet are expected to fail.
import { execFileSync, spawnSync } from "node:child_process";

const subjects = execFileSync("git", ["log", "--format=%s"], { encoding: "utf8" }).split("\n");
const done = subjects.flatMap((subject) => /^(T[\d.]+):/.exec(subject)?.[1] ?? []);
const tasks = [...new Set([process.env.WVO_TASK_ID, ...done])].filter(Boolean);
const files = tasks.map((task) => `test/${task}.test.mjs`);
const { status } = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
process.exitCode = status ?? 1;
