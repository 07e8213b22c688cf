/**
 * What a run costs besides its agent: the time from the dispatch to the start of the program, with
 * the worktree and the runner in between, and the memory of the runner that stays beside it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "../../src/app/app.ts";
import { importRoadmap } from "../../src/app/roadmap-import.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Commit } from "../../src/host/loop.ts";
import { readProgram } from "../../src/processes/run-folder.ts";
import { parseRoadmap } from "../../src/roadmap/parse.ts";
import { inFolder, percentile } from "./measure.ts";
import type { Figure } from "./measure.ts";

const RUNS = 40;
const FILES = 200;
const MEMORY_MAX_MB = 60;
const KIB_PER_MB = 1_000_000 / 1_024;

/** Its parent is the runner. It stays for a moment, as the runner's memory settles within that. */
const AGENT =
  'sleep 0.3; touch "$WVO_TASK_ID"; grep VmRSS "/proc/$PPID/status" > "$NOTES/$WVO_RUN_ID"';

export const overhead = (): Promise<readonly Figure[]> =>
  inFolder(async (folder) => {
    const { repo, notes } = makeRepository(folder);
    const claimedAt = await workOff(repo, join(folder, "worktrees"));
    const startMs = [...claimedAt].map(([runId, atMs]) => {
      const started = readProgram(join(repo, "state/runs", runId))?.startedAtMs;
      if (started === undefined) throw new Error(`${runId} has no program on record`);
      return started - atMs;
    });
    const memoryMb = readdirSync(notes).map((name) => residentMb(join(notes, name)));
    if (startMs.length < RUNS || memoryMb.length < RUNS) throw new Error("some runs are missing");
    const most = Math.max(...memoryMb);
    const figure = { promise: "", kept: null };
    return [
      {
        name: "dispatch to program start, p50",
        value: percentile(startMs, 50),
        unit: "ms",
        ...figure,
      },
      {
        name: "dispatch to program start, p95",
        value: percentile(startMs, 95),
        unit: "ms",
        ...figure,
      },
      { name: "memory of a runner, p50", value: percentile(memoryMb, 50), unit: "MB", ...figure },
      {
        name: `memory of a runner, most of ${RUNS}`,
        value: most,
        unit: "MB",
        promise: `under ${MEMORY_MAX_MB}`,
        kept: most < MEMORY_MAX_MB,
      },
    ];
  });

/** `VmRSS:	   48000 kB`, of which each is 1,024 bytes. */
function residentMb(path: string): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(path, "utf8"))?.[1];
  return Number(kib) / KIB_PER_MB;
}

function makeRepository(folder: string) {
  const [repo, notes] = [join(folder, "repo"), join(folder, "notes")];
  mkdirSync(join(repo, "src"), { recursive: true });
  mkdirSync(notes);
  const program = ["/bin/sh", "-c", AGENT];
  const command = { kind: "command", program, env: { NOTES: notes } };
  const config = { version: 1, target: "main", agents: 1, wip_limit: 1, providers: { command } };
  writeFileSync(join(repo, "weathervane.yaml"), JSON.stringify(config));
  writeFileSync(join(repo, ".gitignore"), "state/\n");
  for (let file = 0; file < FILES; file += 1)
    writeFileSync(join(repo, `src/${file}.txt`), `${file}\n`);
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: repo });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  const identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.invalid"];
  git(...identity, "commit", "--quiet", "--message=first");
  return { repo, notes };
}

/** When each run was claimed, by the journal. Without a check each task then waits for a person. */
async function workOff(repo: string, worktrees: string): Promise<ReadonlyMap<string, number>> {
  const over = Promise.withResolvers<null>();
  const claimedAt = new Map<string, number>();
  let blocked = 0;
  const config = loadConfig(repo, { WVO_WORKTREE_ROOT: worktrees });
  const onCommit = ({ steps }: Commit): void => {
    for (const { actor, toState, atMs } of steps.filter((step) => step.actor.startsWith("task:"))) {
      if (toState === "active.claimed") claimedAt.set(`${actor.slice("task:".length)}.1`, atMs);
      if (toState === "blocked") blocked += 1;
    }
    if (blocked >= RUNS) over.resolve(null);
  };
  const app = await App.open({ config, onFault: over.reject, onCommit });
  await importRoadmap(roadmap(), { speaker: app.host, store: app.store }, { allowMissing: false });
  await app.begin();
  await over.promise;
  await app.drain();
  await app.close();
  return claimedAt;
}

const roadmap = () => {
  const tasks = Array.from({ length: RUNS }, (_, n) => ({ id: `T${n}`, title: `Task ${n}` }));
  return parseRoadmap(JSON.stringify({ version: 1, tasks }), "roadmap.yaml");
};
