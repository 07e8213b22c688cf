/** `wvo demo`: shows in under a minute what WeatherVane does, and what it survives. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDemo } from "../demo/demo.ts";
import type { DemoResult } from "../demo/demo.ts";
import { command } from "./command.ts";
import { render } from "./task/list.ts";
import { fromHere } from "./workspace.ts";

export const demoCommand = () =>
  command<{ dir?: string }>(
    {
      name: "demo",
      summary: "see it work on a small repository, without network or keys",
      isLocal: true,
    },
    async ({ out, options }) => {
      const folder =
        options.dir === undefined
          ? mkdtempSync(join(tmpdir(), "wvo-demo-"))
          : fromHere(options.dir);
      const result = await runDemo(folder, (text) => out.progress(text));
      out.line(result.summary, () => renderDemo(result));
    },
  ).option("--dir <folder>", "an empty folder for the repository; by default a temporary one");

function renderDemo({ summary, rows, log, tests }: DemoResult): string {
  const { repo, done, tasks, conflicts, gate_failures, kills, seconds } = summary;
  return [
    "",
    render(rows),
    "",
    "git log of main:",
    log,
    "",
    "the repository's own tests:",
    tests,
    "",
    `${done} of ${tasks} tasks merged in ${seconds} s, through ${conflicts} merge conflict, ` +
      `${gate_failures} failed gate and ${kills} SIGKILL of the orchestrator`,
    `look around: cd ${repo}`,
  ].join("\n");
}
