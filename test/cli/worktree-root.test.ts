/** The folder for worktrees, where it cannot be made: told before anything begins. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";

test("a folder for worktrees that cannot be made ends a run and a demo clearly", async () => {
  const roadmap = { version: 1, tasks: [{ id: "T1", title: "One" }] };
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"] });
  const inTheWay = join(yard.repo, "weathervane.yaml");
  Object.assign(yard.env, { WVO_WORKTREE_ROOT: join(inTheWay, "trees"), XDG_STATE_HOME: inTheWay });
  const demo = ["demo", "--dir", join(yard.notes, "demo")];
  for (const command of [["run", "--until", "idle"], demo]) {
    const ran = await yard.wvo(...command);
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    for (const word of [inTheWay, "found", "expected", "next", "WVO_WORKTREE_ROOT"])
      expect(ran.stderr).toContain(word);
    expect(ran.stderr).not.toContain("bug");
  }
  expect(yard.git("worktree", "list").split("\n")).toHaveLength(1);
});
