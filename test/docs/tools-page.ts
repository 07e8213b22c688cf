/** `docs/tools.md`: every MCP tool on one page, as clients are shown it. */
import { z } from "zod";
import { tools } from "../../src/mcp/tools.ts";
import type { Tool, Toolset } from "../../src/mcp/tool.ts";

/** In the order of the page: who gets which. */
const TOOLSETS: readonly (readonly [Toolset, string])[] = [
  ["work", "every client: an agent claims a task, works, asks and hands in"],
  ["plan", "`--role coordinator` and `--role operator`"],
  ["ops", "`--role operator`, which is a person's"],
  ["sandbox", "`wvo mcp --sandbox`, where [the configuration](configuration.md#sandbox) has one"],
];

const HEAD = `# MCP tools

Generated from \`src/mcp/tools/\` by \`npm run docs\`. How clients come here is in
[supervisor.md](supervisor.md#mcp-clients). Arguments in brackets may be left out. Every tool that changes
something takes \`idempotency_key\`, or the call id that the client's program sends: the same call again is
answered from the record. Every such answer tells state, revision and the events accepted next.
`;

export const toolsPage = (): string =>
  [HEAD, ...TOOLSETS.map(([toolset, who]) => section(toolset, who))].join("\n");

function section(toolset: Toolset, who: string): string {
  const rows = tools.filter((tool) => tool.toolset === toolset).map(row);
  const head = ["| tool | what it does | arguments | |", "|---|---|---|---|"];
  return [`## ${toolset}`, "", `For ${who}.`, "", ...head, ...rows, ""].join("\n");
}

const row = (tool: Tool): string =>
  `| \`${tool.name}\` | ${tool.description} | ${argumentsOf(tool)} | ${kindOf(tool)} |`;

function argumentsOf({ input }: Tool): string {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input" });
  const names = Object.keys(properties).filter((name) => name !== "idempotency_key");
  return names.map((name) => (required.includes(name) ? name : `[${name}]`)).join(", ");
}

function kindOf({ annotations }: Tool): string {
  if (annotations.readOnlyHint) return "reads";
  return annotations.destructiveHint ? "changes, and may end or overwrite" : "changes";
}
