/** Runs the configured checks over one checkout, in order. The verdict is the gate chart's. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { CheckResult } from "../../machines/protocol.ts";
import type { CheckConfig } from "../config/schema.ts";
import { endRun } from "../processes/supervise.ts";
import { runCheck } from "./check.ts";
import type { CheckScope } from "./check.ts";

/** Once a mandatory check has failed the later ones would only cost time. */
export async function runChecks(
  checks: readonly CheckConfig[],
  scope: CheckScope,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const result = await runCheck(check, scope);
    results.push(result);
    if (result.mandatory && !result.passed) break;
  }
  return results;
}

/** Makes sure that nothing is alive of the checks whose runs lie in a folder. */
export async function endChecks(folder: string): Promise<void> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  // Runners keep a cache there too, whose name no check can have.
  const runs = names.filter((name) => !name.startsWith("."));
  await Promise.all(runs.map((run) => endRun(join(folder, run))));
}
