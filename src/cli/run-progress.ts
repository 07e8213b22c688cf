/** What a person sees while a run goes on: a line for everything that happens to a task. */
import { isoTime } from "../clock.ts";
import type { Commit } from "../host/loop.ts";
import type { Happening } from "../host/record.ts";
import type { ProviderRow, ProviderWindowRow } from "../store/views/tables.ts";
import { outageIn, windowText } from "./provider-words.ts";

type Step = Commit["steps"][number];

/** The state of a merge request whose target may not be moved now. */
const HELD = "step.held";

/** Where the coordinator rests while the budget holds work back. */
const SHORT = "running.short";

/** States in which a provider takes no run. */
const OUT = new Set(["unavailable", "cooling", "faltering", "open", "down"]);
/** States in which its account is filling up. */
const FILLING = new Set(["usable.warning", "usable.critical"]);

/**
 * Lines for the steps that move a task, hold up a merge or concern what a provider can take; the
 * others are in `wvo log`. What is tried again and again is told when it is new.
 */
export class Progress {
  readonly #told = new Map<string, string>();

  linesOf({ steps }: Commit): readonly string[] {
    const news = steps.filter((step) => step.fromState !== step.toState && this.#isNews(step));
    return news.map((step) => `${isoTime(step.atMs).slice(...TIME_OF_DAY)}  ${textOf(step)}`);
  }

  #isNews(step: Step): boolean {
    const { actor, toState } = step;
    if (actor.startsWith("task:")) return true;
    // That a provider is well is news where it was not.
    if (isProvider(step) && toState === "usable.normal") return this.#told.delete(actor);
    if (!toState.includes(HELD) && !isTrouble(step)) return false;
    const alert = alertOf(step);
    const isNew = this.#told.get(actor) !== alert;
    this.#told.set(actor, alert);
    return isNew;
  }
}

const isProvider = ({ actor }: Step): boolean => actor.startsWith("provider:");

const isTrouble = (step: Step): boolean =>
  isShort(step) || (isProvider(step) && (OUT.has(step.toState) || FILLING.has(step.toState)));

const isShort = ({ actor, toState }: Step): boolean =>
  actor === "coordinator" && toState.startsWith(SHORT);

/** What makes two troubles the same: a provider that is tried again has another due time only. */
function alertOf(step: Step): string {
  if (!isProvider(step)) return textOf(step);
  const reasons = providersIn(step).map(({ reason }) => reason);
  return `${step.toState} ${reasons.join()}`;
}

const TIME_OF_DAY = [11, 19] as const;

function textOf(step: Step): string {
  const { actor, toState, happening } = step;
  const name = actor.slice(actor.indexOf(":") + 1);
  if (actor.startsWith("provider:")) return providerText(name, step);
  const isHeld = toState.includes(HELD);
  const detail = detailOf(JSON.parse(happening) as Happening);
  const next = isHeld ? "; it lands by itself once that is committed or stashed" : "";
  const state = isHeld ? "held" : toState.startsWith(SHORT) ? "no money" : toState;
  return `${name.padEnd(10)}  ${state.padEnd(18)}  ${detail}${next}`.trimEnd();
}

/** Until when it is out, or how full its account is, stands in its rows. */
function providerText(name: string, step: Step): string {
  const [status = "", level = status] = step.toState.split(".");
  const notes = OUT.has(step.toState)
    ? providersIn(step).map(outageIn)
    : FILLING.has(step.toState)
      ? windowsIn(step).map(windowText)
      : [];
  const word = level === "normal" ? status : level;
  return `${name.padEnd(10)}  ${word.padEnd(18)}  ${notes.join(", ")}`.trimEnd();
}

const providersIn = ({ views }: Step): readonly ProviderRow[] =>
  views.flatMap((slice) => (slice.table === "providers" ? slice.rows : []));
const windowsIn = ({ views }: Step): readonly ProviderWindowRow[] =>
  views.flatMap((slice) => (slice.table === "provider_windows" ? slice.rows : []));

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
  const { reason, short } = (output ?? {}) as {
    readonly reason?: unknown;
    readonly short?: unknown;
  };
  if (typeof short === "object" && short !== null) return reasonIn(short);
  return typeof reason === "string" ? reason : "";
}

function firstLine(findings: readonly unknown[]): string {
  const [first] = findings as readonly { readonly source?: string; readonly text?: string }[];
  return `${first?.source ?? ""}: ${(first?.text ?? "").split("\n", 1)[0] ?? ""}`;
}
