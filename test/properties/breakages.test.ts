/** The properties can fail: a promise that is broken on purpose is found within a few lives. */
import { check } from "fast-check";
import { expect, test } from "vitest";
import type { AnyStateMachine } from "xstate";
import type { Breakage } from "../crash/breakages.ts";
import { crashPlanOf } from "../crash/points.ts";
import { chartsIn, ROOT } from "../paths/charts.ts";
import { keeps } from "./lives.ts";

const RUNS_MAX = 200;
const SEED = 20_261_121;
const charts = await chartsIn(ROOT);

interface Broken {
  readonly what: string;
  readonly chart: string;
  /** The life begins where this transition has led. */
  readonly transition: string;
  readonly breakage?: Breakage;
  readonly change?: (machine: AnyStateMachine) => AnyStateMachine;
  readonly found: RegExp;
}

const all: readonly Broken[] = [
  {
    what: "a store that forgets the keys of its steps",
    chart: "coordinator",
    transition: "start",
    breakage: { kind: "forgotten keys" },
    found: /after nothing|is not known|the dead letters/,
  },
  {
    what: "a store that loses timers",
    chart: "provider",
    transition: "limitHit",
    breakage: { kind: "lost timers" },
    found: /its timers are/,
  },
  {
    what: "a store that loses effects",
    chart: "gate",
    transition: "the start",
    breakage: { kind: "lost effect", effect: "runChecks" },
    found: /it waits for/,
  },
  {
    what: "a chart that takes the report of an earlier run",
    chart: "task",
    transition: "runStarted",
    change: (machine) => machine.provide({ guards: { isCurrent: () => true } } as never),
    found: /after nothing/,
  },
  {
    what: "a chart that throws",
    chart: "agent",
    transition: "assign -> #agent.preparing",
    change: (machine) => machine.provide({ guards: { isCurrent: explode } } as never),
    found: /the chart of agent:a-1 threw.*it explodes/s,
  },
];

function explode(): never {
  throw new Error("it explodes");
}

test.each(all)("$what is found", async ({ chart: name, transition, breakage, change, found }) => {
  const sound = charts.find((each) => each.name === name);
  const path =
    sound && crashPlanOf(sound).paths.find((each) => each.transition.includes(transition));
  if (sound === undefined || path === undefined) throw new Error(`no ${transition} in ${name}`);
  const machine = change?.(sound.machine) ?? sound.machine;
  const candidate = { ...sound, machine };
  const setting = {
    candidate,
    chart: { name, version: 1, machine },
    ...(breakage && { breakage }),
  };
  const lives = { numRuns: RUNS_MAX, seed: SEED, endOnFailure: true };
  const { failed, errorInstance } = await check(keeps(setting, path), lives);
  expect([failed, String(errorInstance)]).toEqual([true, expect.stringMatching(found)]);
});
