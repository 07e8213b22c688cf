/**
 * What the way of a tool call costs: through shim, supervisor and worker against the same call straight
 * to the worker; a claim at rest, from the client's line to its commit and to its answer; and many clients.
 */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { stopwatch } from "../../src/clock.ts";
import { wvoArgv } from "../../src/supervisor/launcher.ts";
import { makePlace } from "../../src/supervisor/place.ts";
import { openClient } from "./client.ts";
import type { BenchClient } from "./client.ts";
import { inFolder, median, percentile, rate, sharedNowMs } from "./measure.ts";
import type { Figure } from "./measure.ts";

const ROUNDS = 15;
const ECHOES = 200;
const CLAIMS = 100;
const CLIENTS = 100;
const CALLS = 10_000;
/** Processes that start at the same time: what is measured begins when all of them are there. */
const STARTS = 4;
const TEXT = "x".repeat(200);
const RATIO_MAX = 2;
const CLAIM_MAX_MS = 5;

export const mcp = (): Promise<readonly Figure[]> =>
  inFolder(async (folder) => {
    const yard = await open(folder);
    try {
      const [through, straight] = [await yard.shim(), await yard.straight()];
      return [
        ...(await echoes(through, straight)),
        ...(await claims(through)),
        ...(await crowd(yard.shim)),
      ];
    } finally {
      await yard.close();
    }
  });

interface Yard {
  /** A client that started `wvo mcp`. */
  readonly shim: () => Promise<BenchClient>;
  /** A client on the worker's own socket. */
  readonly straight: () => Promise<BenchClient>;
  readonly close: () => Promise<void>;
}

async function open(folder: string): Promise<Yard> {
  const repo = makeRepository(folder);
  const env = { ...process.env, WVO_WORKTREE_ROOT: join(folder, "worktrees") };
  const children: ChildProcessByStdio<Writable, Readable, null>[] = [];
  const start = ([program, ...args]: readonly [string, ...string[]]) => {
    const child = spawn(program, args, { cwd: repo, env, stdio: ["pipe", "pipe", "ignore"] });
    children.push(child);
    return child;
  };
  const echo = new URL("./echo.ts", import.meta.url).pathname;
  const up = start([process.execPath, echo, "up"]);
  await once(up.stdout, "data");
  const { sockets } = makePlace(join(repo, "state"));
  return {
    shim: async () => {
      const { stdin, stdout } = start(wvoArgv("mcp"));
      return openClient(stdout, stdin);
    },
    straight: async () => {
      const socket = connect(join(sockets, "worker-1.sock"));
      await once(socket, "connect");
      socket.write(`${JSON.stringify({ wvo: "mcp", role: "operator" })}\n`);
      return openClient(socket, socket);
    },
    close: async () => {
      for (const child of children.toReversed()) {
        const ended = once(child, "exit");
        if (child.kill("SIGTERM")) await ended;
      }
    },
  };
}

/** Enough tasks for every claim that is made here, of which none is dispatched. */
function makeRepository(folder: string): string {
  const repo = join(folder, "repo");
  mkdirSync(join(repo, "state"), { recursive: true });
  const command = { kind: "command", program: ["true"] };
  const config = { version: 1, target: "main", providers: { command } };
  const tasks = Array.from({ length: CLAIMS + CLIENTS }, (_, n) => {
    return { id: `T${n}`, title: `Task ${n}` };
  });
  writeFileSync(join(repo, "weathervane.yaml"), JSON.stringify(config));
  writeFileSync(join(repo, "state/roadmap.yaml"), JSON.stringify({ version: 1, tasks }));
  writeFileSync(join(repo, "state/.gitignore"), "*\n!.gitignore\n!roadmap.yaml\n");
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: repo });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  const identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.invalid"];
  git(...identity, "commit", "--quiet", "--message=first");
  return repo;
}

/** Rounds that alternate; the first one of each way is for warming up. */
async function echoes(through: BenchClient, straight: BenchClient): Promise<readonly Figure[]> {
  const rounds: { readonly through: number; readonly straight: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    rounds.push({ through: await echo(through), straight: await echo(straight) });
  }
  const warm = rounds.slice(1);
  const ratio = median(warm.map((each) => each.through / each.straight));
  const value = (way: "through" | "straight"): number => median(warm.map((each) => each[way]));
  const plain = { unit: "ms", promise: "", kept: null };
  return [
    { name: "echo straight to the worker, p50", value: value("straight"), ...plain },
    { name: "echo through shim and supervisor, p50", value: value("through"), ...plain },
    {
      name: "echo through against straight, p50",
      value: ratio,
      unit: "times",
      promise: `at most ${RATIO_MAX}`,
      kept: ratio <= RATIO_MAX,
    },
  ];
}

async function echo(client: BenchClient): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < ECHOES; n += 1) {
    taken.push(await timed(() => client.call("echo", { text: TEXT })));
  }
  return median(taken);
}

async function timed(call: () => Promise<boolean>): Promise<number> {
  const elapsedMs = stopwatch();
  if (!(await call())) throw new Error("a call failed");
  return elapsedMs();
}

/** Effects start with the commit; the answer is described and sent on its way after that. */
async function claims(client: BenchClient): Promise<readonly Figure[]> {
  const claimed: { readonly committed: number; readonly answered: number }[] = [];
  for (let n = 0; n < CLAIMS; n += 1) {
    const claim = { task_id: `T${n}`, agent_id: `agent-${n}` };
    const startedAt = sharedNowMs();
    const answered = await timed(() => client.call("task_claim", claim));
    const { at } = await client.ask("taken");
    const committed = Number(at) - startedAt;
    const isBetween = committed >= 0 && committed <= answered;
    if (!isBetween) throw new Error(`T${n}: no commit seen between its claim and the answer`);
    claimed.push({ committed, answered });
  }
  // The first ones are for warming up.
  const warm = claimed.slice(CLAIMS / 4);
  const committed = median(warm.map((each) => each.committed));
  return [
    {
      name: "task_claim through shim and supervisor to its commit, p50",
      value: committed,
      unit: "ms",
      promise: `under ${CLAIM_MAX_MS}`,
      kept: committed < CLAIM_MAX_MS,
    },
    {
      name: "task_claim to its answer, p50",
      value: median(warm.map((each) => each.answered)),
      unit: "ms",
      promise: "",
      kept: null,
    },
  ];
}

/** Each client is a process, and does as an agent does: one call after the other. */
async function crowd(open: () => Promise<BenchClient>): Promise<readonly Figure[]> {
  const clients: BenchClient[] = [];
  while (clients.length < CLIENTS) {
    clients.push(...(await Promise.all(Array.from({ length: STARTS }, open))));
  }
  const taken: number[] = [];
  let failed = 0;
  const elapsedMs = stopwatch();
  const work = async (client: BenchClient, who: number): Promise<void> => {
    for (const [name, args] of workOf(who)) {
      const callMs = stopwatch();
      if (!(await client.call(name, args))) failed += 1;
      taken.push(callMs());
    }
  };
  await Promise.all(clients.map(work));
  const many = `${CLIENTS} clients, ${taken.length} calls`;
  const plain = { promise: "", kept: null };
  return [
    { name: `${many}, failed`, value: failed, unit: "", promise: "none", kept: failed === 0 },
    {
      name: `${many}, together`,
      value: rate(taken.length, elapsedMs()),
      unit: "calls/s",
      ...plain,
    },
    { name: `${many}, p50`, value: percentile(taken, 50), unit: "ms", ...plain },
    { name: `${many}, p99`, value: percentile(taken, 99), unit: "ms", ...plain },
  ];
}

type Work = readonly (readonly [string, Readonly<Record<string, unknown>>])[];

/** One claim, then reports and questions in turn. */
function workOf(who: number): Work {
  const [agent_id, task_id] = [`crowd-${who}`, `T${CLAIMS + who}`];
  const turns = [
    ["task_update", { task_id, agent_id, event: "progress", note: "on it" }],
    ["task_get", { task_id }],
    ["event_claim", { agent_id }],
    ["context_search", { query: "anything" }],
  ] as const;
  return Array.from({ length: CALLS / CLIENTS }, (_, n) =>
    n === 0 ? ["task_claim", { task_id, agent_id }] : (turns[n % turns.length] ?? turns[0]),
  );
}
