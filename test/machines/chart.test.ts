/** The words that all charts are written with, and the rules that all of them keep. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AnyStateMachine } from "xstate";
import {
  faultOf,
  including,
  message,
  outputOf,
  stampOf,
  tell,
  without,
} from "../../machines/chart.ts";
import { lintChart } from "../../src/host/lint.ts";

const machinesAt = join(import.meta.dirname, "../../machines");
const files = readdirSync(machinesAt).filter((file) => file.endsWith(".ts"));
const modules = await Promise.all(
  files.map(async (file) => {
    const loaded = (await import(join(machinesAt, file))) as { readonly machine?: AnyStateMachine };
    return { file, machine: loaded.machine };
  }),
);
const charts = modules.flatMap(({ file, machine }) =>
  machine === undefined ? [] : [{ file, machine }],
);

test("the charts are these", () => {
  const names =
    "agent artifacts backup budget context convoy coordinator errand gate merge-request message " +
    "provider receipt refinery roadmap task visitor";
  expect(charts.map(({ file }) => file)).toEqual(names.split(" ").map((name) => `${name}.ts`));
});

describe.each(charts)("$file", ({ file, machine }) => {
  test("keeps the rules of the host", () => {
    expect(lintChart(machine)).toEqual([]);
  });

  test("has the name of its file", () => {
    expect(`${machine.id}.ts`).toBe(file);
  });

  test("has no event that sets a status", () => {
    const events = machine.events.filter((type) => !type.startsWith("xstate."));
    expect(events.filter((type) => /status|state|^set[A-Z]|^done$|force/.test(type))).toEqual([]);
  });

  test("is held to every invariant in its first comment by a test that cites it", () => {
    const source = readFileSync(join(machinesAt, file), "utf8");
    const comment = source.slice(0, source.indexOf("*/"));
    const ids = [...comment.matchAll(/^ \* ([A-Z]\d) /gm)].map(([, id]) => id);
    const name = file.replace(".ts", "");
    const tests = readdirSync(import.meta.dirname).filter((each) => each.startsWith(name));
    const cited = tests.map((each) => readFileSync(join(import.meta.dirname, each), "utf8")).join();
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id) => !cited.includes(String(id)))).toEqual([]);
  });
});

describe("the words", () => {
  test("a message says who gets which event", () => {
    expect(message("task:T-1", { type: "wake" })).toEqual({
      to: "task:T-1",
      event: { type: "wake" },
    });
  });

  test("telling does nothing by itself", () => {
    expect(tell({}, message("task:T-1", { type: "wake" }))).toBeUndefined();
  });

  test.each<[string, unknown, object]>([
    [
      "what the host says",
      { error: { code: "git.broken", message: "no space" } },
      { code: "git.broken", message: "no space" },
    ],
    ["something without a code", { error: {} }, { code: "unknown", message: "no message" }],
    ["nothing", {}, { code: "unknown", message: "no message" }],
  ])("a fault is read from %s", (_title, event, fault) => {
    expect(faultOf(event)).toEqual(fault);
  });

  test.each<[string, object, number]>([
    ["an event", { type: "wake", at: 7 }, 7],
    ["an input", { type: "xstate.init", input: { at: 8 } }, 8],
    ["nothing", { type: "wake" }, 0],
    ["an event before an input", { at: 7, input: { at: 8 } }, 7],
  ])("the time is read from %s", (_title, event, atMs) => {
    expect(stampOf(event)).toBe(atMs);
  });

  test("an output is what the effect gave back", () => {
    expect(outputOf<number>({ type: "done", output: 3 })).toBe(3);
  });

  test.each([
    [["a", "b", "a"], "a", ["b"]],
    [["a"], "b", ["a"]],
    [[], "a", []],
  ])("%j without %s is %j", (list, member, rest) => {
    expect(without(list, member)).toEqual(rest);
  });

  test.each([
    [["a"], "b", ["a", "b"]],
    [["a", "b"], "a", ["a", "b"]],
    [[], "a", ["a"]],
  ])("%j including %s is %j", (list, member, whole) => {
    expect(including(list, member)).toEqual(whole);
  });
});
