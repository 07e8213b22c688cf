/**
 * Whatever is told to an actor, in whatever order and however often, while effects end late, timers
 * ring late and hosts come and go: nothing throws, nothing is taken twice, what is stale changes
 * nothing, and the journal tells it all. It begins wherever a transition of the chart leads.
 */
import { check } from "fast-check";
import { expect, test } from "vitest";
import { crashPlanOf } from "../crash/points.ts";
import { chartsIn, inCatalog, ROOT } from "../paths/charts.ts";
import { keeps } from "./lives.ts";

/** Lives that begin at each transition. */
const RUNS = 2;
const MINUTES_MS = 5 * 60_000;

const charts = await chartsIn(ROOT);

test.each(charts)(
  "$name keeps every promise, whatever happens",
  async (candidate) => {
    const setting = { candidate, chart: inCatalog(candidate) ?? { ...candidate, version: 1 } };
    for (const path of crashPlanOf(candidate).paths) {
      const found = await check(keeps(setting, path), { numRuns: RUNS });
      const { failed, seed, counterexample, errorInstance } = found;
      const what = JSON.stringify({ seed, transition: path.transition, counterexample });
      expect(failed ? `${what}\n${String(errorInstance)}` : "").toBe("");
    }
  },
  MINUTES_MS,
);
