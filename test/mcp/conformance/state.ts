/** What the server remembers between two rounds of one call: sealed, since the client carries it. */
import { createRequestStateCodec } from "@modelcontextprotocol/server";

export const state = createRequestStateCodec<{ round: number }>({
  key: new TextEncoder().encode("a key of the tests, 32 bytes long"),
});
