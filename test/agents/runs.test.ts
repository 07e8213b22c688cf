/** The effects of the agent chart that concern its program. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Assignment } from "../../machines/protocol.ts";
import { openProvider } from "../../src/agents/providers.ts";
import type { Provider } from "../../src/agents/provider.ts";
import { Runs } from "../../src/agents/runs.ts";
import { providerSchema } from "../../src/config/providers.ts";
import { emptyFolder } from "../support/workbench.ts";

/** A program that is on its way is there within a minute, also on a busy machine. */
const APPEAR_LIMIT_MS = 60_000;

const work: Assignment = {
  taskId: "T1",
  runId: "T1.1",
  provider: "command",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
};

function runsWith(runsRoot: string, providers: ReadonlyMap<string, Provider>): Runs {
  const brief = async () => ({ text: "# T1\n", attempt: 1 });
  return new Runs({ runsRoot, providers, worktreeOf: () => runsRoot, brief, onBeat: () => {} });
}

test("a run whose provider is configured no more is given back, not stuck for ever", async () => {
  const runsRoot = emptyFolder();
  const config = providerSchema.parse({ kind: "command", program: ["sleep", "60"] });
  const request = { agentId: "worker-01", work };
  const earlier = new AbortController();
  const before = runsWith(
    runsRoot,
    new Map([["command", openProvider("command", config, runsRoot)]]),
  );
  const left = before.run(request, earlier.signal).catch(() => null);
  const isThere = () => existsSync(join(runsRoot, "T1.1", "process.json"));
  await expect.poll(isThere, { timeout: APPEAR_LIMIT_MS }).toBe(true);
  earlier.abort();
  await left;
  const detail = "its provider command is not in weathervane.yaml any more";
  const stopped = await runsWith(runsRoot, new Map()).stop(request);
  expect(stopped).toMatchObject({ outcome: "stopped", detail, usage: null });
  const adopted = await runsWith(runsRoot, new Map()).adopt(request, new AbortController().signal);
  expect(adopted).toMatchObject({ outcome: "stopped", detail, usage: null });
});
