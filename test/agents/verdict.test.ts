/** How a run ended is decided once: from its last word, its exit, and who ended it. */
import { describe, expect, test } from "vitest";
import type { RunFacts } from "../../src/agents/verdict.ts";
import { claudeError, claudeInit, claudeResult, claudeVerdict } from "./transcripts.ts";
import { codexBegin, codexFailed, codexItem, codexVerdict } from "./transcripts.ts";

const done = [claudeInit, claudeResult()];
const failed = [
  claudeInit,
  claudeError("overloaded"),
  claudeResult({ is_error: true, api_error_status: 529 }),
];
const silent = [claudeInit];
const retrying = [
  claudeInit,
  { type: "system", subtype: "api_retry", error_status: 529, error: "overloaded" },
];
const toolRunning = [claudeInit, { type: "assistant", message: { id: "m", model: "opus" } }];
const interrupted = [
  claudeInit,
  claudeResult({ is_error: true, subtype: "error_during_execution", terminal_reason: "aborted" }),
];

const TIMED_OUT = { is_error: true, api_error_status: 504 };

type Row = readonly [string, readonly object[], Partial<RunFacts>, string];

const ROWS: readonly Row[] = [
  ["done, exit 0", done, {}, "completed"],
  ["done, exit not seen", done, { code: null, endedBy: "unknown" }, "completed"],
  [
    "done, then it hung and was ended",
    done,
    { signal: "SIGTERM", endedBy: "idleLimit" },
    "completed",
  ],
  ["done, then exit 1", done, { code: 1 }, "aborted crashed"],
  ["done, then killed by somebody", done, { code: 143 }, "aborted killed"],
  ["done, but stopped by us", done, { code: 143, endedBy: "stop" }, "aborted cancelled"],
  ["failed, exit 1", failed, { code: 1 }, "failed overloaded"],
  ["failed, exit 0 all the same", failed, {}, "failed overloaded"],
  ["failed, then it hung", failed, { code: 143, endedBy: "wallLimit" }, "failed overloaded"],
  ["failed, but stopped by us", failed, { code: 1, endedBy: "stop" }, "aborted cancelled"],
  ["interrupted", interrupted, {}, "aborted cancelled"],
  ["no last word, exit 0", silent, {}, "aborted crashed"],
  ["no last word, exit 1", silent, { code: 1 }, "aborted crashed"],
  ["no last word, exit not seen", silent, { code: null, endedBy: "unknown" }, "aborted crashed"],
  ["no last word, SIGKILL", silent, { code: null, signal: "SIGKILL" }, "aborted crashed"],
  [
    "no last word, SIGTERM of somebody",
    silent,
    { code: null, signal: "SIGTERM" },
    "aborted killed",
  ],
  ["no last word, SIGINT", silent, { code: null, signal: "SIGINT" }, "aborted cancelled"],
  ["no last word, 130", silent, { code: 130 }, "aborted cancelled"],
  ["silent too long", silent, { code: 143, endedBy: "idleLimit" }, "aborted timeout"],
  ["not done in time", toolRunning, { code: 143, endedBy: "wallLimit" }, "aborted timeout"],
  ["retrying for ever", retrying, { code: 143, endedBy: "wallLimit" }, "aborted overloaded"],
  ["stopped while retrying", retrying, { code: 143, endedBy: "stop" }, "aborted cancelled"],
  [
    "waiting, SIGTERM of nobody knows whom",
    silent,
    { code: 143, endedBy: "unknown" },
    "aborted timeout",
  ],
  [
    "working, SIGTERM of nobody knows whom",
    toolRunning,
    { code: 143, endedBy: "unknown" },
    "aborted killed",
  ],
  ["its last word was dropped, exit 0", silent, { lacksEnd: true }, "completed"],
  ["its last word was dropped, exit 1", silent, { lacksEnd: true, code: 1 }, "aborted crashed"],
];

test.each(ROWS)("%s", (...[, events, facts, wanted]) => {
  const { outcome, errorClass } = claudeVerdict(events, facts);
  expect([outcome, errorClass].filter((each) => each !== null).join(" ")).toBe(wanted);
});

describe("a session of several turns", () => {
  test("the result of the last one counts", () => {
    expect(claudeVerdict([...failed, ...done]).outcome).toBe("completed");
  });

  test("a turn that has begun is not done because the one before it was", () => {
    const verdict = claudeVerdict([...done, claudeInit]);
    expect(verdict).toMatchObject({ outcome: "aborted", errorClass: "crashed" });
  });
});

describe("codex", () => {
  const open = { type: "item.started", item: { id: "item_0", type: "command_execution" } };

  const stderr = "ERROR codex_core::session: failed to record rollout items: thread t-1 not found";

  test.each<Row>([
    ["its session gone in the middle of an item", [...codexBegin, open], { code: 1 }, "cancelled"],
    ["its session gone between two items", codexBegin, { code: 1 }, "crashed"],
    ["a panic in the middle of an item", [...codexBegin, open], { code: 101 }, "crashed"],
    ["not a word of its session", [...codexBegin, open], { code: 1, stderr: "" }, "crashed"],
  ])("%s", (...[, events, facts, errorClass]) => {
    const verdict = codexVerdict(events, { stderr, ...facts });
    expect(verdict).toMatchObject({ outcome: "aborted", errorClass });
  });

  test("a request that is tried again and then answered is no failure", () => {
    const retry = { type: "error", message: "Reconnecting... 1/5 (unexpected status 500)" };
    const events = [...codexBegin, retry, codexItem("agent_message"), { type: "turn.completed" }];
    expect(codexVerdict(events).outcome).toBe("completed");
    const hung = codexVerdict([...codexBegin, retry, codexItem("agent_message")], {
      endedBy: "wallLimit",
    });
    expect(hung.errorClass, "it was answered since").toBe("timeout");
  });

  test("an item of the type error is a warning", () => {
    const warning = codexItem("error", { message: "Model metadata not found." });
    expect(codexVerdict([...codexBegin, warning, { type: "turn.completed" }])).toMatchObject({
      outcome: "completed",
      findings: [],
    });
  });

  test("what it did before a failure does not matter", () => {
    const work = codexItem("file_change", { status: "completed", changes: [{ path: "/a" }] });
    const verdict = codexVerdict([...codexBegin, work, codexFailed("Connection failed")], {
      code: 1,
    });
    expect(verdict).toMatchObject({ outcome: "failed", errorClass: "network", findings: [] });
  });
});

test.each<[string, readonly object[], Partial<RunFacts>, boolean]>([
  ["silent while its model is asked", silent, { endedBy: "idleLimit" }, true],
  ["silent while a tool runs", toolRunning, { endedBy: "idleLimit" }, false],
  ["not done in time", silent, { endedBy: "wallLimit" }, false],
  ["stopped by us", silent, { endedBy: "stop" }, false],
  ["crashed", silent, { code: 1 }, false],
  ["its server timed out", [claudeInit, claudeResult(TIMED_OUT)], { code: 1 }, true],
])("%s: whether its model has answered", (_title, events, ...[facts, expected]) => {
  expect(claudeVerdict(events, facts).isUnanswered).toBe(expected);
});
