/**
 * Which refusals do no harm, and why. Within one commit nothing is ever refused; where messages
 * are on their way one by one, two of them can cross, and then one of them comes too late.
 */
import type { Setting } from "./setting.ts";
import type { Drop, Turned } from "./world.ts";

interface Benign {
  /** The receiver's chart, the events, and what became of them. */
  readonly to: string;
  readonly events: readonly string[];
  readonly why: "ended" | "refused";
  readonly because: string;
}

const VERDICTS = ["gatePassed", "gateFailed", "gateInconclusive"];

const BENIGN: readonly Benign[] = [
  {
    to: "task",
    events: ["runStarted"],
    why: "refused",
    because: "the task is being cancelled and has asked its agent to stop; the run's end follows",
  },
  {
    to: "task",
    events: VERDICTS,
    why: "refused",
    because: "the task was cancelled at the gate, and no verdict can bring it back",
  },
  {
    to: "merge-request",
    events: ["takeTurn", ...VERDICTS, "withdraw"],
    why: "ended",
    because: "the request has told the refinery and its task how it ended, once and for all",
  },
  {
    to: "gate",
    events: ["cancel"],
    why: "ended",
    because: "the verdict was told before; whoever cancels does not wait for it",
  },
];

const STALE = ["stale", "ended"];

const chartOf = (actor: string): string => actor.split(":")[0] ?? actor;

export function textOf({ letter: { from, to, happening }, why }: Drop): string {
  const what = happening.kind === "event" ? happening.event.type : happening.kind;
  return `${chartOf(from)} tells ${chartOf(to)} ${what}, which is ${why}`;
}

function isBenign({ letter: { to, happening }, why }: Drop): boolean {
  // A result that waited in the inbox while its state was left means nothing any more (K2).
  if (happening.kind === "done" || happening.kind === "failed") return STALE.includes(why);
  if (happening.kind !== "event") return false;
  const { type } = happening.event;
  return BENIGN.some(
    (each) => each.to === chartOf(to) && each.why === why && each.events.includes(type),
  );
}

/** The refusals of a turn that are not known to be harmless. */
export function refusalsIn(
  { drops }: Pick<Turned, "drops">,
  { delivery }: Setting,
): readonly string[] {
  const harmful = delivery === "commit" ? drops : drops.filter((drop) => !isBenign(drop));
  return [...new Set(harmful.map(textOf))];
}
