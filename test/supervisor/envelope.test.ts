/** The id of an answer is seen at the end of its line: of JSON never another one than reading it gives. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { answeredId, parseEnvelope } from "../../src/supervisor/envelope.ts";

const idOf = (text: string) => {
  const envelope = parseEnvelope(text);
  return envelope.kind === "response" ? envelope.id : null;
};

/** Texts that look like the end of an answer, and ids that are awkward. */
const tricky = fc.constantFrom(
  ',"jsonrpc":"2.0","id":9}',
  '{"result":{},"jsonrpc":"2.0","id":9}',
  '"',
  "\\",
  'a"b',
);
const id = fc.oneof(fc.integer(), fc.double(), fc.string(), tricky);
const part = fc.oneof(fc.jsonValue(), tricky, fc.record({ jsonrpc: fc.constant("2.0"), id }));

test("whatever lies within, it is the id of the answer or the line must be read", () => {
  fc.assert(
    fc.property(part, id, fc.boolean(), (result, own, isNested) => {
      const answer = { result, jsonrpc: "2.0", id: own };
      const text = JSON.stringify(isNested ? { result: answer } : answer);
      const seen = answeredId(text);
      expect(seen === null || seen === idOf(text)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['{"result":{"a":[1]},"jsonrpc":"2.0","id":7}', 7],
  ['{"result":null,"jsonrpc":"2.0","id":-7}', -7],
  ['{"result":"x","jsonrpc":"2.0","id":"w1:7"}', "w1:7"],
  ['{"result":{"jsonrpc":"2.0","id":7}}', null],
  ['{"result":"{\\"jsonrpc\\":\\"2.0\\",\\"id\\":7}"}', null],
  ['{"result":1,"jsonrpc":"2.0","id":"a\\"b"}', null],
  ['{"result":1,"jsonrpc":"2.0","id":1e3}', null],
  ['{"jsonrpc":"2.0","id":7,"result":{}}', null],
  ['{"method":"x","jsonrpc":"2.0","id":7}', null],
  ['{"result":1,"jsonrpc":"2.0","id":0}', 0],
  ['{"result":1,"jsonrpc":"2.0","id":007}', null],
  ['{"result":1,"jsonrpc":"2.0","id":-0}', -0],
  ['{"result":1,"jsonrpc":"2.0","id":"a\tb"}', null],
  ['{"result":1,"jsonrpc":"2.0","id":"ä"}', null],
  ['{"result":1,"jsonrpc":"2.0","id":""}', null],
  ['{"result":1,"jsonrpc":"2.0","id":7', null],
])("%s", (text, found) => {
  expect(answeredId(text)).toBe(found);
});
