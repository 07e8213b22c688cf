/** What a person sees while a run goes on: a line for everything that happens to a task. */
import { isoTime } from "../clock.ts";
import type { Commit } from "../host/loop.ts";
import type { Happening } from "../host/record.ts";

type Step = Commit["steps"][number];

/** The state of a merge request whose target may not be moved now. */
const HELD = "step.held";

/** Lines for the steps that move a task or a merge; the others are in `wvo log`. */
export function commitLines({ steps }: Commit): readonly string[] {
  return steps.filter(isTelling).map(lineOf);
}

function isTelling({ actor, fromState, toState }: Step): boolean {
  if (fromState === toState) return false;
  return actor.startsWith("task:") || toState.includes(HELD);
}

const TIME_OF_DAY = [11, 19] as const;

function lineOf({ actor, toState, happening, atMs }: Step): string {
  const time = isoTime(atMs).slice(...TIME_OF_DAY);
  const name = actor.slice(actor.indexOf(":") + 1);
  return `${time}  ${name.padEnd(10)}  ${(toState.includes(HELD) ? "held" : toState).padEnd(18)}  ${detailOf(JSON.parse(happening) as Happening)}`.trimEnd();
}

/** The part of an event, or of an effect's result, that a person wants to know. */
function detailOf(happening: Happening): string {
  if (happening.kind === "done") return reasonIn(happening.output);
  if (happening.kind !== "event") return "";
  const { agentId, provider, tier, commit, reason, findings } = happening.event;
  if (typeof agentId === "string") return `${agentId} (${String(provider)}, ${String(tier)} tier)`;
  if (typeof commit === "string") return commit.slice(0, 9);
  if (typeof reason === "string") return reason;
  return Array.isArray(findings) ? firstLine(findings) : "";
}

/** Why a target may not be moved is known to the effect that tried. */
function reasonIn(output: unknown): string {
  const { reason } = (output ?? {}) as { readonly reason?: unknown };
  return typeof reason === "string" ? reason : "";
}

function firstLine(findings: readonly unknown[]): string {
  const [first] = findings as readonly { readonly source?: string; readonly text?: string }[];
  return `${first?.source ?? ""}: ${(first?.text ?? "").split("\n", 1)[0] ?? ""}`;
}
