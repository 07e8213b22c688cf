/** The backup chart: one copy, which is there or not, and what a restored database knows of it. */
import { expect, test } from "vitest";
import { machine } from "../../machines/backup.ts";
import type { Restored } from "../../machines/copies.ts";
import { compare, done, failed, gapsOf, play, say } from "../support/chart-table.ts";
import type { Rows, Stage } from "../support/chart-table.ts";

const COPY = { bytes: 4_096, sha256: "5eed", seq: 7, atMs: 1_000 };
const words = {
  copied: done("copyDatabase", COPY),
  full: failed("copyDatabase"),
  restored: say<Restored>({ type: "restored", safetyId: "s1" }),
  again: say<Restored>({ type: "restored", safetyId: null }),
};
const input = { id: "b1", label: "before the upgrade" };
const stage: Stage = { subject: { machine, actor: "backup:b1", input }, words };

const rows: Rows = {
  "it is copied at once (D2)": "=> creating: run copyDatabase",
  "a copy that is whole is kept (D1)": "copied => kept",
  "what cannot be copied has failed (D2)": "full => failed",
  "a copy of its own making finds itself restored (D3)": "restored => creating",
  "and is then kept as it is (D1)": "restored copied => kept",
  "it may be restored from more than once (D3)": "copied restored again => kept",
  "what has failed is never restored from": "full !restored => failed",
};
test.each(Object.entries(rows))("%s", (_title, row) => {
  const [seen, written] = compare(stage, row);
  expect(seen).toBe(written);
});

test("the rows take every transition and reach every state", () => {
  expect(gapsOf([stage, rows])).toEqual([]);
});

test("it knows its copy, and what became of the database before (D1, D3)", () => {
  const now = play(stage, "copied restored");
  const restored = { atMs: now.nowMs, safetyId: "s1" };
  expect(now.context()).toEqual({ ...input, copy: COPY, reason: null, restored });
});

test("it says why there is no copy", () => {
  expect(play(stage, "full").context()).toMatchObject({ copy: null, reason: expect.any(String) });
});

test("what is copied bears its id and its label", () => {
  const { id, label } = input;
  expect(play(stage, "").facts()).toMatchObject({ given: [{ id, label }] });
});
