/** The brief of a run quotes what agents wrote down, where it concerns the task and fits in. */
import { expect, test } from "vitest";
import { briefFor } from "../../src/app/briefing.ts";
import { countTokens } from "../../src/planning/tokens.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

const HOUR_MS = 60 * 60_000;
const WORK = {
  taskId: "T1",
  runId: "T1.1",
  provider: "command",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
} as const;
const TASKS = [{ id: "T1", title: "Parse the readings of a day" }];

test("decisions that concern the task and learnings of the last day are told", async () => {
  const { app, clock, connect } = await openMcpYard(TASKS);
  const { ask } = await connect();
  const write = (type: string, topic: string, content: string) =>
    ask("context_write", { type, topic, content, task_ids: topic === "format" ? ["T1"] : [] });
  await write("learning", "tests", "an old learning");
  clock.advance(25 * HOUR_MS);
  await write("decision", "parser", "readings are parsed by hand");
  await write("constraint", "format", "only ASCII");
  await write("decision", "colours", "the dashboard is green");
  await write("hypothesis", "readings", "a guess about readings");
  await write("learning", "tests", "tests need a fixture");
  const { text } = await briefFor(WORK, { store: app.store, clock });
  expect(text).toContain("parser: readings are parsed by hand");
  expect(text).toContain("format: only ASCII");
  expect(text).toContain("tests need a fixture");
  for (const absent of ["an old learning", "green", "a guess"]) expect(text).not.toContain(absent);
});

test("what was superseded is told no more", async () => {
  const { app, clock, connect } = await openMcpYard(TASKS);
  const { ask } = await connect();
  const old = { type: "decision", topic: "parser", content: "readings by a library" };
  const { entry_id: replaces } = (await ask("context_write", old)).found;
  await ask("context_write", { ...old, content: "readings by hand", replaces });
  const { text } = await briefFor(WORK, { store: app.store, clock });
  expect(text).toContain("readings by hand");
  expect(text).not.toContain("library");
});

test("however much is written, the brief keeps to its tokens", async () => {
  const { app, clock, connect } = await openMcpYard(TASKS);
  const { ask } = await connect();
  for (let n = 0; n < 30; n += 1) {
    const content = `number ${n} of the readings ${"and more ".repeat(100)}`;
    await ask("context_write", {
      type: n % 2 === 0 ? "decision" : "learning",
      topic: "t",
      content,
    });
  }
  const { text } = await briefFor(WORK, { store: app.store, clock });
  expect(countTokens(text)).toBeLessThanOrEqual(600);
  expect(text).toContain("# T1: Parse the readings of a day");
});
