/**
 * Which of the recorded decisions and learnings concern a task now. How much of them fits into a
 * brief is left to the brief.
 */
import { compareText, wordsOf } from "./words.ts";

export interface Decision {
  readonly text: string;
  readonly topic: string;
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  readonly relatedTasks: readonly string[];
}

export interface Learning {
  readonly text: string;
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
}

/** What a decision is compared with. */
export interface TaskText {
  readonly taskId: string;
  readonly title: string;
  readonly description: string;
  readonly acceptance: readonly string[];
}

type Words = ReadonlySet<string>;

/** Decisions in a brief (requirements G2: maxDecisions 5). */
const DECISIONS_MAX = 5;
/** A learning is told for this long, its last millisecond included (G2: hoursBack 24). */
const LEARNING_AGE_MAX_MS = 24 * 60 * 60_000;

const WORD_LENGTH_MIN = 3;
/** Words that two texts share without having anything in common. */
const FILLERS = new Set(
  (
    "about after all also and any are been before but can does each for from has have into its " +
    "may more must new not now off one only other our out over shall should than that the their " +
    "them then there these they this too two use used uses using was were what when where which " +
    "while who will with without would you your"
  ).split(" "),
);

/**
 * The decisions that name the task or share a word with its text, at most DECISIONS_MAX, the
 * least relevant first. Naming the task counts most, then the number of words shared, then
 * recency; recency alone makes nothing relevant, so an unrelated entry changes nothing (G3).
 */
export function relevantDecisions(
  task: TaskText,
  decisions: readonly Decision[],
): readonly Decision[] {
  const taskWords = tellingWords([task.title, task.description, ...task.acceptance]);
  return decisions
    .map((decision) => ({ decision, ...bondOf(decision, task.taskId, taskWords) }))
    .filter(({ named, shared }) => named + shared > 0)
    .toSorted(
      (a, b) =>
        a.named - b.named || a.shared - b.shared || compareDecisions(a.decision, b.decision),
    )
    .slice(-DECISIONS_MAX)
    .map(({ decision }) => decision);
}

/** How a decision is tied to a task: 1 where it names the task, and the words both use. */
function bondOf({ topic, text, relatedTasks }: Decision, taskId: string, taskWords: Words) {
  const words = tellingWords([topic, text]);
  const shared = [...words].filter((word) => taskWords.has(word)).length;
  return { named: relatedTasks.includes(taskId) ? 1 : 0, shared };
}

/** The learnings of the last LEARNING_AGE_MAX_MS before `nowMs`, the oldest first. */
export function recentLearnings(
  learnings: readonly Learning[],
  nowMs: number,
): readonly Learning[] {
  return learnings
    .filter(({ atMs }) => nowMs - atMs <= LEARNING_AGE_MAX_MS)
    .toSorted(compareEntries);
}

function tellingWords(texts: readonly string[]): Words {
  const words = texts.flatMap(wordsOf);
  return new Set(words.filter((word) => word.length >= WORD_LENGTH_MIN && !FILLERS.has(word)));
}

/** Older first; then by text, so that the order of the list never matters. */
function compareEntries(a: Learning, b: Learning): number {
  return a.atMs - b.atMs || compareText(a.text, b.text);
}

function compareDecisions(a: Decision, b: Decision): number {
  return compareEntries(a, b) || compareText(a.topic, b.topic);
}
