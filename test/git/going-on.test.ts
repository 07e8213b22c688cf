/** Going on with what a run left that was cut off: where it starts, and what counts as its change. */
import { describe } from "vitest";
import { read, yardTest } from "./yard.ts";
import type { Yard } from "./yard.ts";

const SEAT = { name: "agent-1", taskId: "T-1", branch: "wvo/T-1" } as const;
const START = { ...SEAT, startFrom: "target", target: "main", commit: null, left: null } as const;
const END = { ...SEAT, keep: true, message: "T-1: work" } as const;

/** The task hands in a commit; then the target moves on. */
async function handedIn(yard: Yard, work: string, meanwhile: string) {
  const { path } = await yard.worktrees.prepare(START);
  yard.sh(path, work);
  const { commit } = await yard.worktrees.collect(END);
  if (commit === null) throw new Error("nothing was handed in");
  yard.sh(yard.home, `${meanwhile}; git add --all; git commit -qm meanwhile`);
  return { path, commit, tip: await yard.repository.tipOf("main") };
}

describe.concurrent("a run that goes on with another one", () => {
  yardTest(
    "from what a cut-off run left: its change counts, from where it had started",
    async ({ expect, yard }) => {
      const { commit: left } = await handedIn(yard, "echo half > half", "echo other > other");
      const start = yard.sh(yard.home, "git rev-parse main~1").trim();
      const prepared = await yard.worktrees.prepare({ ...START, startFrom: "branch", left });
      expect(prepared.base).toBe(start);
      expect(read(prepared.path, "half")).toBe("half\n");
      const work = await yard.worktrees.collect(END);
      expect(work, "nothing more was needed").toMatchObject({ changed: true, commit: left });
    },
  );

  yardTest(
    "what it left is saved where the next run fails, and a fresh tree follows",
    async ({ expect, yard }) => {
      const { commit: left } = await handedIn(yard, "echo half > half", "echo other > other");
      const { path, base } = await yard.worktrees.prepare({ ...START, startFrom: "branch", left });
      yard.sh(path, "echo more > more");
      await yard.worktrees.collect({ ...END, keep: false });
      expect(yard.sh(yard.home, "git rev-parse wvo/T-1").trim()).toBe(base);
      expect(yard.lost(["half\n", "more\n"])).toEqual([]);
    },
  );

  yardTest(
    "from what a cut-off correction left: its change counts from what was handed in",
    async ({ expect, yard }) => {
      const { commit } = await handedIn(yard, "echo new > new", "echo other > other");
      await yard.worktrees.prepare({ ...START, startFrom: "branch", commit });
      yard.sh(yard.worktrees.pathOf("agent-1"), "echo half > half");
      const { commit: left } = await yard.worktrees.collect(END);
      const again = { ...START, startFrom: "branch", commit, left } as const;
      const prepared = await yard.worktrees.prepare(again);
      expect(prepared.base).toBe(commit);
      expect(read(prepared.path, "half")).toBe("half\n");
    },
  );
});
