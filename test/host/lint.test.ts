/** Every rule that a chart must keep, broken on purpose in a small chart. */
import { describe, expect, test } from "vitest";
import { assign, createMachine, emit, fromPromise, log, raise, sendTo, setup, stateIn } from "xstate";
import type { AnyStateMachine } from "xstate";
import { tell } from "../../machines/chart.ts";
import { effect } from "../../machines/effects.ts";
import { lintChart } from "../../src/host/lint.ts";

const options = { maxIterations: 10 };
const start = Date;
/** A chart with one state `a` as given, and one other. */
const chartWith = (a: object, words: object = {}): AnyStateMachine =>
  setup({ actions: { tell }, actors: { rank: effect<"rank">("retry") }, ...words }).createMachine({
    id: "m",
    initial: "a",
    options,
    states: { a, b: {} },
  });
