/**
 * The effects of the agent chart that concern its program: begin a run, take up one that an earlier
 * orchestrator began, and end one. The worktree is prepared and collected elsewhere.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Assignment, RunExit } from "../../machines/protocol.ts";
import { FaultError, faultData } from "../fault.ts";
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from "../processes/run-folder.ts";
import { endRun, startRun, voidRun, watchRun } from "../processes/supervise.ts";
import type { RunEnd } from "../processes/run-spec.ts";
import { serverFor } from "./own-server.ts";
import type { Reach } from "./own-server.ts";
import type { Provider } from "./provider.ts";
import { plainExit } from "./run-exit.ts";

export interface RunRequest {
  readonly agentId: string;
  readonly work: Assignment;
}

export interface RunsSetting {
  /** Each run has a folder under this. */
  readonly runsRoot: string;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly worktreeOf: (agentId: string) => string;
  /** What the agent is told, and which run of the task this is. */
  readonly brief: (
    work: Assignment,
  ) => Promise<{ readonly text: string; readonly attempt: number }>;
  /** How programs start the server by which they reach us; without it they do not. */
  readonly reach?: Reach;
  /** Called while the run's process lives. */
  readonly onBeat: (agentId: string, runId: string) => void;
}

const BRIEF_FILE = "brief.md";

/**
 * A folder that is there before its run began is of another database: one that was lost, or is older
 * than a backup. Its end is not this run's, so it is ended and moved out of the way.
 */
async function setAside(runDir: string): Promise<void> {
  if (!existsSync(runDir)) return;
  await endRun(runDir);
  let number = 1;
  while (existsSync(`${runDir}.old-${number}`)) number += 1;
  renameSync(runDir, `${runDir}.old-${number}`);
}

export class Runs {
  readonly #setting: RunsSetting;

  constructor(setting: RunsSetting) {
    this.#setting = setting;
  }

  /** Starts the program and waits for its end. Never called twice for one run. */
  async run(request: RunRequest, signal: AbortSignal): Promise<RunExit> {
    try {
      await this.#begin(request);
    } catch (thrown) {
      return this.#notBegun(request, thrown);
    }
    return this.adopt(request, signal);
  }

  /** Waits for the end of a run that was begun before. */
  async adopt({ agentId, work }: RunRequest, signal: AbortSignal): Promise<RunExit> {
    const { onBeat } = this.#setting;
    const runDir = this.#folder(work);
    const end = await watchRun(runDir, { signal, onBeat: () => onBeat(agentId, work.runId) });
    if (end.kind === "lost") await endRun(runDir);
    return this.#judge(work, end);
  }

  /** Ends the run: nothing of it is alive afterwards, and nothing of it can begin. */
  async stop({ work }: RunRequest): Promise<RunExit> {
    return this.#judge(work, await endRun(this.#folder(work)));
  }

  async #begin({ agentId, work }: RunRequest): Promise<void> {
    const { worktreeOf, brief, reach } = this.#setting;
    const runDir = this.#folder(work);
    await setAside(runDir);
    const { text, attempt } = await brief(work);
    mkdirSync(runDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const briefPath = join(runDir, BRIEF_FILE);
    writeFileSync(briefPath, text, { mode: OWNER_ONLY_FILE });
    const { runId, taskId, tier } = work;
    const worktree = worktreeOf(agentId);
    const session = work.resume === null ? {} : { resume: work.resume };
    const told = { runId, taskId, agentId, tier, attempt, worktree, briefPath, ...session };
    const run = reach === undefined ? told : { ...told, server: serverFor(told, reach) };
    await startRun(runDir, this.#provider(work).specOf(run));
  }

  /** The program never ran: made sure of here, so that the task can go elsewhere. */
  #notBegun({ work }: RunRequest, thrown: unknown): RunExit {
    if (!voidRun(this.#folder(work))) throw thrown;
    return plainExit({ outcome: "notStarted", detail: faultData(thrown).message });
  }

  /** A run whose provider was taken out of the configuration meanwhile is given back unjudged. */
  #judge(work: Assignment, end: RunEnd): RunExit {
    const provider = this.#setting.providers.get(work.provider);
    if (provider !== undefined) return provider.judge(end, this.#folder(work));
    const detail = `its provider ${work.provider} is not in weathervane.yaml any more`;
    return plainExit({ outcome: "stopped", detail });
  }

  #folder({ runId }: Assignment): string {
    return join(this.#setting.runsRoot, runId);
  }

  #provider({ provider }: Assignment): Provider {
    const found = this.#setting.providers.get(provider);
    if (found !== undefined) return found;
    throw new FaultError({
      code: "agents.unknown-provider",
      where: `provider ${provider}`,
      found: "no provider of this name in weathervane.yaml",
      expected: `one of ${[...this.#setting.providers.keys()].join(", ")}`,
      next: "configure it again, or let the task be dispatched anew",
    });
  }
}
