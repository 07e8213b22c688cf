/**
 * What each effect of the charts does: the one table in which a chart's wish meets git, processes,
 * checks and planning. The compiler sees to it that none is forgotten.
 */
import { join } from "node:path";
import type { EffectName, Effects } from "../../machines/effects.ts";
import { branchOf } from "../../machines/protocol.ts";
import type { Reach } from "../agents/own-server.ts";
import type { Provider } from "../agents/provider.ts";
import { openProvider } from "../agents/providers.ts";
import { Runs } from "../agents/runs.ts";
import { copyHandler } from "./backups.ts";
import { briefFor, taskContext } from "./briefing.ts";
import type { Checking } from "./checking.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { planViewOf } from "./dispatch.ts";
import { FaultError } from "../fault.ts";
import { openMerges } from "../git/merge.ts";
import type { Repository } from "../git/repository.ts";
import { collectVisit } from "../git/visiting.ts";
import { openWorktrees } from "../git/worktree.ts";
import type { EffectScope } from "../host/effects.ts";
import { planNext } from "../planning/plan.ts";
import type { Store, StoreReader } from "../store/port.ts";
import { wvoArgv } from "../supervisor/launcher.ts";

export interface EffectParts {
  readonly config: Config;
  /** The branch that work is merged into. */
  readonly target: string;
  readonly repository: Repository;
  readonly store: StoreReader & Pick<Store, "copyTo">;
  readonly clock: Clock;
  readonly checking: Checking;
  readonly sandbox: Sandbox;
  /** An agent's process has shown that it lives. */
  readonly onBeat: (agentId: string, runId: string) => void;
}

export type Handlers = {
  readonly [Name in EffectName]: (
    input: Effects[Name]["input"],
    scope: EffectScope,
  ) => Promise<Effects[Name]["output"]>;
};

/** One handler an effect. */
export function effectHandlers(parts: EffectParts): Handlers {
  const providers = providersOf(parts.config);
  return {
    rank: async () => planNext(planViewOf(parts.store.views, parts.config, parts.clock.now())),
    probeProvider: async ({ name }) => {
      await knownProvider(providers, name).probe();
      return null;
    },
    ...agentHandlers(parts, providers),
    collectVisit: ({ work: { taskId }, ref }) => {
      const { repository, target } = parts;
      return collectVisit(repository, { taskId, branch: branchOf(taskId), target, ref });
    },
    runErrand: (errand, scope) => parts.sandbox.run(errand, scope),
    runChecks: (request, { signal }) => parts.checking.run(request, signal),
    ...mergeHandlers(parts),
    copyDatabase: copyHandler(parts),
  };
}

function providersOf({ providers, workspace }: Config): ReadonlyMap<string, Provider> {
  const entries = Object.entries(providers);
  return new Map(entries.map(([name, each]) => [name, openProvider(name, each, workspace)]));
}

function knownProvider(providers: ReadonlyMap<string, Provider>, name: string): Provider {
  const found = providers.get(name);
  if (found !== undefined) return found;
  throw new FaultError({
    code: "agents.unknown-provider",
    where: `provider ${name}`,
    found: "no provider of this name in weathervane.yaml",
    expected: [...providers.keys()].join(", ") || "a provider",
    next: "add it under providers, or let it be",
  });
}

type AgentEffect = "prepareWorktree" | "runAgent" | "adoptRun" | "stopRun" | "collectWork";

function agentHandlers(
  { config, target, repository, store, clock, onBeat }: EffectParts,
  providers: ReadonlyMap<string, Provider>,
): Pick<Handlers, AgentEffect> {
  const worktrees = openWorktrees(repository, config.worktree_root);
  const runs = new Runs({
    runsRoot: join(config.state_root, "runs"),
    providers,
    worktreeOf: worktrees.pathOf,
    brief: (work) => briefFor(work, { store, clock }),
    reach: reachOf(config),
    onBeat,
  });
  return {
    prepareWorktree: async ({ agentId: name, work: { taskId, startFrom, commit, resume } }) => {
      const branch = branchOf(taskId);
      const left = resume?.commit ?? null;
      await worktrees.prepare({ name, taskId, branch, startFrom, target, commit, left });
      return null;
    },
    runAgent: (request, { signal }) => runs.run(request, signal),
    adoptRun: (request, { signal }) => runs.adopt(request, signal),
    stopRun: (request) => runs.stop(request),
    collectWork: async ({ agentId: name, work: { taskId, runId }, keep }) => {
      const { subject, trailers } = await commitMessage(store, taskId, runId);
      const message = `${subject}\n\n${trailers}`;
      return worktrees.collect({ name, taskId, branch: branchOf(taskId), keep, message });
    },
  };
}

/** Its program runs in a worktree, which is no workspace: so it is told where that is. */
const reachOf = ({ workspace, state_root: stateRoot }: Config): Reach => ({
  argv: wvoArgv("mcp"),
  env: { WVO_WORKSPACE_ROOT: workspace, WVO_STATE_ROOT: stateRoot },
});

type MergeEffect = "rebase" | "land" | "observeTarget" | "retireBranch";

function mergeHandlers(parts: EffectParts): Pick<Handlers, MergeEffect> {
  const { config, target, repository, store } = parts;
  const merges = openMerges(repository, config.worktree_root);
  return {
    rebase: async ({ taskId, commit }) => {
      const { runs } = await taskContext(store, taskId);
      const message = await commitMessage(store, taskId, `${taskId}.${runs}`);
      return merges.rebase({ taskId, commit, target, message });
    },
    land: ({ commit, onto }) => merges.land({ target, commit, onto }),
    observeTarget: ({ commit }) => merges.observe(commit, target),
    retireBranch: async ({ taskId }) => {
      await merges.retire({ taskId, branch: branchOf(taskId), target });
      return null;
    },
  };
}

/** A line break in a title would begin another part of the message, and git takes no zero byte. */
const CONTROLS = /\p{Cc}+/gu;

/** The task and the run stand in trailers, so that a commit can be traced back by program. */
async function commitMessage(store: StoreReader, taskId: string, runId: string) {
  const { title } = (await taskContext(store, taskId)).spec;
  return {
    subject: `${taskId}: ${title.replaceAll(CONTROLS, " ").trim()}`,
    trailers: `Wvo-Task: ${taskId}\nWvo-Run: ${runId}\n`,
  };
}
