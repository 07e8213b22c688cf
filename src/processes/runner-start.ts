/**
 * Spawning the detached runner of a run. Whether it took the run is seen in the run's folder, by
 * `supervise.ts`; here is only known that it could not be spawned or ended at once.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FILE, OWNER_ONLY_FILE } from "./run-folder.ts";
import { runnerEnv } from "./run-spec.ts";
import type { MarkedSpec } from "./run-spec.ts";

/** The runner lies beside this file, as source or as built. */
const isSource = import.meta.url.endsWith(".ts");
const RUNNER = fileURLToPath(new URL(isSource ? "runner.ts" : "runner.js", import.meta.url));
/** Beside the runs. Without it each runner loads the compiler: 30 MB and 0.1 s more. */
const COMPILED = ".compiled";
const COMPILE_LIMIT_MS = 10_000;
/** V8's default lets 16 MB of garbage gather, which is most of what a runner would take. */
const SMALL = ["--max-semi-space-size=1"];
const LOG_EXCERPT_CHARS = 1_000;

export interface StartedRunner {
  /** Why it is not running any more, or null. */
  readonly failure: () => string | null;
}

/** Its stderr goes to a file: nothing else would tell why a runner could not run. */
export function spawnRunner(runDir: string, spec: MarkedSpec): StartedRunner {
  const log = join(runDir, FILE.runnerLog);
  const stderr = openSync(log, "a", OWNER_ONLY_FILE);
  let failure: string | null = null;
  const env = { ...runnerEnv(process.env, spec), ...(isSource ? compiledIn(runDir) : {}) };
  const options = { cwd: "/", env, detached: true } as const;
  const stdio = ["ignore", "ignore", stderr] as const;
  spawn(process.execPath, [...SMALL, RUNNER, runDir], { ...options, stdio: [...stdio] })
    .on("error", (error) => (failure = `a runner that could not be spawned: ${error.message}`))
    .on("exit", (code, signal) => {
      // A run's folder may be cleared away before its runner is seen to have ended.
      const said = existsSync(log) ? readFileSync(log, "utf8") : "";
      const excerpt = said.slice(-LOG_EXCERPT_CHARS).trim();
      failure = `a runner that ended at once (${signal ?? code}): ${excerpt}`;
    })
    .unref();
  closeSync(stderr);
  return { failure: () => failure };
}

/** The first one is compiled by a process that ends: none that stays is to carry the compiler. */
function compiledIn(runDir: string): Readonly<Record<string, string>> {
  const folder = join(dirname(runDir), COMPILED);
  const cache = { NODE_COMPILE_CACHE: folder };
  if (existsSync(folder)) return cache;
  // Without a folder it has no run, and ends. Should it fail, the runner compiles for itself.
  spawnSync(process.execPath, [RUNNER], { env: cache, stdio: "ignore", timeout: COMPILE_LIMIT_MS });
  return cache;
}
