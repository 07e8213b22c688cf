/**
 * The worktrees of visitors and the errands in them: a file is written, a program is run, a commit is
 * made. Who may ask is seen to before this; here it is done, each errand once.
 *
 * S1 In one worktree at most one errand is under way, and none while it is prepared for a run.
 * S2 An errand is done only while its run is in the hands of its visitor; a program that outlives
 *    its run is ended when the visitor's next one wants the worktree.
 * S3 After a crash an errand is gone on with: a file is written again with the same text, a commit
 *    that was made is found by its trailer, and a program is found in its run and never started
 *    twice.
 */
import { createHash } from "node:crypto";
import type { Effects } from "../../machines/effects.ts";
import { actorId, branchOf } from "../../machines/protocol.ts";
import type { VisitorContext } from "../../machines/visitor-setup.ts";
import type { ErrandInput, ErrandResult } from "../../machines/visits.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import { openRoot, worktreePath } from "../git/linked-worktree.ts";
import type { Repository } from "../git/repository.ts";
import { inTurn } from "../git/turns.ts";
import { commitVisit, isPrepared, lookAt, prepareVisit } from "../git/visit-worktree.ts";
import type { Look } from "../git/visit-worktree.ts";
import { writeWorktreeFile } from "../git/write-file.ts";
import type { EffectScope } from "../host/effects.ts";
import type { SnapshotRecord } from "../host/record.ts";
import { readArtifact } from "../store/artifact-files.ts";
import type { StoreReader } from "../store/port.ts";
import { hasBegun, runProgram } from "./errand-program.ts";

export interface SandboxParts {
  readonly config: Config;
  readonly target: string;
  readonly repository: Repository;
  readonly store: StoreReader;
}

/** A run of a visitor: what a worktree is prepared for. */
export type Visit = Pick<ErrandInput, "visitor" | "taskId" | "runId">;

/** Errands that wait for one worktree; more is somebody who does not wait for answers. */
export const ERRANDS_WAITING_MAX = 8;
const NAME_DIGITS = 16;

/** A visitor may have any name; no agent of ours can have this one. */
export const visitWorktree = (visitor: string): string =>
  `visit@${createHash("sha256").update(visitor).digest("hex").slice(0, NAME_DIGITS)}`;

interface ErrandScope extends EffectScope {
  /** Ends its program, and lets it not begin. */
  readonly stop: AbortSignal;
}

interface UnderWay {
  readonly path: string;
  readonly runId: string;
  /** Ends its program. */
  readonly ending: AbortController;
  readonly work: Promise<ErrandResult>;
}

export class Sandbox {
  readonly #parts: SandboxParts;
  readonly #root: string;
  readonly #stopping = new AbortController();
  /** Errands that wait or are done, oldest first. */
  readonly #underWay = new Set<UnderWay>();

  constructor(parts: SandboxParts) {
    this.#parts = parts;
    this.#root = openRoot(parts.config.worktree_root);
  }

  /** The folder of a run, prepared with its first use. */
  async worktreeOf(visit: Visit): Promise<string> {
    const path = this.#pathOf(visit);
    if (isPrepared(this.#parts.repository, path, visit.runId)) return path;
    this.#endOthers(path, visit.runId);
    await inTurn(path, () => this.#prepare(path, visit));
    return path;
  }

  /** What git says of a worktree. */
  look(path: string, what: Look): Promise<string> {
    return lookAt(this.#parts.repository, path, what);
  }

  /** Carries out one errand; a program goes on where `signal` aborts, and is found again. */
  async run(errand: Effects["runErrand"]["input"], scope: EffectScope): Promise<ErrandResult> {
    const path = this.#pathOf(errand);
    const { runId } = errand;
    const waiting = [...this.#underWay].filter((each) => each.path === path);
    if (waiting.length >= ERRANDS_WAITING_MAX) throw tooMany(errand);
    this.#endOthers(path, runId);
    const ending = new AbortController();
    const stop = AbortSignal.any([this.#stopping.signal, ending.signal]);
    const work = inTurn(path, () => this.#inWorktree(path, errand, { ...scope, stop }));
    const underWay: UnderWay = { path, runId, ending, work };
    this.#underWay.add(underWay);
    try {
      return await work;
    } finally {
      this.#underWay.delete(underWay);
    }
  }

  /** Ends all programs, and lets none begin: a person has stopped WeatherVane. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([...this.#underWay].map(({ work }) => work));
  }

  /** What an earlier run has left running must not hold up the next one for as long as it may. */
  #endOthers(path: string, runId: string): void {
    const others = [...this.#underWay].filter((each) => each.path === path && each.runId !== runId);
    for (const { ending } of others) ending.abort();
  }

  async #inWorktree(path: string, errand: ErrandInput, scope: ErrandScope): Promise<ErrandResult> {
    const { what, id, taskId, runId } = errand;
    const { config, repository } = this.#parts;
    scope.signal.throwIfAborted();
    const program = this.#programScope(path, scope);
    // A program that was begun is waited for, whatever has become of its run.
    if (what.kind === "run" && hasBegun(errand, program)) return runProgram(errand, program);
    scope.stop.throwIfAborted();
    await this.#prepare(path, errand);
    switch (what.kind) {
      case "write": {
        const bytes = readArtifact(config.state_root, what.sha256);
        if (bytes === null) throw lost(what.sha256);
        writeWorktreeFile(path, what.path, bytes);
        return { kind: "written", bytes: bytes.length };
      }
      case "run":
        return runProgram(errand, program);
      case "commit": {
        const trailer = `Wvo-Task: ${taskId}\nWvo-Run: ${runId}\nWvo-Errand: ${id}`;
        const { message } = what;
        const isRepeated = scope.attempt > 1;
        const commit = await commitVisit(repository, path, { trailer, message, isRepeated });
        return { kind: "committed", commit };
      }
      default:
        return what satisfies never;
    }
  }

  #programScope(cwd: string, { signal, stop }: ErrandScope) {
    const { config } = this.#parts;
    const { state_root: stateRoot, sandbox } = config;
    return {
      stateRoot,
      cwd,
      programs: sandbox?.programs ?? [],
      signal,
      stop,
    };
  }

  async #prepare(path: string, visit: Visit): Promise<void> {
    const { repository, target, store } = this.#parts;
    const { taskId, runId, visitor } = visit;
    const stored = await store.read(actorId.visitor(visitor));
    const { context } = JSON.parse(stored?.snapshot ?? '{"context":{}}') as SnapshotRecord;
    const { work = null } = context as Partial<VisitorContext>;
    if (work?.runId !== runId) throw isOver(visit);
    const { startFrom, commit, resume } = work;
    const left = resume?.commit ?? null;
    const how = { startFrom, target, commit, left, branch: branchOf(taskId) };
    await prepareVisit(repository, path, { name: visitWorktree(visitor), taskId, runId, ...how });
  }

  #pathOf({ visitor }: Pick<Visit, "visitor">): string {
    return worktreePath(this.#root, visitWorktree(visitor));
  }
}

const isOver = ({ runId, visitor }: Visit): FaultError =>
  new FaultError({
    code: "errand.over",
    kind: "notAccepted",
    where: `run ${runId}`,
    found: `a run that ${visitor} does not have any more`,
    expected: "a run under way",
    next: "task_claim takes the task again where it is ready",
  });

const tooMany = ({ visitor }: Visit): FaultError =>
  new FaultError({
    code: "errand.too-many",
    where: `the worktree of ${visitor}`,
    found: `${ERRANDS_WAITING_MAX} errands that wait for their turn`,
    expected: "fewer",
    next: "wait for the answers, then call anew, with another idempotency_key or none",
    retriable: true,
  });

const lost = (sha256: string): FaultError =>
  new FaultError({
    code: "errand.text-lost",
    where: `artifact ${sha256}`,
    found: "no such text, or a damaged one",
    expected: "the text that was to be written",
    next: "call file_write again with another idempotency_key",
  });
