/**
 * One chart as the rules look at it, among the charts that are checked along: its arrows, its
 * facts, a walk through it, and who sends the events that it takes.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import type { Cases } from "../cases.ts";
import { Anatomy, lineOf, pathOf } from "./anatomy.ts";
import type { Arrow } from "./anatomy.ts";
import { factsOf } from "./facts.ts";
import type { CheckedChart, Facts } from "./facts.ts";
import { survey } from "./survey.ts";
import type { Survey } from "./survey.ts";

/** A sender that nobody has named. */
export const SOMEBODY = "somebody";
const END_TAGS = ["settled", "end"];

const BARE: Cases = {};
const surveys = new WeakMap<AnyStateMachine, { readonly cases: Cases; readonly survey: Survey }>();

export class Subject {
  readonly name: string;
  readonly anatomy: Anatomy;
  readonly facts: Facts;
  /** The charts checked along, this one among them. */
  readonly circle: readonly Subject[];
  readonly #machine: AnyStateMachine;

  constructor({ name, machine, facts = {} }: CheckedChart, circle: readonly Subject[]) {
    this.name = name;
    this.circle = circle;
    this.#machine = machine;
    this.anatomy = new Anatomy(machine);
    this.facts = factsOf(machine, facts);
  }

  /** A chart is walked once, however often and in whatever company it is checked. */
  get survey(): Survey {
    const { cases = BARE } = this.facts;
    const known = surveys.get(this.#machine);
    if (known?.cases === cases) return known.survey;
    const fresh = survey(this.#machine, { cases });
    surveys.set(this.#machine, { cases, survey: fresh });
    return fresh;
  }

  /** The types of the events that the chart takes from others. */
  get events(): readonly string[] {
    const types = this.anatomy.arrows.flatMap(({ cause }) =>
      cause.kind === "event" ? [cause.type] : [],
    );
    return [...new Set(types)];
  }

  isEnd(leaf: AnyStateNode): boolean {
    const line = lineOf(leaf);
    if (
      line.some(({ type, tags }) => type === "final" || END_TAGS.some((tag) => tags.includes(tag)))
    )
      return true;
    return line.some((node) => this.facts.ends?.includes(pathOf(node)) === true);
  }

  /** True where it is known of every event whether anybody sends it. */
  get knowsSenders(): boolean {
    return this.circle.length > 1 || this.facts.sentBy !== undefined;
  }

  /** Who sends an event to this chart; the charts of the circle by their names. */
  sendersOf(type: string): readonly string[] {
    const tellers = this.circle.filter((each) =>
      each.survey.told.some((told) => told.to === this.name && told.type === type),
    );
    const itself = this.anatomy.raised.includes(type) ? [this.name] : [];
    const outside = this.facts.sentBy?.[type] ?? [];
    const known = [...tellers.map(({ name }) => name), ...itself, ...outside];
    return known.length === 0 && !this.knowsSenders ? [SOMEBODY] : known;
  }

  /** True for an arrow that nobody can cause. */
  isIdle({ cause }: Arrow): boolean {
    return cause.kind === "event" && this.sendersOf(cause.type).length === 0;
  }

  /** A chart is restored after every crash; a process or a session is not. */
  isDurable(sender: string): boolean {
    return this.circle.some(({ name }) => name === sender);
  }
}
