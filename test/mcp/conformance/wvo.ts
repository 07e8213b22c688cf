/** A `wvo` whose servers have what the conformance scenarios look for. */
import { newServer } from "../../../src/mcp/server.ts";
import { beWvo } from "../../support/other-wvo.ts";
import { furnish } from "./furnish.ts";
import { state } from "./state.ts";

await beWvo((_app, _scope, notify) => () => {
  const server = newServer({
    requestState: { verify: (sealed, context) => state.verify(sealed, context) },
  });
  if (notify !== undefined) furnish(server, notify);
  return server;
});
