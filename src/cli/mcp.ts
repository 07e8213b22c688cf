/** `wvo mcp`: what MCP clients start. It joins their standard input and output to the supervisor. */
import { FaultError } from "../fault.ts";
import { isName, isRole, ROLES } from "../supervisor/hello.ts";
import { serveShim } from "../supervisor/shim.ts";
import { command } from "./command.ts";
import { openOutput } from "./output.ts";
import { startDetached } from "./up.ts";
import { terminal } from "./terminal.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly role?: string;
  readonly task?: string;
  readonly agent?: string;
}

export const mcpCommand = () =>
  command<Options>(
    { name: "mcp", summary: "serve an MCP client on standard input and output", isLocal: true },
    async ({ out, options: { role = "operator", task, agent } }) => {
      if (!isRole(role)) throw usage("--role", role, ROLES.join(", "));
      for (const [option, name] of [["--task", task] as const, ["--agent", agent] as const]) {
        if (name !== undefined && !isName(name)) throw usage(option, name, "a name without spaces");
      }
      const config = loadHere();
      return serveShim({
        stateRoot: config.state_root,
        hello: { role, agent: agent ?? null, task: task ?? null },
        // Standard output is the client's: nothing of ours may be said there.
        start: () =>
          startDetached(config, { ...openOutput(false), result: () => {} }, { hold: true }),
        onSignal: terminal().onSignal,
        onNews: (text) => out.progress(`wvo mcp: ${text}`),
      });
    },
  )
    .option("--role <role>", "which tools there are: worker, coordinator or operator", "operator")
    .option("--task <id>", "the one task that the client may touch")
    .option("--agent <id>", "the agent that the client speaks for");

const usage = (option: string, found: string, expected: string): FaultError =>
  new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: `wvo mcp ${option}`,
    found,
    expected,
    next: "wvo mcp --help explains it",
  });
