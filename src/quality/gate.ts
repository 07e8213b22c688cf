/** Runs the configured checks over one checkout, in order. The verdict is the gate chart's. */
import type { CheckResult } from "../../machines/protocol.ts";
import type { CheckConfig } from "../config/schema.ts";
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
