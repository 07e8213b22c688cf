/** What a run of the mutation tests found, as it stands in docs/mutation.json. */

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
  /** The least score, in percent. */
  readonly least: number;
  readonly mutants: number;
  readonly killed: number;
  /** Those of the killed that never came to an end. */
  readonly timeouts: number;
  readonly survivors: readonly Survivor[];
}

export interface MutationReport {
  readonly date: string;
  readonly areas: readonly AreaReport[];
}

/** Killed mutants in percent of all that were counted. */
export const scoreOf = ({ mutants, killed }: AreaReport): number =>
  mutants === 0 ? 0 : (killed / mutants) * 100;
