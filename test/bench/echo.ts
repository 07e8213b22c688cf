/**
 * A `wvo` with two tools more: one says what it was told, so that what is left is the cost of the way;
 * the other says when a task was last put into a visitor's hands, commit on disk included.
 */
import { z } from "zod";
import { mcpFactory } from "../../src/mcp/server.ts";
import type { McpHost } from "../../src/mcp/tool.ts";
import { beWvo } from "../support/other-wvo.ts";
import { sharedNowMs } from "./measure.ts";

const said = z.object({ text: z.string() });
const taken = z.object({ at: z.number() });

let watched: McpHost | null = null;
let takenAt = 0;

/** Once for the worker, whose sessions have a server each. */
function watch(app: McpHost): void {
  if (watched === app) return;
  watched = app;
  app.host.watch(({ steps }) => {
    if (steps.some(({ toState }) => toState === "held.working")) takenAt = sharedNowMs();
  });
}

const answer = <Found extends object>(found: Found) => ({
  content: [{ type: "text" as const, text: JSON.stringify(found) }],
  structuredContent: { ...found },
});

await beWvo((app, scope) => (context) => {
  watch(app);
  const server = mcpFactory(app, scope)(context);
  const echo = { description: "says it again", inputSchema: said, outputSchema: said };
  server.registerTool("echo", echo, ({ text }) => answer({ text }));
  const last = { description: "when a task was taken", outputSchema: taken };
  server.registerTool("taken", last, () => answer({ at: takenAt }));
  return server;
});
