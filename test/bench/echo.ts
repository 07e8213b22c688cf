/** A `wvo` with one tool more, which says what it was told: what is left is the cost of the way. */
import { z } from "zod";
import { mcpFactory } from "../../src/mcp/server.ts";
import { beWvo } from "../support/other-wvo.ts";

await beWvo((app, scope) => (context) => {
  const server = mcpFactory(app, scope)(context);
  const said = z.object({ text: z.string() });
  const config = { description: "says it again", inputSchema: said, outputSchema: said };
  server.registerTool("echo", config, ({ text }) => ({
    content: [{ type: "text", text: JSON.stringify({ text }) }],
    structuredContent: { text },
  }));
  return server;
});
