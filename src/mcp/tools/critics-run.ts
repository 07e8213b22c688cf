/** `critics_run`: runs the configured checks over work that is not handed in yet. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import type { GateInput } from "../../../machines/protocol.ts";
import { nextTrial, trialActor, trialOf, trialsOf, trialsUnderWay } from "../../app/trials.ts";
import { TRIAL_PLACES, TRIALS_MAX, UNDER_WAY } from "../../app/trials.ts";
import { FaultError } from "../../fault.ts";
import { openRoot, worktreePath } from "../../git/linked-worktree.ts";
import { commitOrNull, openRepository } from "../../git/repository.ts";
import { commitAsItStands } from "../../git/trying.ts";
import { inTurn } from "../../git/turns.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { agentOf, holdOf } from "../visiting.ts";
import { agentId, id, key, waitSeconds } from "../words.ts";
import { awaitLeaving, recorded, standingOf, startOnce } from "../writing.ts";

const CRITICS_MAX = 50;
/** Of a check's output; the whole lies with the run. */
const EXCERPT_CHARS_MAX = 600;

const input = z.strictObject({
  task_id: id,
  agent_id: agentId,
  commit: id.optional(),
  critics: z.array(id).min(1).max(CRITICS_MAX).optional(),
  run_id: id.optional(),
  wait_s: waitSeconds,
  idempotency_key: key,
});
type Given = z.output<typeof input>;

const result = z.object({
  name: z.string(),
  passed: z.boolean(),
  mandatory: z.boolean(),
  score: z.number().nullable(),
  excerpt: z.string(),
});

export const criticsRun = defineTool({
  name: "critics_run",
  toolset: "work",
  title: "Try the checks",
  description: "Runs the checks over your worktree, or a commit; run_id asks for a run again.",
  input,
  output: z.object({
    run_id: z.string(),
    commit: z.string(),
    reason: z.string().nullable(),
    results: z.array(result),
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: WRITES,
  run: async (given, call) => {
    // Whether there is room for one more is decided by one call at a time.
    const actor = await inTurn("critics_run", () => trialFor(given, call));
    await awaitLeaving(call, actor, { states: UNDER_WAY, limitMs: given.wait_s * 1_000 });
    const { runId, context } = await trialNow(call, actor);
    const results = context.results.map(({ name, passed, mandatory, score, excerpt }) => {
      return { name, passed, mandatory, score, excerpt: excerpt.slice(-EXCERPT_CHARS_MAX) };
    });
    const { commit, reason } = context;
    return { run_id: runId, commit, reason, results, ...(await standingOf(call.app, actor)) };
  },
});

async function trialNow({ app }: ToolCall, actor: string) {
  const stored = await app.store.read(actor);
  if (stored === null) throw unknownRun(actor);
  return trialOf(stored);
}

/** The actor of the trial that is meant: the one that was named, that of the same call, or a new one. */
async function trialFor(given: Given, call: ToolCall): Promise<string> {
  const { task_id: taskId, run_id: runId } = given;
  const hold = holdOf(call, taskId, given.agent_id);
  if (runId !== undefined) {
    const named = trialActor(taskId, runId);
    if (named === null) throw unknownRun(runId);
    return named;
  }
  const before = await recorded(call);
  if (before !== null) return before.actor;
  const only = criticsOf(given, call);
  const trials = await trialsOf(call.app.store, taskId);
  const underWay = await trialsUnderWay(call.app.store);
  const own = underWay.find(({ context }) => context.taskId === taskId);
  if (own !== undefined) throw busy(taskId, own.runId);
  if (underWay.length >= TRIAL_PLACES) throw crowded(underWay.length);
  if (trials.length >= TRIALS_MAX) throw spent(taskId);
  const id = actorId.gate(nextTrial(taskId, trials.length));
  const commit = await commitOf(given, call, hold.kind === "run");
  const gate: GateInput = { id, taskId, commit, replyTo: null, ...only };
  return (await startOnce(call, id, gate)).actor;
}

function criticsOf({ critics }: Given, { app }: ToolCall): Pick<GateInput, "only"> {
  if (critics === undefined) return {};
  const known = app.config.checks.map(({ name }) => name);
  const unknown = critics.find((each) => !known.includes(each));
  if (unknown !== undefined) throw unknownCritic(unknown, known);
  return { only: critics };
}

/** A run of ours is tried as its worktree stands; whoever works elsewhere names a commit. */
async function commitOf(given: Given, call: ToolCall, isOurs: boolean): Promise<string> {
  const { workspace, worktree_root: root } = call.app.config;
  const repository = await openRepository(workspace);
  const { commit: named } = given;
  const found =
    named !== undefined
      ? await commitOrNull(repository.call, named)
      : isOurs
        ? await commitAsItStands(
            repository,
            worktreePath(openRoot(root), agentOf(call, given.agent_id)),
          )
        : null;
  if (found === null) throw noCommit(named);
  return found;
}

const refused = (where: string, found: string, rest: { expected: string; next: string }) =>
  new FaultError({ code: "critics.refused", kind: "notAccepted", where, found, ...rest });

const unknownRun = (runId: string): FaultError =>
  refused(`run ${runId}`, "no trial of this task", {
    expected: "a run_id that critics_run gave for this task",
    next: "leave run_id out to begin one",
  });

const busy = (taskId: string, runId: string): FaultError =>
  refused(`task ${taskId}`, `the trial ${runId} is under way`, {
    expected: "one trial of a task at a time",
    next: "ask for it with its run_id, and begin another one when it is over",
  });

const crowded = (count: number): FaultError =>
  refused("critics_run", `${count} trials of other tasks under way`, {
    expected: `at most ${TRIAL_PLACES} at a time`,
    next: "go on working and try again later, or hand the work in: the gate has its own place",
  });

const spent = (taskId: string): FaultError =>
  refused(`task ${taskId}`, `${TRIALS_MAX} trials`, {
    expected: `at most ${TRIALS_MAX} trials of a task`,
    next: "hand the work in: the gate runs the same checks",
  });

const unknownCritic = (name: string, known: readonly string[]): FaultError =>
  refused(`critic ${name}`, "no check of this name", {
    expected: known.length > 0 ? `one of ${known.join(", ")}` : "a configured check",
    next: "leave critics out to run all checks; checks stand in weathervane.yaml",
  });

const noCommit = (named?: string): FaultError =>
  refused("critics_run", named === undefined ? "no worktree of yours here" : `no commit ${named}`, {
    expected: "a commit or branch of this repository",
    next: "commit your work in this repository, and name it as commit",
  });
