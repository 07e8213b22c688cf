/** The charts of the product have none of the faults that the checker knows. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { doors } from "../../src/catalog/doors.ts";
import type { Cases } from "../../src/proof/cases.ts";
import { checkCharts } from "../../src/proof/checker/check.ts";
import type { CheckedChart, Facts } from "../../src/proof/checker/facts.ts";
import { problemText } from "../../src/proof/checker/problem.ts";
import { changed } from "./changed.ts";

/** What comes through a chart's door is sent by a person, unless its facts name somebody else. */
function sendersOf(name: string): Facts["sentBy"] {
  const door = name in doors ? doors[name as keyof typeof doors] : null;
  const types = door?.options.map((option) => option.shape.type.value) ?? [];
  return Object.fromEntries(types.map((type) => [type, ["person"]]));
}

interface Loaded {
  readonly facts?: Facts;
  readonly cases?: Cases;
}

const charts = await Promise.all(
  catalog.map(async ({ name, machine }): Promise<CheckedChart> => {
    const load = (folder: string): Promise<Loaded> =>
      import(join(import.meta.dirname, folder, `${name}.ts`)) as Promise<Loaded>;
    const [{ facts = {} }, { cases = {} }] = [await load("."), await load("../paths/cases")];
    const sentBy = { ...sendersOf(name), ...facts.sentBy };
    return { name, machine, facts: { cases, ...facts, sentBy } };
  }),
);

test("the checker finds nothing", () => {
  expect(checkCharts(charts).map(problemText)).toEqual([]);
});

/** The catalog with one thing changed in one chart, and what the checker says of that. */
const STEP = "states.landing.states.step.states";
const NOT_YET = { guard: "hasHandedIn", target: "ready" };
const breaks: readonly (readonly [string, string, unknown, string])[] = [
  ["agent", "states.working.on", {}, "unenterable stopping.asked"],
  ["task", "states.blocked.on", {}, "unleavable blocked"],
  ["agent", "states.stuck.after", {}, "unleavable stuck"],
  ["provider", "on", {}, "unenterable cooling"],
  ["refinery", "states.busy.entry", ["putInOrder"], "no-sender rebasing"],
  ["coordinator", "states.running.states.faltering.after", {}, "no-demotion running.faltering"],
  ["task", "on", {}, "unhandled dependencyDone"],
  ["task", "states.active.exit", [], "unowned-claim backlog.ready"],
  ["merge-request", "states.rebasing.invoke.onDone.0.target", "landing", "premature land"],
  ["merge-request", "states.checking.on.gatePassed.target", "retiring", "premature retireBranch"],
  ["task", "states.backlog.states.waiting.always", NOT_YET, "unqueued backlog.waiting"],
  ["merge-request", `${STEP}.moving.invoke.onError`, "moving", "repeated-work land"],
];

test.each(breaks)("a %s whose %s is changed to %o is %s", (chart, ...[path, value, flag]) => {
  const broken = charts.map((each) =>
    each.name === chart ? { ...each, machine: changed(each.machine, path, value) } : each,
  );
  const problems = checkCharts(broken).map(({ code, about }) => `${code} ${about}`);
  expect(problems).toContain(flag);
});
