/** The crash matrix can fail: each of these breaks one promise on purpose, and is found. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "../support/workbench.ts";
import { chartsIn, ROOT } from "../paths/charts.ts";
import type { Found } from "../paths/charts.ts";
import type { Breakage } from "./breakages.ts";
import type { Boundary } from "./killing.ts";
import { runMatrix } from "./matrix.ts";
import { crashPlanOf } from "./points.ts";
import type { CrashPoint } from "./points.ts";

const charts = await chartsIn(ROOT);

function chartOf(name: string): Found {
  const found = charts.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no chart ${name}`);
  return found;
}

/** The crash of that kind on the way of one transition. */
function pointOf(chart: string, transition: string, at: Boundary): CrashPoint {
  const { points } = crashPlanOf(chartOf(chart));
  const found = points.find((each) => {
    return each.path.transition.includes(transition) && each.kill.at === at;
  });
  if (found === undefined) throw new Error(`${chart} is not killed ${at} at ${transition}`);
  return found;
}

async function problemsOf(point: CrashPoint, chart: string, breakage: Breakage): Promise<string> {
  const { name, file } = chartOf(chart);
  const setting = { folder: emptyFolder(), charts: [{ name, file: join(ROOT, file) }], breakage };
  const { problems } = await runMatrix([point], setting);
  return problems.join("\n");
}

interface Broken {
  readonly what: string;
  readonly chart: string;
  readonly transition: string;
  readonly at: Boundary;
  readonly breakage: Breakage;
  readonly found: string;
}

const PREPARED = "done prepareWorktree -> #agent.working";
const FAILED = "failed runChecks [hasTriesLeft] -> #gate.waiting";

const broken: readonly Broken[] = [
  {
    what: "a chart that lets a run be started again",
    chart: "agent",
    transition: PREPARED,
    at: "under way",
    breakage: { kind: "retried", effect: "runAgent" },
    found: "began T-1.1 was done twice",
  },
  {
    what: "a chart that lets a run be started again before it began",
    chart: "agent",
    transition: PREPARED,
    at: "started",
    breakage: { kind: "retried", effect: "runAgent" },
    found: "agent:a-1@3/0 runAgent was started twice",
  },
  {
    what: "a chart that lands again without looking",
    chart: "merge-request",
    transition: "gatePassed",
    at: "finished",
    breakage: { kind: "retried", effect: "land" },
    found: "land was started twice",
  },
  {
    what: "a store that drops a row of the outbox",
    chart: "provider",
    transition: "the start",
    at: "after commit",
    breakage: { kind: "lost effect", effect: "probeProvider" },
    found: "provider:local waits for ever in probing for probeProvider, which nobody does",
  },
  {
    what: "a store that drops a timer",
    chart: "gate",
    transition: FAILED,
    at: "after commit",
    breakage: { kind: "lost timers" },
    found: "gate:T-1.1 waits for ever in waiting for nothing",
  },
  {
    what: "a store that loses a result",
    chart: "gate",
    transition: "the start",
    at: "after commit",
    breakage: { kind: "lost result", effect: "runChecks" },
    found: "the checks did not end within two hours",
  },
  {
    what: "a store that forgets which calls it took",
    chart: "coordinator",
    transition: "stop",
    at: "after commit",
    breakage: { kind: "forgotten keys" },
    found: "is refused",
  },
];

test.each(broken)("$what is found", async ({ chart, transition, at, breakage, found }) => {
  const point = pointOf(chart, transition, at);
  expect(await problemsOf(point, chart, breakage)).toContain(found);
});

test("a crash that is never come to is no proof", async () => {
  const point = pointOf("provider", "the start", "started");
  const never = { ...point, kill: { ...point.kill, which: "provider:local@99/0" } };
  const { name, file } = chartOf("provider");
  const setting = { folder: emptyFolder(), charts: [{ name, file: join(ROOT, file) }] };
  const { crashes, problems } = await runMatrix([never], setting);
  expect([crashes, problems.join("\n")]).toEqual([0, expect.stringContaining("never come to")]);
});

test("a transition into an effect that the cases never take is missed", () => {
  const coordinator = chartOf("coordinator");
  const rankings = (coordinator.cases.outputs?.["rank"] ?? []) as readonly { kind: string }[];
  const rank = rankings.filter(({ kind }) => kind === "nothing");
  const cases = { ...coordinator.cases, outputs: { rank } };
  const { uncovered } = crashPlanOf({ ...coordinator, cases });
  expect(uncovered).toEqual([
    "#coordinator.running.dispatching: claimed -> #coordinator.running.ranking",
    "#coordinator.running.dispatching: claimLost -> #coordinator.running.ranking",
    "#coordinator.running.dispatching: after claimLimit -> #coordinator.running.ranking",
  ]);
});
