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
  readonly sandbox?: boolean;
}

export const mcpCommand = () =>
  command<Options>(
    { name: "mcp", summary: "serve an MCP client on standard input and output", isLocal: true },
    async ({ out, options }) => {
      const { role = "operator", task, agent, sandbox = false } = withinRun(options);
      if (!isRole(role)) throw usage("--role", role, ROLES.join(", "));
      for (const [option, name] of [["--task", task] as const, ["--agent", agent] as const]) {
        if (name !== undefined && !isName(name)) throw usage(option, name, "a name without spaces");
      }
      const config = loadHere();
      if (sandbox && config.sandbox === null) throw noSandbox();
      return serveShim({
        stateRoot: config.state_root,
        hello: { role, agent: agent ?? null, task: task ?? null, sandbox },
        // Standard output is the client's: nothing of ours may be said there.
        start: isWithinRun()
          ? nobodyServes
          : () => startDetached(config, { ...openOutput(false), result: () => {} }, { hold: true }),
        onSignal: terminal().onSignal,
        onNews: (text) => out.progress(`wvo mcp: ${text}`),
      });
    },
  )
    .option("--role <role>", "which tools there are: worker, coordinator or operator", "operator")
    .option("--task <id>", "the one task that the client may touch")
    .option("--agent <id>", "the agent that the client speaks for")
    .option("--sandbox", "also tools that work in a worktree, for clients without their own");

const isWithinRun = (): boolean => terminal().env["WVO_RUN_ID"] !== undefined;

/** What an agent started would end with it: the next orchestrator is a person's to start. */
async function nobodyServes(): Promise<never> {
  throw new FaultError({
    code: "mcp.nobody-serves",
    where: "wvo mcp in the run of an agent",
    found: "no orchestrator at work",
    expected: "wvo run or wvo up",
    next: "go on without the tools, and try again later",
    retriable: true,
  });
}

/** What clients may do here, the owner of the workspace says. */
const noSandbox = (): FaultError =>
  new FaultError({
    code: "mcp.no-sandbox",
    kind: "usage",
    where: "wvo mcp --sandbox",
    found: "no sandbox in weathervane.yaml",
    expected: "sandbox: { programs: [...] }",
    next: "add it there where clients may work here, or leave --sandbox out",
  });

/** In the run of an agent it is that agent's, whatever else is asked for. */
function withinRun(options: Options): Options {
  if (!isWithinRun()) return options;
  const { env } = terminal();
  // A worktree looks like a workspace, and must not get a supervisor of its own.
  if (env["WVO_WORKSPACE_ROOT"] === undefined) {
    throw new FaultError({
      code: "mcp.worktree",
      kind: "usage",
      where: "wvo mcp in the run of an agent",
      found: "no WVO_WORKSPACE_ROOT",
      expected: "the folder of the workspace: this is only a worktree of it",
      next: "have the agent's MCP configuration set WVO_WORKSPACE_ROOT",
    });
  }
  const { WVO_TASK_ID: task = "", WVO_AGENT_ID: agent = "" } = env;
  return { role: "worker", task, agent };
}

const usage = (option: string, found: string, expected: string): FaultError =>
  new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: `wvo mcp ${option}`,
    found,
    expected,
    next: "wvo mcp --help explains it",
  });
