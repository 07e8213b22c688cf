/**
 * Every chart of machines/ is killed by SIGKILL at every boundary of every transition that is
 * written down, taken up by another process, and must come to the end it would have come to.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CrashPolicy } from "../../machines/effects.ts";
import { emptyFolder } from "../support/workbench.ts";
import { chartsIn, ROOT } from "../paths/charts.ts";
import type { Kill } from "./killing.ts";
import { runMatrix } from "./matrix.ts";
import { crashPlanOf } from "./points.ts";
import type { CrashPoint } from "./points.ts";
import { ONCE } from "./world.ts";

const charts = await chartsIn(ROOT);
const MINUTES_MS = 10 * 60_000;

/** The taking up is killed three times in a row, each time a little later. */
const THRICE: readonly Kill[] = [
  { at: "before commit", which: 1 },
  { at: "after commit", which: 1 },
  { at: "finished", which: 1 },
];

const plans = charts.map((candidate) => {
  return { ...candidate, ...crashPlanOf(candidate) };
});
const settingOf = ({ name, file }: (typeof plans)[number]) => {
  return { folder: emptyFolder(), charts: [{ name, file: join(ROOT, file) }] };
};
const isStart = ({ kill }: CrashPoint): boolean => kill.at === "started";

describe.each(plans)("$name", (plan) => {
  const { points, uncovered } = plan;

  test("every transition into a state with an effect is among the crashes", () => {
    expect(uncovered).toEqual([]);
    expect(points.length).toBeGreaterThan(0);
  });

  test(
    `comes to the same end after each of ${points.length} crashes`,
    async () => {
      const { crashes, problems } = await runMatrix(points, settingOf(plan));
      expect(problems.join("\n\n")).toBe("");
      expect(crashes).toBe(points.length);
    },
    MINUTES_MS,
  );
});

test.each(plans.filter(({ points }) => points.some(isStart)))(
  "$name comes to the same end where its taking up is killed three times in a row",
  async (plan) => {
    const starts = plan.points.filter(isStart);
    const setting = { ...settingOf(plan), kills: THRICE };
    const { crashes, more, problems } = await runMatrix(starts, setting);
    expect(problems.join("\n\n")).toBe("");
    expect(crashes).toBe(starts.length);
    // Some lives are over before the third of them.
    expect(more).toBeGreaterThanOrEqual(2 * starts.length);
  },
  MINUTES_MS,
);

test("what the world cannot take back is what the charts say is never started twice", () => {
  const declared = charts.flatMap(({ machine }) => Object.entries(machine.implementations.actors));
  const once = declared.filter(([, logic]) => (logic as { crash?: CrashPolicy }).crash !== "retry");
  expect(once.map(([kind]) => kind).toSorted()).toEqual(ONCE.toSorted());
});

test("the proof shows as many crashes as there were", () => {
  const shown = JSON.parse(readFileSync(join(ROOT, "docs/crash-points.json"), "utf8")) as object;
  expect(shown).toEqual(Object.fromEntries(plans.map(({ name, points }) => [name, points.length])));
});
