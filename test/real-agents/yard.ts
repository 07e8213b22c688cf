/** A workspace in which the real programs work, each with a stub of its model's server. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { anthropic } from "../support/models/anthropic.ts";
import { ModelServer } from "../support/models/model-server.ts";
import { openai } from "../support/models/openai.ts";
import { wish, wishCall } from "../support/models/script.ts";
import type { ToolWish } from "../support/models/script.ts";
import { emptyFolder } from "../support/workbench.ts";
import { makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";
import { installPrograms } from "./install.ts";

export interface RealYard {
  readonly yard: Workspace;
  readonly claude: ModelServer;
  readonly codex: ModelServer;
}

export interface TaskPlan {
  readonly id: string;
  /** Decides by the routing table of `makeRealYard`. */
  readonly type: "feature" | "bug";
  readonly depends_on?: readonly string[];
  /** Tools of ours that its program calls before it writes its file. */
  readonly calls?: readonly ToolWish[];
}

export const fileOf = (taskId: string): string => `work/${taskId}`;

/** Features go to Claude Code first, bugs to Codex; where one is out, the other takes them. */
export async function makeRealYard(tasks: readonly TaskPlan[]): Promise<RealYard> {
  const programs = installPrograms();
  const [claude, codex] = [await ModelServer.start(anthropic), await ModelServer.start(openai)];
  const home = emptyFolder();
  for (const name of ["claude", "codex"]) mkdirSync(join(home, name));
  const limits = { idle_limit: "2m", wall_limit: "5m", pass_env: [] };
  const providers = {
    claude: {
      kind: "claude",
      program: [join(programs, "claude")],
      ...limits,
      env: {
        HOME: home,
        CLAUDE_CONFIG_DIR: join(home, "claude"),
        ANTHROPIC_BASE_URL: claude.url,
        // A subscription's token: only with one does the program tell when a limit ends.
        CLAUDE_CODE_OAUTH_TOKEN: "test-token",
      },
    },
    codex: {
      kind: "codex",
      program: [join(programs, "codex")],
      ...limits,
      endpoint: { base_url: `${codex.url}/v1`, env_key: "STUB_API_KEY" },
      env: { HOME: home, CODEX_HOME: join(home, "codex"), STUB_API_KEY: "test-key" },
    },
  };
  const row = (name: string, when: object, use: readonly string[]) => ({
    name,
    when,
    use: { providers: use, tier: "low" },
  });
  const routes = [
    row("bugs", { types: ["bug"] }, ["codex", "claude"]),
    row("others", {}, ["claude", "codex"]),
  ];
  const roadmap = {
    version: 1,
    tasks: tasks.map(({ id, type, depends_on = [], calls = [] }) => {
      const description = [...calls.map(wishCall), wish(fileOf(id))].join("\n");
      return { id, type, title: `Make ${id}`, description, depends_on };
    }),
  };
  const config = { agents: 3, wip_limit: 3, providers, routes };
  const yard = makeWorkspace({ roadmap, agent: [], config });
  return { yard, claude, codex };
}
