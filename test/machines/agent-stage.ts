/** The words that the table of the agent chart is written with. */
import { machine } from "../../machines/agent.ts";
import type { AgentEvent, RunExit } from "../../machines/protocol.ts";
import { plainExit } from "../../src/agents/run-exit.ts";
import { all, done, elapse, failed, say } from "../support/chart-table.ts";
import type { Stage } from "../support/chart-table.ts";

const plan = {
  provider: "local",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
} as const;
export const assignEvent = (taskId: string): Extract<AgentEvent, { type: "assign" }> => ({
  type: "assign",
  taskId,
  runId: `${taskId}.1`,
  ...plan,
});
const assign = say<AgentEvent>(assignEvent("T-1"));
export const runId = "T-1.1";
export const reason = "it is wanted";

const exit = (outcome: RunExit["outcome"]): RunExit => plainExit({ outcome, detail: outcome });
const windows = [{ name: "five_hour", usedRatio: 0.9, resetsAtMs: 7 }];
const session = { sessionId: "s-1", used: null };
const left0 = { ...session, commit: "ba1f" };
const left = (changed: boolean) => ({ commit: changed ? "c0ffee" : null, changed, findings: [] });
const prepared = done("prepareWorktree", null);
const unprepared = failed("prepareWorktree");
const work = all(assign, prepared);
const crash = failed("runAgent", "interrupted");

const words = {
  assign,
  prepared,
  unprepared,
  work,
  crash,
  assignT2: say<AgentEvent>(assignEvent("T-2")),
  beat: say<AgentEvent>({ type: "beat", runId }),
  beatT2: say<AgentEvent>({ type: "beat", runId: "T-2.1" }),
  stop: say<AgentEvent>({ type: "stop", runId, reason }),
  stopT2: say<AgentEvent>({ type: "stop", runId: "T-2.1", reason }),
  drain: say<AgentEvent>({ type: "drain", reason }),
  rest: elapse("rest"),
  fault: all(assign, unprepared, elapse("rest")),
  misses: all(work, elapse("lease")),
  suspicion: elapse("suspicion"),
  stuckRetry: elapse("stuckRetry"),
  silent: all(work, elapse("lease"), elapse("suspicion")),
  lost: failed("runAgent"),
  adoptionLost: failed("adoptRun"),
  ends: done("runAgent", exit("completed")),
  breaks: done("runAgent", exit("failed")),
  limited: done("runAgent", exit("limited")),
  missing: done("runAgent", exit("notStarted")),
  stops: done("runAgent", exit("stopped")),
  cutOff: done("runAgent", { ...exit("failed"), errorClass: "crashed", session }),
  cutOffBare: done("runAgent", { ...exit("failed"), errorClass: "crashed" }),
  forgets: done("runAgent", { ...exit("failed"), errorClass: "session_not_found" }),
  resume: say<AgentEvent>({ ...assignEvent("T-1"), startFrom: "branch", resume: left0 }),
  overloaded: done("runAgent", { ...exit("limited"), errorClass: "overloaded" }),
  noLogin: done("runAgent", { ...exit("notStarted"), errorClass: "auth" }),
  nearlyUsedUp: done("runAgent", { ...exit("completed"), windows }),
  usedUp: done("runAgent", { ...exit("limited"), errorClass: "usage_limited", windows }),
  adoptedEnds: done("adoptRun", exit("completed")),
  adoptedLimited: done("adoptRun", exit("limited")),
  killed: done("stopRun", exit("stopped")),
  endedFirst: done("stopRun", exit("completed")),
  limitedFirst: done("stopRun", exit("limited")),
  unkilled: failed("stopRun"),
  changed: done("collectWork", left(true)),
  unchanged: done("collectWork", left(false)),
  uncollected: failed("collectWork"),
};
export const stage: Stage = {
  subject: { machine, actor: "agent:a-1", input: { id: "a-1" } },
  words,
};
