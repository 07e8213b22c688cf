/** What a crash means for each effect, and which chart asks for it. */
import { expect, test } from "vitest";
import { createActor } from "xstate";
import { machine as agent } from "../../machines/agent.ts";
import { machine as backup } from "../../machines/backup.ts";
import { machine as coordinator } from "../../machines/coordinator.ts";
import { effect } from "../../machines/effects.ts";
import type { CrashPolicy, EffectName } from "../../machines/effects.ts";
import { machine as errand } from "../../machines/errand.ts";
import { machine as gate } from "../../machines/gate.ts";
import { machine as mergeRequest } from "../../machines/merge-request.ts";
import { machine as provider } from "../../machines/provider.ts";
import { machine as refinery } from "../../machines/refinery.ts";
import { machine as roadmap } from "../../machines/roadmap.ts";
import { machine as task } from "../../machines/task.ts";
import { machine as visitor } from "../../machines/visitor.ts";
import { Kernel } from "../../src/host/kernel.ts";

const charts = {
  backup,
  agent,
  coordinator,
  errand,
  gate,
  mergeRequest,
  provider,
  refinery,
  roadmap,
  task,
  visitor,
};

/**
 * Starting an agent and moving the target are the two things that are never done twice.
 * A repeated errand or check finds its own program again, and does not start it.
 */
const table = {
  rank: ["coordinator", "retry"],
  probeProvider: ["provider", "retry"],
  prepareWorktree: ["agent", "retry"],
  runAgent: ["agent", "interrupted"],
  adoptRun: ["agent", "retry"],
  stopRun: ["agent", "retry"],
  collectWork: ["agent", "retry"],
  collectVisit: ["visitor", "retry"],
  runErrand: ["errand", "retry"],
  runChecks: ["gate", "retry"],
  rebase: ["mergeRequest", "retry"],
  land: ["mergeRequest", "interrupted"],
  observeTarget: ["mergeRequest", "retry"],
  retireBranch: ["mergeRequest", "retry"],
  copyDatabase: ["backup", "retry"],
} as const satisfies Readonly<Record<EffectName, readonly [keyof typeof charts, CrashPolicy]>>;

test.each(Object.entries(table))("%s is asked for by the %s, a crash means %s", (name, row) => {
  const [owner, policy] = row;
  const asking = Object.entries(charts).filter(
    ([, { implementations }]) => name in implementations.actors,
  );
  expect(asking.map(([chart]) => chart)).toEqual([owner]);
  expect(new Kernel(charts[owner]).crashPolicyOf(name)).toBe(policy);
});

test("a chart asks for no effect but these", () => {
  const asked = Object.values(charts).flatMap((chart) => Object.keys(chart.implementations.actors));
  expect(asked.toSorted()).toEqual(Object.keys(table).toSorted());
});

test.each<CrashPolicy>(["retry", "interrupted"])(
  "an effect declares what a crash means: %s",
  (crash) => {
    expect(effect<"rank">(crash).crash).toBe(crash);
  },
);

test("an effect that somebody runs as XState would says whose task that is", async () => {
  const actor = createActor(effect<"rank">("retry"), { input: undefined as never });
  const failed = new Promise((_resolve, reject) => {
    actor.subscribe({ error: reject });
  });
  actor.start();
  await expect(failed).rejects.toThrow("a chart cannot run an effect");
});
