/**
 * The verdict on a run of ours, from the files in its folder, and the end that its chart is told.
 * Nothing else is believed: the same folder gives the same verdict to any later orchestrator.
 */
import { join } from "node:path";
import type { ErrorClass } from "../../machines/capacity.ts";
import type { RunExit, Usage } from "../../machines/protocol.ts";
import type { Session } from "../../machines/session.ts";
import { FILE, readSpec } from "../processes/run-folder.ts";
import type { ExitRecord, RunEnd, RunSpec } from "../processes/run-spec.ts";
import { REACTIONS } from "./error-classes.ts";
import { lastWords } from "./lines.ts";
import type { AgentRun } from "./provider.ts";
import { briefFindings, knownWindows, plainExit } from "./run-exit.ts";
import { exitWithoutRecord } from "./run-terms.ts";
import { hear } from "./transcript.ts";
import type { Adapter } from "./transcript.ts";
import type { RunFacts, Verdict } from "./verdict.ts";

type Notes = NonNullable<RunSpec["notes"]>;

/** What is kept with a run: the program's version, and what its session had used before. */
export function notesOf(version: string | null, { resume }: AgentRun): Notes {
  const { sessionId = null, used = null } = resume ?? {};
  return {
    version,
    session: sessionId,
    input_tokens: used?.inputTokens ?? null,
    output_tokens: used?.outputTokens ?? null,
    cost_usd: used?.costUsd ?? null,
  };
}

/** How a run ended, as far as its folder tells; `lost` runs have no record. */
export function factsOf(exit: ExitRecord | null, runDir: string): RunFacts {
  return {
    code: exit?.code ?? null,
    signal: exit?.signal ?? null,
    stderr: lastWords(join(runDir, FILE.stderr)),
    endedBy: exit === null ? "unknown" : ENDED_BY[exit.outcome],
    endedAtMs: exit?.endedAtMs ?? null,
    lacksEnd: exit?.lacksEnd ?? exit?.truncated ?? false,
    before: usedBefore(readSpec(runDir)),
    wantsSchema: false,
  };
}

const ENDED_BY = {
  exited: "itself",
  notStarted: "itself",
  idleTimeout: "idleLimit",
  wallTimeout: "wallLimit",
  stopped: "stop",
} as const satisfies Readonly<Record<ExitRecord["outcome"], RunFacts["endedBy"]>>;

function usedBefore(spec: RunSpec | null): Usage | null {
  const notes = spec?.notes ?? {};
  const told = (name: string): number | null => {
    const value = notes[name];
    return typeof value === "number" ? value : null;
  };
  if ((notes["session"] ?? null) === null) return null;
  return {
    inputTokens: told("input_tokens"),
    outputTokens: told("output_tokens"),
    costUsd: told("cost_usd"),
  };
}

/** What the chart is told of it. */
export function judgeRun<Transcript>(
  adapter: Adapter<Transcript>,
  end: RunEnd,
  runDir: string,
): RunExit {
  if (end.kind === "void") return exitWithoutRecord(end.kind);
  const exit = end.kind === "ended" ? end.exit : null;
  if (exit?.outcome === "notStarted")
    return plainExit({ outcome: "notStarted", detail: exit.detail });
  const facts = factsOf(exit, runDir);
  return exitOf(hear(adapter, join(runDir, FILE.stdout)).judge(facts), exit);
}

function exitOf(verdict: Verdict, exit: ExitRecord | null): RunExit {
  const { errorClass, detail, usage } = verdict;
  const told = {
    usage,
    findings: briefFindings(verdict.findings),
    session: sessionOf(verdict),
    windows: knownWindows(verdict.windows),
  };
  if (errorClass === null) return plainExit({ outcome: "completed", detail, ...told });
  const outcome = outcomeOf(errorClass, exit);
  const retryAtMs = outcome === "limited" ? retryAt(verdict, exit) : null;
  const how = exit === null ? "its supervising process was killed" : exit.detail;
  const why = `${errorClass}: ${detail} (${how})${ADVICE[errorClass] ?? ""}`;
  const silence = verdict.isUnanswered ? { isUnanswered: true } : {};
  return { outcome, errorClass, detail: why, retryAtMs, ...told, ...silence };
}

const SMALLER = "; work in smaller steps, and read only what is needed";
/** What the next run is told besides; it begins with an empty context. */
const ADVICE: Partial<Record<ErrorClass, string>> = {
  context_limit: SMALLER,
  output_limit: SMALLER,
};

/** What a session has used is not known where a run of it was cut off before it told that. */
const sessionOf = ({ sessionId, sessionUsage }: Verdict): Session | null =>
  sessionId === null ? null : { sessionId, used: sessionUsage };

/** Only a stop of ours is no failure: who interrupts a run from outside must not make it endless. */
function outcomeOf(errorClass: ErrorClass, exit: ExitRecord | null) {
  const outcome = REACTIONS[errorClass].exit;
  return outcome === "stopped" && exit?.outcome !== "stopped" ? "failed" : outcome;
}

function retryAt({ resetsAtMs, retryAfterMs }: Verdict, exit: ExitRecord | null): number | null {
  if (resetsAtMs !== null) return resetsAtMs;
  return retryAfterMs === null || exit === null ? null : exit.endedAtMs + retryAfterMs;
}
