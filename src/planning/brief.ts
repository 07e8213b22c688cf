/**
 * The text that an agent is given for one run, within a token budget. What is worth telling is
 * chosen by relevance; starting the agent with it is left to the agents room.
 */
import type { Finding } from "../../machines/chart.ts";
import type { StartFrom } from "../../machines/protocol.ts";
import { recentLearnings, relevantDecisions } from "./relevance.ts";
import type { Decision, Learning, TaskText } from "./relevance.ts";
import { countTokens } from "./tokens.ts";

/** What is never trimmed from the briefs of a task. */
export interface FixedParts extends TaskText {
  /** Rules of the workspace: in every brief, whole (requirements F9). */
  readonly constraints: readonly string[];
}

/** All that a brief is made from. */
export interface BriefParts extends FixedParts {
  /** `session`: a run that was cut off is gone on with. */
  readonly startFrom: StartFrom | "session";
  /** What was found wrong with earlier attempts, the oldest first. */
  readonly findings: readonly Finding[];
  readonly decisions: readonly Decision[];
  readonly learnings: readonly Learning[];
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number;
  /** 1 for the first. */
  readonly attempt: number;
}

export interface Brief {
  /** Markdown. */
  readonly text: string;
  /** Tokens of the text, as `countTokens` counts. */
  readonly tokens: number;
  /** The sections that lost something to the budget: learnings, decisions, findings. */
  readonly trimmed: readonly string[];
  /** True where task text and constraints alone exceed the budget; then they are all there is. */
  readonly overBudget: boolean;
}

/** Tokens in a brief (requirements G1, C19: the hard cap of 600). */
export const BRIEF_TOKENS_MAX = 600;

/** A longer text is not counted to its end: nobody needs to know how much too long it is. */
const COUNTED_MAX = 10_000;

/**
 * The tokens of a first brief that tells nothing but the task, the constraints and the rules, where
 * that alone exceeds the budget; else null.
 */
export function excessOf(parts: FixedParts): number | null {
  const text = render({ ...parts, startFrom: "target", attempt: 1 }, NO_EXTRAS);
  // A token is a byte at least; so short tasks do not load the tokenizer.
  const fits = Buffer.byteLength(text) <= BRIEF_TOKENS_MAX;
  return fits || countTokens(text, BRIEF_TOKENS_MAX) <= BRIEF_TOKENS_MAX
    ? null
    : countTokens(text, COUNTED_MAX);
}

/** The parts that may be trimmed; in each list the first entry goes first. */
interface Extras {
  readonly learnings: readonly Learning[];
  readonly decisions: readonly Decision[];
  readonly findings: readonly Finding[];
}

type Fits = (extras: Extras) => boolean;

const NO_EXTRAS: Extras = { learnings: [], decisions: [], findings: [] };

const START = {
  target: "The worktree holds the current target branch.",
  branch: "Earlier work on this task is in the worktree; correct what was found wrong with it.",
  overlay:
    "The task's earlier change was laid over the current target: files may hold conflict " +
    "markers (<<<<<<<); resolve every one.",
  session:
    "You were cut off in the middle of this task: go on where you stopped. " +
    "What you had done is in the worktree.",
} as const satisfies Record<BriefParts["startFrom"], string>;

const RULES =
  "Edit files in this worktree. No commit is needed: the orchestrator commits.\n" +
  "Exit with code 0 when done.";

/**
 * Task text, constraints and rules are always whole. Over `tokensMax` the rest is trimmed in a
 * fixed order: learnings from the oldest, decisions from the least relevant, findings from the
 * oldest; the newest finding is shortened at its middle last.
 */
export function composeBrief(parts: BriefParts, tokensMax: number = BRIEF_TOKENS_MAX): Brief {
  const wanted: Extras = {
    learnings: recentLearnings(parts.learnings, parts.nowMs),
    decisions: relevantDecisions(parts, parts.decisions),
    findings: parts.findings,
  };
  const fits: Fits = (extras) => countTokens(render(parts, extras), tokensMax) <= tokensMax;
  const kept = trim(wanted, fits);
  const text = render(parts, kept);
  const sections = ["learnings", "decisions", "findings"] as const;
  return {
    text,
    tokens: countTokens(text),
    trimmed: sections.filter((name) => isTrimmed(wanted[name], kept[name])),
    overBudget: !fits(kept),
  };
}

function trim(wanted: Extras, fits: Fits): Extras {
  const { learnings, decisions, findings } = wanted;
  const entries = learnings.length + decisions.length + findings.length;
  const dropped = leastThat(entries, (count) => fits(drop(wanted, count)));
  const newest = findings.at(-1);
  if (dropped < entries || newest === undefined) return drop(wanted, dropped);
  const shortened = (count: number): Extras => ({
    ...NO_EXTRAS,
    findings: [{ ...newest, text: cutMiddle(newest.text, count) }],
  });
  const cut = leastThat(newest.text.length, (count) => fits(shortened(count)));
  return fits(shortened(cut)) ? shortened(cut) : NO_EXTRAS;
}

/** Without the `count` entries that matter least. */
function drop({ learnings, decisions, findings }: Extras, count: number): Extras {
  const afterLearnings = Math.max(0, count - learnings.length);
  const afterDecisions = Math.max(0, afterLearnings - decisions.length);
  return {
    learnings: learnings.slice(count),
    decisions: decisions.slice(afterLearnings),
    findings: findings.slice(afterDecisions),
  };
}

/** The least number up to `most` that is enough, by halving; `most` where none is. */
function leastThat(most: number, isEnough: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** The beginning tells what failed and the end how it ended, so the middle is given up. */
function cutMiddle(text: string, count: number): string {
  const kept = text.length - count;
  const head = text.slice(0, Math.ceil(kept / 2));
  const tail = text.slice(text.length - Math.floor(kept / 2));
  return `${head} ... [${count} characters cut] ... ${tail}`.toWellFormed();
}

/** Entries are dropped, and the one that is shortened is another object. */
function isTrimmed(wanted: readonly object[], kept: readonly object[]): boolean {
  return wanted.length !== kept.length || wanted.at(-1) !== kept.at(-1);
}

type Frame = FixedParts & Pick<BriefParts, "startFrom" | "attempt">;

function render(parts: Frame, extras: Extras): string {
  const { taskId, title, description, attempt, startFrom } = parts;
  const count = attempt > 1 ? `Attempt ${attempt}. ` : "";
  return [
    `# ${taskId}: ${title}`,
    description,
    renderSection("Acceptance", parts.acceptance),
    renderSection("Constraints", parts.constraints),
    `## How to work\n${count}${START[startFrom]}\n${RULES}`,
    renderSection("Found wrong", extras.findings.map(renderFinding)),
    renderSection("Decisions", extras.decisions.map(renderDecision).toReversed()),
    renderSection("Learnings", extras.learnings.map(({ text }) => text).toReversed()),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const renderFinding = ({ source, text }: Finding): string => `${source}: ${text}`;
const renderDecision = ({ topic, text }: Decision): string => `${topic}: ${text}`;

function renderSection(heading: string, entries: readonly string[]): string {
  return entries.length === 0 ? "" : `## ${heading}\n- ${entries.join("\n- ")}`;
}
