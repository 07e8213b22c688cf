/** What a run of the mutation tests found, as it stands in docs/mutation.json. */

/** The least score of each part, in percent, that keeps the promise. */
export const PROMISED = { machines: 90, planning: 80, host: 80 } as const;
export type Part = keyof typeof PROMISED;

/** A change of the code that no test noticed. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  /** The whole line as it stands. */
  readonly text: string;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface AreaReport {
  readonly name: string;
  /** When it was run, as `2026-01-31`. */
  readonly date: string;
  readonly part: Part;
  readonly mutants: number;
  readonly killed: number;
  /** Those of the killed that never came to an end. */
  readonly timeouts: number;
  readonly survivors: readonly Survivor[];
}

export interface MutationReport {
  readonly areas: readonly AreaReport[];
}

/** What was counted in some areas together. */
export interface Total {
  readonly mutants: number;
  readonly killed: number;
  readonly timeouts: number;
}

/** Killed mutants in percent of all that were counted. */
export const scoreOf = ({ mutants, killed }: Total): number =>
  mutants === 0 ? 0 : (killed / mutants) * 100;

export interface PartReport extends Total {
  readonly part: Part;
  readonly least: number;
}

/** Each part of the code, as far as areas of it are in the report. */
export function partsOf({ areas }: MutationReport): readonly PartReport[] {
  return Object.entries(PROMISED).flatMap(([name, least]) => {
    const own = areas.filter(({ part }) => part === name);
    if (own.length === 0) return [];
    const sum = (pick: (area: AreaReport) => number) =>
      own.reduce((total, area) => total + pick(area), 0);
    const mutants = sum((area) => area.mutants);
    const killed = sum((area) => area.killed);
    const timeouts = sum((area) => area.timeouts);
    return [{ part: name as Part, least, mutants, killed, timeouts }];
  });
}

/** The parts whose promise is broken. */
export const brokenIn = (report: MutationReport): readonly PartReport[] =>
  partsOf(report).filter((each) => scoreOf(each) < each.least);
