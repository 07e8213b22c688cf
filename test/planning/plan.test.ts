import * as fc from "fast-check";
import { expect, test } from "vitest";
import { explainOrder, planNext, whyNot } from "../../src/planning/plan.ts";
import type { Candidate, PlanView } from "../../src/planning/plan.ts";
import { compareCandidates } from "../../src/planning/rank.ts";
import { NOTHING_SPENT } from "../../machines/spending.ts";
import { ESTIMATE, NO_CAPS } from "../support/proposals.ts";
import { agent, candidate, NOON, NOON_MS, provider, view } from "./examples.ts";

const rework = (changes: Partial<Candidate>): Candidate =>
  candidate({ status: "needs_improvement", lastAgentId: "codex-1", ...changes });
const busy = { idle: false };
const gone = { idle: false, available: false };
const limited = { usable: false, reason: "usage limit", untilMs: NOON_MS };
const noProvider = [provider("claude", limited), provider("codex", limited)];

test.each<[string, Partial<PlanView>, string, string]>([
  ["the only ready task by the only idle agent", {}, "T-1", "codex-1"],
  ["one task below the WIP limit", { running: 2, wipLimit: 3 }, "T-1", "codex-1"],
  [
    "the better-ranked of two",
    { candidates: [candidate({ id: "T-1", value: 1 }), candidate({ id: "T-2", value: 2 })] },
    "T-2",
    "codex-1",
  ],
  [
    "rework before new work",
    { candidates: [candidate({ id: "T-1", value: 10 }), rework({ id: "T-2", value: 0 })] },
    "T-2",
    "codex-1",
  ],
  [
    "the agent that has been free longest",
    { agents: [agent("a", { freeSinceMs: 2 }), agent("b", { freeSinceMs: 1 })] },
    "T-1",
    "b",
  ],
  ["the lesser id of two free agents", { agents: [agent("b"), agent("a")] }, "T-1", "a"],
  [
    "no busy agent, however long it was free before",
    { agents: [agent("a", { ...busy, freeSinceMs: 0 }), agent("b")] },
    "T-1",
    "b",
  ],
  [
    "no agent that has left the pool",
    { agents: [agent("a", { available: false, freeSinceMs: 0 }), agent("b")] },
    "T-1",
    "b",
  ],
  [
    "rework by its own agent, though another has been free longer",
    {
      candidates: [rework({})],
      agents: [agent("a", { freeSinceMs: 0 }), agent("codex-1")],
    },
    "T-1",
    "codex-1",
  ],
  [
    "new work while rework waits for its busy agent",
    {
      candidates: [rework({ id: "T-1" }), candidate({ id: "T-2" })],
      agents: [agent("codex-1", busy), agent("codex-2")],
    },
    "T-2",
    "codex-2",
  ],
  [
    "rework by any agent once its own is gone",
    { candidates: [rework({})], agents: [agent("codex-1", gone), agent("codex-2")] },
    "T-1",
    "codex-2",
  ],
  [
    "rework by any agent once its own is no longer configured",
    { candidates: [rework({})], agents: [agent("codex-2")] },
    "T-1",
    "codex-2",
  ],
  [
    "rework that nobody worked on by any agent",
    { candidates: [rework({ lastAgentId: null })], agents: [agent("codex-2")] },
    "T-1",
    "codex-2",
  ],
  [
    "a ready task by any agent, also where its last one is busy",
    {
      candidates: [candidate({ lastAgentId: "codex-1" })],
      agents: [agent("codex-1", busy), agent("codex-2")],
    },
    "T-1",
    "codex-2",
  ],
  [
    "the next task where the first one's only provider is not usable",
    {
      candidates: [candidate({ id: "T-1", type: "bug" }), candidate({ id: "T-2", value: 0 })],
      providers: [provider("claude"), provider("codex", limited)],
      routes: [
        { name: "bug", when: { types: ["bug"] }, use: { providers: ["codex"], tier: "low" } },
        { name: "rest", when: {}, use: { providers: ["*"], tier: "low" } },
      ],
    },
    "T-2",
    "codex-1",
  ],
])("picks %s", (_title, changes, ...[taskId, agentId]) => {
  expect(planNext(view(changes))).toMatchObject({ kind: "picked", taskId, agentId });
});

test("a pick carries provider, tier and a rationale of route and score", () => {
  expect(planNext(view({ candidates: [candidate({ complexity: 8 })] }))).toEqual({
    kind: "picked",
    taskId: "T-1",
    agentId: "codex-1",
    provider: "claude",
    tier: "high",
    rationale:
      'row "complex" gives claude at tier high, its first choice; ' +
      `new lane; WSJF (5 + 3) / 8 = 1.00; waiting since ${NOON}`,
    runId: "T-1.1",
    estimate: ESTIMATE,
    spentOnTask: NOTHING_SPENT,
    caps: NO_CAPS,
  });
});

const NO_PROVIDER =
  'row "simple" has no usable provider: ' +
  `codex is not usable (usage limit, tried again at ${NOON}), ` +
  `claude is not usable (usage limit, tried again at ${NOON})`;

test.each<[string, Partial<PlanView>, string]>([
  ["at the WIP limit", { running: 3 }, "the WIP limit of 3 is reached: 3 running"],
  ["above it", { running: 4 }, "the WIP limit of 3 is reached: 4 running"],
  ["with a limit of none", { wipLimit: 0 }, "the WIP limit of 0 is reached: 0 running"],
  ["without a task", { candidates: [] }, "no task is ready"],
  ["without an agent", { agents: [] }, "no agent is in the pool"],
  ["once all agents are gone", { agents: [agent("a", gone)] }, "no agent is in the pool"],
  [
    "while all agents are busy",
    { agents: [agent("a", busy), agent("b", busy), agent("c", gone)] },
    "no agent is idle in the pool of 2",
  ],
  ["without a provider", { providers: noProvider }, `T-1 waits: ${NO_PROVIDER}`],
  [
    "while rework waits for its agent",
    { candidates: [rework({})], agents: [agent("codex-1", busy), agent("codex-2")] },
    "T-1 waits: it goes back to its agent codex-1, which is not idle",
  ],
  [
    "and tells of the first task how many more wait",
    {
      candidates: ["T-3", "T-1", "T-2"].map((id) => candidate({ id })),
      providers: noProvider,
    },
    `T-1 waits: ${NO_PROVIDER}; 2 more wait too`,
  ],
])("picks nothing %s", (_title, changes, reason) => {
  expect(planNext(view(changes))).toEqual({ kind: "nothing", reason, short: null });
});

const two = [candidate({ id: "T-1" }), candidate({ id: "T-2", value: 1 })];
test.each<[string, Partial<PlanView>, string, string]>([
  ["the WIP limit", { running: 3 }, "T-1", "the WIP limit of 3 is reached: 3 running"],
  ["agents", { agents: [agent("a", busy)] }, "T-1", "no agent is idle in the pool of 1"],
  ["providers", { candidates: two, providers: noProvider }, "T-2", NO_PROVIDER],
  [
    "its own agent",
    { candidates: [rework({})], agents: [agent("codex-1", busy), agent("codex-2")] },
    "T-1",
    "it goes back to its agent codex-1, which is not idle",
  ],
  [
    "a better-ranked task",
    { candidates: two },
    "T-2",
    `T-1 (new lane; WSJF (5 + 3) / 4 = 2.00; waiting since ${NOON}) is ranked before ` +
      `T-2 (new lane; WSJF (1 + 3) / 4 = 1.00; waiting since ${NOON})`,
  ],
  ["nothing", { candidates: two }, "T-1", "T-1 is dispatched next"],
  ["absence from the view", { candidates: two }, "T-9", "not among the 2 tasks considered next"],
])("%s may hold a task back", (_title, changes, ...[id, reason]) => {
  expect(whyNot(view(changes), id)).toBe(reason);
});

const few = fc.nat({ max: 2 });
const agentIds = ["a", "b", "c"];
const candidates = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom("T-1", "T-2", "T-3", "T-4", "T-10"),
    status: fc.constantFrom("pending", "needs_improvement"),
    type: fc.constantFrom("bug", "feature", "review"),
    complexity: fc.integer({ min: 1, max: 10 }),
    value: few,
    timeCriticality: few,
    createdAtMs: few,
    failedAttempts: few,
    lastAgentId: fc.constantFrom(null, ...agentIds),
  }),
  { selector: ({ id }) => id },
);
const agents = fc
  .uniqueArray(fc.constantFrom(...agentIds))
  .chain((ids) =>
    fc.tuple(
      ...ids.map((agentId) =>
        fc
          .record({ idle: fc.boolean(), available: fc.boolean(), freeSinceMs: few })
          .map((each) => agent(agentId, each)),
      ),
    ),
  );
const views = fc.record({
  candidates: candidates.map((all) => all.map((each) => candidate(each))),
  agents,
  providers: fc.constantFrom([provider("codex")], noProvider),
  running: fc.nat({ max: 4 }),
});
const shuffled = views.chain((changes) =>
  fc.record({
    changes: fc.constant(changes),
    candidates: fc.shuffledSubarray(changes.candidates, { minLength: changes.candidates.length }),
    agents: fc.shuffledSubarray(changes.agents, { minLength: changes.agents.length }),
  }),
);

test("nothing is picked at or above the WIP limit", () => {
  fc.assert(
    fc.property(views, fc.nat({ max: 4 }), (changes, wipLimit) => {
      const isPicked = planNext(view({ ...changes, wipLimit })).kind === "picked";
      expect(isPicked && changes.running >= wipLimit).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test("the order of candidates and agents does not matter", () => {
  fc.assert(
    fc.property(shuffled, ({ changes, ...order }) => {
      const [before, after] = [view(changes), view({ ...changes, ...order })];
      expect(planNext(after)).toEqual(planNext(before));
      const reasons = (from: PlanView) => before.candidates.map(({ id }) => whyNot(from, id));
      expect(reasons(after)).toEqual(reasons(before));
    }),
    { numRuns: 1_000 },
  );
});

test("a pick is by a free agent, and only rework that waits for its agent is passed over", () => {
  fc.assert(
    fc.property(views, (changes) => {
      const from = view(changes);
      const pick = planNext(from);
      fc.pre(pick.kind === "picked");
      const chosen = from.agents.find(({ agentId }) => agentId === pick.agentId);
      expect(chosen).toMatchObject({ idle: true, available: true });
      const ranked = from.candidates.toSorted(compareCandidates);
      const passed = ranked.slice(
        0,
        ranked.findIndex(({ id }) => id === pick.taskId),
      );
      for (const task of passed) {
        const own = from.agents.find(({ agentId }) => agentId === task.lastAgentId);
        expect(task.status).toBe("needs_improvement");
        expect(own).toMatchObject({ idle: false, available: true });
      }
      expect(whyNot(from, pick.taskId)).toBe(`${pick.taskId} is dispatched next`);
    }),
    { numRuns: 1_000 },
  );
});

test("the order is told with its sums, and who goes next", () => {
  const first = candidate({ id: "T-1", value: 10, timeCriticality: 2, complexity: 3 });
  const candidates = [candidate({ id: "T-2" }), first, rework({ id: "T-3", lastAgentId: "a" })];
  const order = explainOrder(view({ candidates, agents: [agent("a", busy), agent("codex-1")] }));
  expect(order).toEqual([
    {
      id: "T-3",
      score: 2,
      sum: `rework lane; WSJF (5 + 3) / 4 = 2.00; waiting since ${NOON}`,
      now: "it goes back to its agent a, which is not idle",
    },
    {
      id: "T-1",
      score: 4,
      sum: `new lane; WSJF (10 + 2) / 3 = 4.00; waiting since ${NOON}`,
      now: "T-1 is dispatched next",
    },
    {
      id: "T-2",
      score: 2,
      sum: `new lane; WSJF (5 + 3) / 4 = 2.00; waiting since ${NOON}`,
      now: expect.stringMatching(/^T-1 .* is ranked before T-2 /) as string,
    },
  ]);
});
