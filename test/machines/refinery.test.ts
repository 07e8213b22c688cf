/** The refinery chart: whose turn it is, in which order, and what a reservation does to that. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RefineryEvent } from "../../machines/protocol.ts";
import { machine } from "../../machines/refinery.ts";
import { all, compare, elapse, gapsOf, play } from "../support/chart-table.ts";
import { reachable, say, takenOf, wander } from "../support/chart-table.ts";
import type { Moment, Rows, Stage } from "../support/chart-table.ts";

const tasks = ["A", "B", "C"] as const;
const joins = (taskId: string) =>
  say<RefineryEvent>({ type: "enqueue", mergeId: `merge:${taskId}`, taskId });
const ends = (taskId: string) =>
  say<RefineryEvent>({ type: "settled", mergeId: `merge:${taskId}` });
const wordsOf = (verb: string, stepOf: (taskId: string) => ReturnType<typeof joins>) =>
  Object.fromEntries(tasks.map((taskId) => [`${taskId}${verb}`, stepOf(taskId)]));

const words = {
  ...wordsOf("joins", joins),
  ...wordsOf("ends", ends),
  ...wordsOf("reserves", (taskId) => say<RefineryEvent>({ type: "reserve", taskId })),
  ...wordsOf("releases", (taskId) => say<RefineryEvent>({ type: "release", taskId })),
  joinsAll: all(joins("A"), joins("B"), joins("C")),
  limit: elapse("reserveLimit"),
};
const subject = { machine, actor: "refinery", input: {} };
const stage: Stage = { subject, words };

const HELD = "reserved: set reserveLimit 1h";
const rows: Rows = {
  "at first nobody waits": "=> empty",
  "the first request has its turn at once (R1)": "Ajoins => busy: tell merge:A takeTurn",
  "the second one waits (R1)": "Ajoins Bjoins => busy",
  "the first come is the first served (R2)": "joinsAll Aends => busy: tell merge:B takeTurn",
  "and the next one then (R2)": "joinsAll Aends Bends => busy: tell merge:C takeTurn",
  "after the last one nobody has a turn (R1)": "joinsAll Aends Bends Cends => empty",
  "the only one leaves nobody (R1)": "Ajoins Aends => empty",
  "one that comes back is last (R2)": "joinsAll Aends Ajoins Bends => busy: tell merge:C takeTurn",
  "one that asks twice waits once (R2)": "Ajoins Bjoins Bjoins Aends Bends => empty",
  "one that withdraws leaves the queue (R4)": "joinsAll Bends Aends => busy: tell merge:C takeTurn",
  "and disturbs nobody (R1)": "joinsAll Bends => busy",
  "a stranger's end means nothing (R1)": "Ajoins Cends => busy",
  "an end comes too late for nobody": "Cends => empty",

  "a reservation of an empty target holds it (R3)": `Areserves => ${HELD}`,
  "others wait meanwhile (R3)": "Areserves Bjoins Cjoins => reserved",
  "the reserving task has its turn at once (R3)":
    "Areserves Bjoins Ajoins => busy: tell merge:A takeTurn, clear reserveLimit",
  "a reservation waits for the turn that is given (R1)": "Bjoins Areserves => busy",
  "and holds the target after it (R3)": `Bjoins Cjoins Areserves Bends => ${HELD}`,
  "the reserving task comes before those who came first (R2)":
    "joinsAll Creserves Aends => busy: tell merge:C takeTurn",
  "the others keep their order (R2)":
    "Areserves Bjoins Cjoins Ajoins Areleases Aends => busy: tell merge:B takeTurn",
  "the older reservation comes first (R2)":
    "joinsAll Creserves Breserves Aends => busy: tell merge:C takeTurn",
  "it is not renewed by asking again (R2)":
    "joinsAll Creserves Breserves Creserves Aends => busy: tell merge:C takeTurn",
  "the second reservation comes next (R2)":
    "joinsAll Creserves Breserves Aends Creleases Cends => busy: tell merge:B takeTurn",
  "one that merged is waited for until it is released (R3)": `Areserves Ajoins Aends => ${HELD}`,
  "a release gives the target free (R3)":
    "Areserves Bjoins Areleases => busy: tell merge:B takeTurn, clear reserveLimit",
  "a release with nobody waiting (R3)": "Areserves Areleases => empty: clear reserveLimit",
  "a release of another task does not (R3)": "Areserves Breserves Breleases => reserved",
  "a release hands over to the next one (R3)": `Areserves Breserves Cjoins Areleases => ${HELD}`,
  "a release before the turn ends reserves nothing": "Ajoins Breserves Breleases Aends => empty",
  "after an hour the others go on (R3)": "Areserves Bjoins limit => busy: tell merge:B takeTurn",
  "after an hour the next reservation holds (R3)": `Areserves Breserves limit => ${HELD}`,
  "and is released like the first": [
    "Areserves Breserves limit Breleases",
    "empty: clear reserveLimit",
  ],
  "an hour with nobody waiting (R3)": "Areserves limit => empty",
  "one who came too late waits like all (R2)":
    "Areserves Bjoins Cjoins limit Ajoins Bends => busy: tell merge:C takeTurn",
  "a reserved target is withdrawn from as well (R4)":
    "Areserves Bjoins Cjoins Bends Areleases => busy: tell merge:C takeTurn, clear reserveLimit",
  "a release of nothing is nothing": "Areleases => empty",
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

const places = ["A", "B", "C"].map((taskId) => ({ mergeId: `merge:${taskId}`, taskId }));
const cThenB = places.slice(1).toReversed();
test.each<[string, string, object]>([
  ["the queue is in order of coming", "joinsAll", { queue: places, reservations: [] }],
  ["one that asks twice is there once", "Ajoins Ajoins", { queue: places.slice(0, 1) }],
  ["who comes before the others is there once", "joinsAll Creserves Aends", { queue: cThenB }],
  ["reservations are in order of coming", "2*Breserves Areserves", { reservations: ["B", "A"] }],
  ["an hour forgets the oldest (R3)", "Breserves Areserves limit", { reservations: ["A"] }],
])("%s", (_title, script, facts) => {
  expect(play(stage, script).facts()).toMatchObject(facts);
});

// ── what each state takes ─────────────────────────────────────────────────────────────────────

const samples: readonly RefineryEvent[] = [
  { type: "enqueue", mergeId: "merge:B", taskId: "B" },
  { type: "settled", mergeId: "merge:A" },
  { type: "reserve", taskId: "B" },
  { type: "release", taskId: "A" },
];

describe("every state takes every event, and no other", () => {
  test.each([
    ["empty", ""],
    ["busy", "Ajoins"],
    ["reserved", "Areserves"],
  ])("%s", (state, way) => {
    const now = play(stage, way);
    expect(now.at()).toBe(state);
    expect(takenOf(samples, now)).toBe("enqueue release reserve settled");
    expect(takenOf([{ type: "takeTurn" }, { type: "setStatus" }], now)).toBe("");
  });

  test("these are all states, and all events it knows", () => {
    const states = ["", "busy", "choosing", "empty", "reserved"];
    expect(reachable(subject, "nothing").toSorted()).toEqual(states);
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.toSorted()).toEqual(["enqueue", "release", "reserve", "settled"]);
  });
});

// ── after every sequence ──────────────────────────────────────────────────────────────────────

/** Keeps the queue by hand: who came when, who reserved, and who has the turn. */
class Queue {
  readonly broken: string[] = [];
  #waiting: string[] = [];
  #reserved: string[] = [];
  #holder: string | null = null;
  #requests = 0;

  /** Each task has one request at a time; a new one has a name of its own. */
  readonly events = (): readonly RefineryEvent[] => {
    const open = [...this.#waiting, ...(this.#holder === null ? [] : [this.#holder])];
    const idle = ["A", "B", "C", "D"].filter((each) => !open.some((id) => id.startsWith(each)));
    const named = (taskId: string) => `${taskId}.${this.#requests}`;
    return [
      ...idle.map((taskId) => ({ type: "enqueue", mergeId: named(taskId), taskId }) as const),
      ...open.map((mergeId) => ({ type: "settled", mergeId }) as const),
      ...["A", "B"].map((taskId) => ({ type: "reserve", taskId }) as const),
      ...["A", "B"].map((taskId) => ({ type: "release", taskId }) as const),
    ];
  };

  readonly look = ({ play: now, from, event }: Moment): void => {
    const isTimer = event.type.startsWith("reserveLimit");
    this.#note(isTimer ? { type: "timer" } : (event as RefineryEvent));
    const turn = this.#holder === null ? this.#next() : undefined;
    if (turn !== undefined) this.#holder = turn;
    this.#waiting = this.#waiting.filter((each) => each !== turn);
    const rest = this.#reserved.length > 0 ? "reserved" : "empty";
    const told = now.requests.messages.map(({ to }) => to);
    const seen = [now.at(), ...told];
    const due = [this.#holder === null ? rest : "busy", ...(turn === undefined ? [] : [turn])];
    const [was, should] = [seen.join(" "), due.join(" ")];
    if (was !== should) this.broken.push(`${from} ${event.type}: ${was}, not ${should}`);
  };

  #note(event: RefineryEvent | { readonly type: "timer" }): void {
    switch (event.type) {
      case "enqueue":
        this.#requests += 1;
        this.#waiting.push(event.mergeId);
        return;
      case "settled":
        if (this.#holder === event.mergeId) this.#holder = null;
        this.#waiting = this.#waiting.filter((each) => each !== event.mergeId);
        return;
      case "reserve":
        if (!this.#reserved.includes(event.taskId)) this.#reserved.push(event.taskId);
        return;
      case "release":
        this.#reserved = this.#reserved.filter((each) => each !== event.taskId);
        return;
      case "timer":
        this.#reserved.shift();
        return;
      default:
        event satisfies never;
    }
  }

  /** The reserving task's request comes first; where it is not there, nobody comes. */
  #next(): string | undefined {
    const [first] = this.#reserved;
    return this.#waiting.find((each) => first === undefined || each.startsWith(first));
  }
}

test("R1, R2, R3 and R4 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 20, maxLength: 150, size: "max" });
  const been = new Set<string>();
  const property = fc.property(walk, (picks) => {
    const queue = new Queue();
    const { events, look } = queue;
    wander(subject, picks, { events, look }).been.forEach((each) => been.add(each));
    expect(queue.broken).toEqual([]);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
  expect([...been].toSorted()).toEqual(["busy", "empty", "reserved"]);
});
