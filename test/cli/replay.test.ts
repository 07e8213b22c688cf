/** `wvo replay`, through the real program: an actor as it was, in words and as data. */
import { expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

/** Every call of `wvo` starts Node anew, which takes its time on a machine under load. */
const SLOW_MS = 3 * 60_000;
const roadmap = {
  version: 1,
  tasks: [
    { id: "T-1", title: "One" },
    { id: "T-2", title: "Two", depends_on: ["T-1"] },
  ],
};

/** Two tasks; the first was cancelled, so the second is blocked. */
async function cancelled(): Promise<Workspace> {
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"] });
  await yard.wvo("roadmap", "import");
  await yard.wvo("task", "cancel", "T-1", "--reason", "not wanted");
  return yard;
}

const replay = async (yard: Workspace, ...args: readonly string[]) => {
  const { stdout, stderr, code } = await yard.wvo("replay", ...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as { readonly event: number; readonly state: string } & object;
};

test(
  "an actor is told as it was after each event, by its short name and its long one",
  { timeout: SLOW_MS },
  async () => {
    const yard = await cancelled();
    const last = await replay(yard, "T-1");
    expect(last).toMatchObject({
      actor: "task:T-1",
      state: "cancelled",
      replays: true,
      context: { id: "T-1", reason: "not wanted" },
      led_by: { kind: "event", event: { type: "cancel", reason: "not wanted" } },
    });
    expect(last).toEqual(await replay(yard, "task:T-1", "--at", String(last.event)));
    const first = await replay(yard, "T-1", "--at", "1");
    expect(first).toMatchObject({
      event: 1,
      from: "",
      state: "backlog.ready",
      led_by: { kind: "start" },
      context: { reason: null },
      timers: [],
      effects: [],
    });
    expect(first).toHaveProperty("accepts", expect.arrayContaining(["cancel", "claim", "revise"]));
    expect(first).toHaveProperty(
      "refused",
      expect.arrayContaining([{ event: "merged", guards: [] }]),
    );
    expect(await replay(yard, "coordinator")).toMatchObject({ actor: "coordinator", event: 1 });
  },
);

test("people read the same in words", { timeout: SLOW_MS }, async () => {
  const yard = await cancelled();
  const { stdout } = await yard.wvo("replay", "T-1", "--at", "1");
  expect(stdout).toMatch(/^task:T-1 after event 1 of \d+, row \d+ of the journal, at 20/);
  expect(stdout).toMatch(/^state {4}backlog\.ready, was nothing$/m);
  expect(stdout).toMatch(/^led by {3}start \{/m);
  expect(stdout).toMatch(/^timers {3}none$/m);
  expect(stdout).toMatch(/^effects {2}none$/m);
  expect(stdout).toMatch(/^accepts {2}.*cancel, claim/m);
  expect(stdout).toMatch(/^refuses {2}.*merged.*: there is no such transition$/m);
  expect(stdout).toContain('"title": "One"');
});

test("it says what would have become of an event", { timeout: SLOW_MS }, async () => {
  const yard = await cancelled();
  const asked = [
    ["cancel", "would be accepted, and lead to cancelled"],
    ["merged", "would be refused: there is no such transition"],
    ["revise", "revise could not be taken: "],
  ];
  for (const [type, words] of asked) {
    const ran = await yard.wvo("replay", "T-1", "--at", "1", "--event", JSON.stringify({ type }));
    expect(ran.stdout).toMatch(/^asked {4}/m);
    expect(ran.stdout).toContain(words);
  }
  const data = await replay(yard, "T-1", "--at", "1", "--event", '{"type":"cancel"}');
  expect(data).toHaveProperty("asked", {
    event: { type: "cancel" },
    fate: { kind: "accepted", state: "cancelled" },
  });
});

test("what cannot be told is refused, with what to do next", { timeout: SLOW_MS }, async () => {
  const yard = await cancelled();
  const wrong: readonly (readonly [readonly string[], number, readonly string[]])[] = [
    [["T-11"], 3, ["T-11", "wvo task list shows the tasks"]],
    [["taks:T-2"], 3, ["did you mean task:T-2?"]],
    [["T-1", "--at", "99"], 3, ["99", "a number from 1 to"]],
    [["T-1", "--at", "0"], 3, ["no event number 0"]],
    [["T-1", "--at", "last"], 2, ["--at", "last"]],
    [["T-1", "--event", "{"], 2, ["--event", "{"]],
    [["T-1", "--event", "null"], 2, ["--event", "null"]],
    [["T-1", "--event", '{"type":"xstate.init"}'], 2, ["xstate.init"]],
  ];
  for (const [args, code, words] of wrong) {
    const ran = await yard.wvo("replay", ...args);
    expect(ran, args.join(" ")).toMatchObject({ code, stdout: "" });
    for (const word of [...words, "found", "expected", "next"]) expect(ran.stderr).toContain(word);
  }
});

test("without a database there is nothing to replay", async () => {
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"] });
  expect(await yard.wvo("replay", "T-1")).toMatchObject({ code: 3, stdout: "" });
});
