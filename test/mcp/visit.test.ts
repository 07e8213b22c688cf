/** One who comes by itself works off a task: claim, progress, hand in, block, give back. */
import { describe, expect, test } from "vitest";
import { openMcpYard } from "../support/mcp-yard.ts";
import type { McpYard } from "../support/mcp-yard.ts";

/** A commit with one more file, on a branch of its own. */
function workOn(yard: McpYard, branch: string): string {
  yard.git("checkout", "--quiet", "-b", branch);
  yard.git("commit", "--quiet", "--allow-empty", `--message=${branch}`);
  yard.git("rm", "--quiet", "--cached", "state/roadmap.yaml");
  yard.git("commit", "--quiet", `--message=${branch} does something`);
  const commit = yard.git("rev-parse", "HEAD");
  yard.git("checkout", "--quiet", "--force", "main");
  return commit;
}

describe.each(["legacy", "modern"] as const)("with a client of the %s era", (era) => {
  test("a claimed task is the visitor's, and the work it names goes to the gate", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({ role: "worker", agentId: "ann" }, era);
    const claim = await ask("task_claim", { task_id: "T1", lease_s: 60 });
    expect(claim).toMatchObject({
      isError: false,
      found: { run_id: "T1.1", state: "held.working", start_from: "target", title: "First" },
    });
    expect(claim.found["next_events"]).toEqual(["block", "complete", "progress", "release"]);
    const progress = await ask("task_update", { task_id: "T1", event: "progress", note: "half" });
    expect(progress.found).toMatchObject({ status: "in_progress", state: "active.working" });
    const commit = workOn(yard, "anns-work");
    const handed = { task_id: "T1", commit: "anns-work", summary: "it works" };
    const complete = await ask("task_complete", handed);
    expect(complete.found).toMatchObject({ status: "needs_review", run_id: "T1.1" });
    expect(yard.git("rev-parse", "wvo/T1")).toBe(commit);
    const again = await ask("task_update", { task_id: "T1", event: "progress" });
    expect(again).toMatchObject({ isError: true, found: { error: { code: "mcp.foreign-task" } } });
  });

  test("a task that is taken is refused, with who has it", async () => {
    const yard = await openMcpYard();
    const ann = await yard.connect({ role: "worker", agentId: "ann" }, era);
    const bob = await yard.connect({ role: "worker", agentId: "bob" }, era);
    await ann.ask("task_claim", { task_id: "T1" });
    const late = await bob.ask("task_claim", { task_id: "T1" });
    expect(late).toMatchObject({ isError: true, found: { error: { code: "task.not-ready" } } });
    expect(JSON.stringify(late.found)).toContain("held by visitor:ann");
    const waiting = await bob.ask("task_claim", { task_id: "T2" });
    expect(JSON.stringify(waiting.found)).toContain("waiting for T1");
    expect((await bob.ask("task_claim", { task_id: "T3" })).isError).toBe(false);
  });
});

test("a name that leads to no work costs nothing, and the visitor tries again", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "worker", agentId: "ann" });
  await ask("task_claim", { task_id: "T1" });
  const lost = await ask("task_complete", { task_id: "T1", commit: "nowhere", summary: "s" });
  expect(lost).toMatchObject({ isError: true, found: { error: { code: "visit.not-collected" } } });
  const empty = await ask("task_complete", { task_id: "T1", commit: "main", summary: "s" });
  expect(JSON.stringify(empty.found)).toContain("main changes nothing against main");
  workOn(yard, "real");
  const found = await ask("task_complete", { task_id: "T1", commit: "real", summary: "s" });
  expect(found).toMatchObject({ isError: false, found: { status: "needs_review" } });
});

test("who cannot go on blocks the task, and unblocking makes it ready", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "operator", agentId: "ann" });
  await ask("task_claim", { task_id: "T1" });
  const block = { task_id: "T1", event: "block", note: "which key?" };
  expect((await ask("task_update", block)).found).toMatchObject({
    status: "blocked",
    reason: "which key?",
    next_events: ["cancel", "revise", "unblock"],
  });
  const unblocked = await ask("task_update", { task_id: "T1", event: "unblock" });
  expect(unblocked.found).toMatchObject({ status: "pending", state: "backlog.ready" });
});

test("a task that is given back, or whose lease ends, is anybody's", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "worker", agentId: "ann" });
  await ask("task_claim", { task_id: "T1" });
  const back = await ask("task_release", { task_id: "T1", reason: "no time" });
  expect(back.found).toMatchObject({ status: "pending", reason: "no time" });
  await ask("task_claim", { task_id: "T1", lease_s: 30 });
  yard.clock.advance(30_000);
  await yard.app.host.quiet();
  const late = await ask("task_update", { task_id: "T1", event: "progress" });
  expect(late).toMatchObject({ isError: true, found: { error: { code: "mcp.foreign-task" } } });
  expect(yard.app.store.views.task("T1")).toMatchObject({ status: "pending", assigned_to: null });
});

describe("a repeated call", () => {
  test("acts once and is answered from the record", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({ role: "worker", agentId: "ann" });
    const args = { task_id: "T1", idempotency_key: "k1" };
    const first = await ask("task_claim", args);
    const second = await ask("task_claim", args);
    expect(second.found).toMatchObject({ run_id: first.found["run_id"], rev: first.found["rev"] });
    const release = { task_id: "T1", reason: "no time", idempotency_key: "k2" };
    const released = await ask("task_release", release);
    expect(await ask("task_release", release)).toEqual(released);
  });

  test.each(["claudecode/toolUseId", "callId", "dev.weathervane/callKey"])(
    "is known by %s",
    async (name) => {
      const yard = await openMcpYard();
      const { ask } = await yard.connect({ role: "worker", agentId: "ann" });
      await ask("task_claim", { task_id: "T1" }, { [name]: "call-1" });
      const release = { task_id: "T1", reason: "no time" };
      const released = await ask("task_release", release, { [name]: "call-2" });
      expect(await ask("task_release", release, { [name]: "call-2" })).toEqual(released);
    },
  );

  test("with other arguments is refused", async () => {
    const yard = await openMcpYard();
    const { ask } = await yard.connect({ role: "worker", agentId: "ann" });
    await ask("task_claim", { task_id: "T1", idempotency_key: "k1" });
    const other = await ask("task_claim", { task_id: "T3", idempotency_key: "k1" });
    expect(other).toMatchObject({ isError: true, found: { error: { code: "mcp.key-reused" } } });
    expect(yard.app.store.views.task("T3")).toMatchObject({ assigned_to: null });
  });
});

test("eight clients claim at once: each task is claimed once", async () => {
  const tasks = Array.from({ length: 40 }, (_, n) => ({ id: `T${n}`, title: `Task ${n}` }));
  const yard = await openMcpYard(tasks);
  const clients = await Promise.all(Array.from({ length: 8 }, () => yard.connect()));
  const claims = await Promise.all(
    clients.flatMap(({ ask }, who) =>
      tasks.map(({ id }, n) => ask("task_claim", { task_id: id, agent_id: `a${who}-${n}` })),
    ),
  );
  expect(claims.filter(({ isError }) => !isError).length).toBe(tasks.length);
  const runs = tasks.map(({ id }) => yard.app.store.views.task(id)?.runs);
  expect(new Set(runs)).toEqual(new Set([1]));
});

test("who has a name finds what is in their hands", async () => {
  const yard = await openMcpYard();
  const { ask } = await yard.connect({ role: "worker" });
  await ask("task_claim", { task_id: "T1", agent_id: "ann" });
  const { found } = await ask("plan_next", { agent_id: "ann" });
  expect(found).toMatchObject({ yours: [{ id: "T1" }] });
  expect((await ask("plan_next", { agent_id: "bob" })).found).toMatchObject({ yours: [] });
});

test("a blocked task is tried again by who plans, and by no worker", async () => {
  const yard = await openMcpYard();
  const worker = await yard.connect({ role: "worker", agentId: "ann" });
  await worker.ask("task_claim", { task_id: "T1" });
  await worker.ask("task_update", { task_id: "T1", event: "block" });
  const refused = await worker.ask("task_update", { task_id: "T1", event: "unblock" });
  expect(refused).toMatchObject({ isError: true, found: { error: { code: "mcp.foreign-task" } } });
  const boss = await yard.connect({ role: "coordinator" });
  const { found } = await boss.ask("task_update", { task_id: "T1", event: "unblock" });
  expect(found).toMatchObject({ status: "pending" });
});
