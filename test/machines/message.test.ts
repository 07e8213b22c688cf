/** The message chart, row by row: who may claim it, and how a claim ends. */
import { expect, test } from "vitest";
import { CLAIMS_MAX, machine } from "../../machines/message.ts";
import type { MessageEvent } from "../../machines/visits.ts";
import { all, compare, elapse, gapsOf, play, say } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";

const leaseMs = 60_000;
const tell = (event: MessageEvent) => say<MessageEvent>(event);
const claim = tell({ type: "claim", agentId: "a-1", leaseMs });
const giveBack = tell({ type: "giveBack", agentId: "a-1", error: "it broke" });
const words = {
  claim,
  claimOther: tell({ type: "claim", agentId: "a-2", leaseMs }),
  acknowledge: tell({ type: "acknowledge", agentId: "a-1" }),
  acknowledgeOther: tell({ type: "acknowledge", agentId: "a-2" }),
  giveBack,
  giveBackOther: tell({ type: "giveBack", agentId: "a-2", error: "it broke" }),
  silence: elapse("lease"),
  fail: all(claim, giveBack),
};
const input = { id: "m1", topic: "ROUTE_TASK", payload: "{}", sender: "a-0" };
const stageFor = (to: string): Stage => {
  return { subject: { machine, actor: "message:m1", input: { ...input, to } }, words };
};
const stage = stageFor("a-1");

const rows: Rows = {
  "at first it waits": "=> waiting",
  "whom it is for may claim it, under a lease (Q2)": "claim => claimed: set lease 1m",
  "nobody else may (Q1)": "!claimOther => waiting",
  "it is claimed once (Q1)": "claim !claim !claimOther => claimed",
  "its holder's word ends it (Q4)": "claim acknowledge => done: clear lease",
  "nobody else's does (Q1)": "claim !acknowledgeOther !giveBackOther => claimed",
  "without a claim there is nothing to end (Q4)": "!acknowledge !giveBack => waiting",
  "its holder may give it back": "fail => waiting: clear lease",
  "it is claimed anew then": "fail claim => claimed: set lease 1m",
  "a holder who falls silent loses it (Q2)": "claim silence => waiting",
  "whoever lost it has no word any more (Q1)": "claim silence !acknowledge => waiting",
  "four claims that came to nothing are not the last (Q3)": "4*fail => waiting: clear lease",
  "the fifth is (Q3)": "5*fail => dead: clear lease",
  "the fifth silence is as well (Q3)": "4*fail claim silence => dead",
  "the fifth claim may end well (Q3)": "4*fail claim acknowledge => done: clear lease",
  "nor ends the word of another the last claim (Q1)": "4*fail claim !giveBackOther => claimed",
  "a dead one is never claimed again (Q3)": "5*fail !claim => dead",
  "one that is done is never claimed again (Q4)": "claim acknowledge !claim => done",
};

test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

test("one for anybody is claimed by whoever comes first", () => {
  expect(play(stageFor("*"), "claimOther").context()).toMatchObject({ holder: "a-2", claims: 1 });
});

test.each<[string, string, object]>([
  ["what was sent", "", { ...input, to: "a-1", claims: 0, holder: null, error: null }],
  ["who holds it", "claim", { holder: "a-1", claims: 1 }],
  ["what went wrong", "fail", { holder: null, leaseUntilMs: null, claims: 1, error: "it broke" }],
  [
    "that its holder was silent",
    "claim silence",
    { error: "its lease ended without a word of its holder" },
  ],
  ["nothing wrong in the end", "fail claim acknowledge", { error: null, claims: 2 }],
  ["what killed it", "5*fail", { claims: CLAIMS_MAX, error: "it broke" }],
])("it remembers %s", (_title, script, known) => {
  expect(play(stage, script).context()).toMatchObject(known);
});

test("it knows when it was sent and until when it is claimed", () => {
  const now = play(stage, "claim");
  const times = { sentAtMs: now.nowMs, leaseUntilMs: now.nowMs + leaseMs };
  expect(now.context()).toMatchObject(times);
});
