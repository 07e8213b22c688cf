/** What a person sees while a run goes on: a line for everything that happens to a task. */
import { isoTime } from "../clock.ts";
import type { Commit } from "../host/loop.ts";
import type { Happening } from "../host/record.ts";

type Step = Commit["steps"][number];

/** The state of a merge request whose target may not be moved now. */
const HELD = "step.held";

/** States of a provider in which it takes no run. */
const OUT = new Set(["unavailable", "cooling"]);

/**
 * Lines for the steps that move a task, hold up a merge or take a provider out; the others are in
 * `wvo log`. What is tried again and again is told when it is new.
 */
export class Progress {
  readonly #told = new Map<string, string>();

  linesOf({ steps }: Commit): readonly string[] {
    return steps.filter(isTelling).flatMap((step) => {
      const text = textOf(step);
      const isNew = step.actor.startsWith("task:") || this.#told.get(step.actor) !== text;
      this.#told.set(step.actor, text);
      return isNew ? [`${isoTime(step.atMs).slice(...TIME_OF_DAY)}  ${text}`] : [];
    });
  }
}

function isTelling({ actor, fromState, toState }: Step): boolean {
  if (fromState === toState) return false;
  const isOut = actor.startsWith("provider:") && OUT.has(toState);
  return actor.startsWith("task:") || toState.includes(HELD) || isOut;
}

const TIME_OF_DAY = [11, 19] as const;

function textOf({ actor, toState, happening }: Step): string {
  const name = actor.slice(actor.indexOf(":") + 1);
  const isHeld = toState.includes(HELD);
  const detail = detailOf(JSON.parse(happening) as Happening);
  const next = isHeld ? "; it lands by itself once that is committed or stashed" : "";
  return `${name.padEnd(10)}  ${(isHeld ? "held" : toState).padEnd(18)}  ${detail}${next}`.trimEnd();
}

/** The part of an event, or of an effect's result, that a person wants to know. */
function detailOf(happening: Happening): string {
  if (happening.kind === "failed") return happening.error.message;
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
