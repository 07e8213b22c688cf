/**
 * Checks charts for the ways in which orchestrators have been seen to wedge. It needs no host and
 * no database, and works on anybody's chart.
 */
import type { AnyStateMachine } from "xstate";
import type { CheckedChart, Facts } from "./facts.ts";
import type { Problem } from "./problem.ts";
import { checkDemoted } from "./rules/demoted.ts";
import { checkDoneOnce } from "./rules/done-once.ts";
import { checkEnterable } from "./rules/enterable.ts";
import { checkHandled } from "./rules/handled.ts";
import { checkLeavable } from "./rules/leavable.ts";
import { checkOwned } from "./rules/owned.ts";
import { checkPrepared } from "./rules/prepared.ts";
import { checkQueued } from "./rules/queued.ts";
import { checkSent } from "./rules/sent.ts";
import { Subject } from "./subject.ts";

const RULES: readonly ((subject: Subject) => readonly Problem[])[] = [
  checkEnterable,
  checkLeavable,
  checkSent,
  checkDemoted,
  checkHandled,
  checkOwned,
  checkPrepared,
  checkQueued,
  checkDoneOnce,
];

/** What is wrong with one chart alone; of other charts nothing is known. */
export function checkChart(machine: AnyStateMachine, facts: Facts = {}): readonly Problem[] {
  return checkCharts([{ name: machine.id, machine, facts }]);
}

/** What is wrong with charts that tell each other things. */
export function checkCharts(charts: readonly CheckedChart[]): readonly Problem[] {
  const circle: Subject[] = [];
  for (const chart of charts) circle.push(new Subject(chart, circle));
  return circle.flatMap((subject) => RULES.flatMap((rule) => rule(subject)));
}
