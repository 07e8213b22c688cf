/** The books of one session: whose key a call carries, and which answers its client is to see. */
import { describe, expect, test } from "vitest";
import { metaOf } from "../../src/supervisor/envelope.ts";
import type { Fields } from "../../src/supervisor/envelope.ts";
import { CALL_KEY, Ledger } from "../../src/supervisor/ledger.ts";

const callOf = (params?: unknown, id: string | number = 7) =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", ...(params ? { params } : {}) });
const answer = (id: string | number) =>
  JSON.stringify({ result: { content: [] }, jsonrpc: "2.0", id });

function sent(text: string): string {
  const taken = new Ledger("s1").fromClient(text, 1);
  if (taken.kind !== "call") throw new Error(taken.kind);
  return taken.call.text;
}
const metaIn = (text: string) => metaOf(JSON.parse(text) as Fields);

describe("a call carries the key of its session and its id", () => {
  test.each([
    ["without anything beside it", undefined],
    ["beside what it says", { name: "echo", _meta: { progressToken: 3 } }],
    ["in the place of one that the client made up", { _meta: { [CALL_KEY]: "s2:7" } }],
    ["in the place of what is no key", { _meta: { [CALL_KEY]: { s1: 7 } } }],
  ])("%s", (_title, params) => {
    const text = sent(callOf(params));
    expect(metaIn(text)[CALL_KEY]).toBe("s1:7");
    const { _meta: _told, ...said } = (params ?? {}) as { readonly _meta?: object };
    expect(JSON.parse(text).params).toMatchObject(said);
  });

  test("other things of its client beside the key stay", () => {
    const text = sent(callOf({ _meta: { progressToken: 3, [CALL_KEY]: "s9:9" } }));
    expect(metaIn(text)).toEqual({ progressToken: 3, [CALL_KEY]: "s1:7" });
  });

  test("one that has it already goes on as it is, letter for letter", () => {
    const text = sent(callOf({ name: "echo" }));
    const spaced = text.replace('"name":', '"name" : ');
    expect(sent(text)).toBe(text);
    expect(sent(spaced)).toBe(spaced);
  });

  test("a list of parameters has no room for a key", () => {
    const text = callOf(["echo"]);
    expect(sent(text)).toBe(text);
  });
});

describe("an answer is the client's once", () => {
  test.each([7, "seven"])("for the call %j", (id) => {
    const ledger = new Ledger("s1");
    ledger.fromClient(callOf(undefined, id), 1);
    expect(ledger.isBusy).toBe(true);
    expect(ledger.fromWorker(answer(id), 1)).toBe(answer(id));
    expect(ledger.fromWorker(answer(id), 1)).toBeNull();
    expect(ledger.isBusy).toBe(false);
  });

  test("also where it must be read to be understood", () => {
    const ledger = new Ledger("s1");
    ledger.fromClient(callOf(), 1);
    const error = JSON.stringify({ jsonrpc: "2.0", id: 7, error: { code: -1, message: "no" } });
    expect(ledger.fromWorker(error, 1)).toBe(error);
    expect(ledger.fromWorker(error, 1)).toBeNull();
  });

  test("one that nobody asked for, or that we asked for ourselves, is nobody's", () => {
    const ledger = new Ledger("s1");
    expect(ledger.fromWorker(answer(9), 1)).toBeNull();
    ledger.expect({ text: "", id: "wvo:1:0" });
    expect(ledger.isGreeting).toBe(true);
    expect(ledger.fromWorker(answer("wvo:1:0"), 1)).toBeNull();
    expect(ledger.isGreeting).toBe(false);
  });

  test("a line that is none is dropped, and its call stays open", () => {
    const ledger = new Ledger("s1");
    ledger.fromClient(callOf(), 1);
    for (const text of ['{"result":1,"jsonrpc":"2.0","id":007}', '{"result":1', "nonsense"]) {
      expect(ledger.fromWorker(text, 1)).toBeNull();
    }
    expect(ledger.isBusy).toBe(true);
  });
});
