/** A database that is lost: the folders of its runs are nobody's, and nothing is taken from them. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveMergedOnce, proveWhole } from "../support/proofs.ts";
import { makeWorkspace } from "../support/workspace.ts";

test("a new database begins its runs anew, and keeps what lies in their place", async () => {
  const roadmap = { version: 1, tasks: [{ id: "T-1", title: "One" }] };
  const yard = makeWorkspace({ roadmap, agent: "worker.mjs" });
  const first = yard.git("rev-parse", "HEAD");
  expect((await yard.wvo("run", "--until", "done")).code).toBe(0);
  yard.git("reset", "--quiet", "--hard", first);
  const state = join(yard.repo, "state");
  const files = readdirSync(state).filter((name) => name.startsWith("orchestrator.db"));
  files.forEach((name) => rmSync(join(state, name)));
  const again = await yard.wvo("run", "--until", "done");
  expect(again.code, again.stderr).toBe(0);
  const tasks = JSON.parse((await yard.wvo("task", "list", "--json")).stdout);
  expect(tasks).toMatchObject([{ id: "T-1", status: "done", attempts: 0 }]);
  proveMergedOnce(yard, tasks);
  await proveWhole(yard);
  expect(existsSync(join(state, "runs/T-1.1.old-1/exit.json"))).toBe(true);
});
