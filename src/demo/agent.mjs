// The scripted agent of the demo: it does what a coding agent does, from a script. It reads its
// brief, edits files in its worktree and exits. One task makes it crash, one it gets wrong at first.
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const {
  WVO_TASK_ID: task,
  WVO_ATTEMPT: attempt,
  WVO_WORKTREE: worktree,
  WVO_BRIEF: brief,
} = process.env;
const THINKING_MS = 600;

const solutions = (name) => join(import.meta.dirname, "solutions", name);
const say = (message) => console.log(JSON.stringify(message));

function apply(name) {
  if (existsSync(solutions(name))) cpSync(solutions(name), worktree, { recursive: true });
}

/** Adds a station to the one line that holds them all; two agents do this at the same time. */
function addStation(name) {
  const path = join(worktree, "lib/stations.mjs");
  const known = readFileSync(path, "utf8").match(/"[a-z]+"/g) ?? [];
  const all = [...new Set([...known, `"${name}"`])];
  writeFileSync(path, `export const stations = [${all.join(", ")}];\n`);
}

const scripts = {
  "T1.2.2": () => {
    if (attempt === "1") {
      writeFileSync(join(worktree, "lib-average-unfinished.txt"), "half an id");
      process.kill(process.pid, "SIGKILL");
    }
    apply(task);
  },
  "T1.2.3": () => apply(attempt === "1" ? `${task}.wrong` : task),
  "T1.3.1": () => addStation("harbour"),
  "T1.3.2": () => addStation("summit"),
};

say({ wvo: "progress", text: `read ${readFileSync(brief, "utf8").split("\n", 1)[0]}` });
await pause(THINKING_MS);
(scripts[task] ?? (() => apply(task)))();
say({ wvo: "usage", input_tokens: 1_200, output_tokens: 300 });
