/**
 * What is wrong with a roadmap: each problem with its place, and the one fault that carries them.
 * Finding them is left to the readers and to the import.
 */
import { FaultError } from "../fault.ts";

/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing to correct, without its place. */
export interface Complaint {
  /** Stable and dotted, for programs: `roadmap.unknownField`. */
  readonly code: string;
  readonly found: string;
  readonly expected: string;
  readonly next: string;
}

/** One thing to correct, with its place; `where` is `path:line:column`. */
export interface RoadmapProblem extends Complaint, Place {
  readonly where: string;
}

/** Problems that one fault names; the rest are only counted. */
const PROBLEMS_NAMED_MAX = 20;

/** Ties a complaint to its place in the file. */
export function problemAt(path: string, place: Place, complaint: Complaint): RoadmapProblem {
  const { line, column } = place;
  return { ...complaint, where: `${path}:${line}:${column}`, line, column };
}

/** A roadmap that cannot be taken as it is, with every problem in the order of the file. */
export class RoadmapFault extends FaultError {
  /** The problems that the message names. */
  readonly problems: readonly RoadmapProblem[];
  /** How many there are beyond those. */
  readonly more: number;

  constructor(path: string, all: readonly RoadmapProblem[], namedMax = PROBLEMS_NAMED_MAX) {
    const problems = all
      .toSorted((a, b) => a.line - b.line || a.column - b.column)
      .slice(0, namedMax);
    const more = all.length - problems.length;
    super({ kind: "invalid", ...summaryOf(path, problems, more) });
    this.name = "RoadmapFault";
    this.problems = problems;
    this.more = more;
  }
}

function summaryOf(path: string, problems: readonly RoadmapProblem[], more: number) {
  const [first] = problems;
  if (first !== undefined && problems.length === 1 && more === 0) return first;
  const shared = {
    code: sharedBy(problems, "code"),
    expected: sharedBy(problems, "expected"),
    next: sharedBy(problems, "next"),
  };
  const lines = problems.map(({ where, found, expected, next }) =>
    [
      `${where}: ${found}`,
      ...(shared.expected === null ? [`expected ${expected}`] : []),
      ...(shared.next === null ? [next] : []),
    ].join("; "),
  );
  const rest = more > 0 ? [`and ${more} more`] : [];
  return {
    code: shared.code ?? "roadmap.invalid",
    where: path,
    found: [`${problems.length + more} problems:`, ...lines, ...rest].join("\n  "),
    expected: shared.expected ?? "a roadmap without these problems",
    next: shared.next ?? "correct these lines and try again",
  };
}

/** What all problems say there, or null where they differ. */
function sharedBy(problems: readonly RoadmapProblem[], key: "code" | "expected" | "next") {
  const [first] = problems;
  return first !== undefined && problems.every((each) => each[key] === first[key])
    ? first[key]
    : null;
}
