/**
 * Breadth-first search over whatever has moves: places are told apart by their key, so the first
 * way to a place is a shortest one. What a place is, and what is wrong with it, others say.
 */

export interface Move<Place> {
  /** What happens, for the lines that people read. */
  readonly label: string;
  readonly to: Place;
  /** What this move breaks, a sentence each. */
  readonly broken: readonly string[];
}

export interface Space<Place> {
  readonly starts: readonly Move<Place>[];
  readonly keyOf: (place: Place) => string;
  readonly movesFrom: (place: Place) => Iterable<Move<Place>>;
}

export interface Violation {
  readonly broken: string;
  /** The shortest way to it that was found, a line each happening. */
  readonly path: readonly string[];
}

export interface Limits {
  /** Places that are kept; where there are more the search ends and says so. */
  readonly placesMax: number;
  /** Different violations after which it ends. */
  readonly violationsMax?: number;
}

const VIOLATIONS_MAX = 10;

interface Entry<Place> {
  readonly place: Place;
  readonly label: string;
  readonly before: number;
}

export class Exploration<Place> {
  readonly #space: Space<Place>;
  readonly #limits: Limits;
  readonly #entries: Entry<Place>[] = [];
  readonly #known = new Map<string, number>();
  readonly #violations = new Map<string, Violation>();
  /** Moves that were made, also those that led to a known place. */
  moves = 0;
  /** True where every move of every place was made. */
  isComplete = false;

  constructor(space: Space<Place>, limits: Limits) {
    this.#space = space;
    this.#limits = limits;
    for (const move of space.starts) this.#take(move, -1);
    this.#search();
  }

  get places(): readonly Place[] {
    return this.#entries.map(({ place }) => place);
  }

  get violations(): readonly Violation[] {
    return [...this.#violations.values()];
  }

  /** The labels on the shortest way to the place with this number. */
  pathTo(index: number): readonly string[] {
    const labels: string[] = [];
    for (let at = this.#entries[index]; at !== undefined; at = this.#entries[at.before]) {
      labels.push(at.label);
    }
    return labels.toReversed();
  }

  #search(): void {
    const { placesMax, violationsMax = VIOLATIONS_MAX } = this.#limits;
    for (let index = 0; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined || this.#violations.size >= violationsMax) return;
      for (const move of this.#space.movesFrom(entry.place)) this.#take(move, index);
      if (this.#entries.length > placesMax) return;
    }
    this.isComplete = true;
  }

  #take({ label, to, broken }: Move<Place>, before: number): void {
    this.moves += 1;
    for (const each of broken) {
      if (this.#violations.has(each)) continue;
      this.#violations.set(each, { broken: each, path: [...this.pathTo(before), label] });
    }
    const key = this.#space.keyOf(to);
    if (this.#known.has(key)) return;
    this.#known.set(key, this.#entries.length);
    this.#entries.push({ place: to, label, before });
  }
}

/** A violation as a person reads it: what broke, then one numbered line for each happening. */
export function violationText({ broken, path }: Violation): string {
  const steps = path.map((label, index) => `  ${String(index + 1).padStart(3)}  ${label}`);
  return [broken, ...steps].join("\n");
}
