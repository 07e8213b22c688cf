/** What the conformance scenarios look for on a server: its tools, resources and prompts. */
import { readFileSync } from "node:fs";
import { completable, fromJsonSchema, ResourceTemplate } from "@modelcontextprotocol/server";
import type {
  JsonSchemaType,
  McpServer,
  ServerContext,
  ServerNotifier,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { pause } from "../../../src/clock.ts";
import { audio, embedded, image, PNG, text } from "./answers.ts";
import { furnishAsking } from "./asking.ts";

const STEP_MS = 50;
/** What the scenario on JSON Schema 2020-12 wants to see again, word for word. */
const RICH = readFileSync(new URL("rich-schema.json", import.meta.url), "utf8");

export function furnish(server: McpServer, notify: ServerNotifier): void {
  furnishTools(server);
  furnishSchemas(server);
  furnishTriggers(server, notify);
  furnishAsking(server);
  furnishResources(server);
  furnishPrompts(server);
}

function furnishTools(server: McpServer): void {
  const answers = {
    test_simple_text: [text("This is a simple text response for testing.")],
    test_image_content: [image],
    test_audio_content: [audio],
    test_embedded_resource: [
      embedded("test://embedded-resource", "text/plain", "This is an embedded resource content."),
    ],
    test_multiple_content_types: [
      text("Multiple content types test:"),
      image,
      embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
    ],
  };
  for (const [name, content] of Object.entries(answers)) {
    server.registerTool(name, { description: name }, () => ({ content: [...content] }));
  }
  const failing = "test_error_handling";
  server.registerTool(failing, { description: failing }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  for (const logging of ["test_tool_with_logging", "test_logging_tool"]) {
    server.registerTool(logging, { description: logging }, logAndTell);
  }
  const progressing = "test_tool_with_progress";
  server.registerTool(progressing, { description: progressing }, async (context) => {
    for (const progress of [0, 50, 100]) {
      await tellProgress(context, progress);
      await pause(STEP_MS);
    }
    return { content: [text("It went on to the end.")] };
  });
}

/** Schemas of which no word may be lost, and an argument that stands in a header as well. */
function furnishSchemas(server: McpServer): void {
  const rich = {
    description: "takes a rich schema",
    inputSchema: fromJsonSchema(JSON.parse(RICH) as JsonSchemaType),
  };
  server.registerTool("json_schema_2020_12_tool", rich, () => ({ content: [text("It fits.")] }));
  const word = z.string().meta({ "x-mcp-header": "Word" });
  const named = { description: "says it", inputSchema: z.object({ word }) };
  server.registerTool("test_header", named, (args) => ({ content: [text(args.word)] }));
}

/** The lists stay as they are; what is looked at is that whoever listens is told. */
function furnishTriggers(server: McpServer, notify: ServerNotifier): void {
  const triggers = {
    test_trigger_tool_change: () => notify.toolsChanged(),
    test_trigger_prompt_change: () => notify.promptsChanged(),
  };
  for (const [name, pull] of Object.entries(triggers)) {
    server.registerTool(name, { description: name }, () => {
      pull();
      return { content: [text("Whoever listens was told.")] };
    });
  }
}

async function logAndTell({ mcpReq }: ServerContext) {
  for (const said of [
    "Tool execution started",
    "Tool processing data",
    "Tool execution completed",
  ]) {
    await mcpReq.log("info", said);
    await pause(STEP_MS);
  }
  return { content: [text("It was logged.")] };
}

async function tellProgress({ mcpReq }: ServerContext, progress: number): Promise<void> {
  const { _meta: meta, notify } = mcpReq;
  if (meta?.progressToken === undefined) return;
  const params = { progressToken: meta.progressToken, progress, total: 100 };
  await notify({ method: "notifications/progress", params });
}

function furnishResources(server: McpServer): void {
  const plain = { mimeType: "text/plain" };
  for (const [name, said] of [
    ["static-text", "This is the content of the static text resource."],
    ["watched-resource", "This is watched."],
  ] as const) {
    server.registerResource(name, `test://${name}`, plain, ({ href: uri }) => ({
      contents: [{ uri, ...plain, text: said }],
    }));
  }
  const picture = { mimeType: "image/png" };
  server.registerResource("static-binary", "test://static-binary", picture, ({ href: uri }) => ({
    contents: [{ uri, ...picture, blob: PNG }],
  }));
  const template = new ResourceTemplate("test://template/{id}/data", { list: undefined });
  const json = { mimeType: "application/json" };
  server.registerResource("template", template, json, ({ href: uri }, { id }) => {
    const data = { id, templateTest: true, data: `Data for ID: ${String(id)}` };
    return { contents: [{ uri, ...json, text: JSON.stringify(data) }] };
  });
  server.server.registerCapabilities({ resources: { subscribe: true }, logging: {} });
  for (const method of ["resources/subscribe", "resources/unsubscribe"] as const) {
    server.server.setRequestHandler(method, () => ({}));
  }
}

const user = <Content>(content: Content) => ({ role: "user" as const, content });

function furnishPrompts(server: McpServer): void {
  server.registerPrompt("test_simple_prompt", { description: "says it" }, () => ({
    messages: [user(text("This is a simple prompt for testing."))],
  }));
  const argument = completable(z.string(), (begun) =>
    ["paris", "park", "party"].filter((each) => each.startsWith(begun)),
  );
  const two = {
    description: "repeats two words",
    argsSchema: z.object({ arg1: argument, arg2: z.string() }),
  };
  server.registerPrompt("test_prompt_with_arguments", two, ({ arg1, arg2 }) => ({
    messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  }));
  const one = { description: "embeds it", argsSchema: z.object({ resourceUri: z.string() }) };
  server.registerPrompt("test_prompt_with_embedded_resource", one, (args) => ({
    messages: [
      user(embedded(args.resourceUri, "text/plain", "Embedded resource content for testing.")),
      user(text("Please process the embedded resource above.")),
    ],
  }));
  server.registerPrompt("test_prompt_with_image", { description: "shows it" }, () => ({
    messages: [user(image), user(text("Please analyze the image above."))],
  }));
}
