/** Every kind of provider there is, and how one is made from its configuration. */
import type { ProviderConfig } from "../config/providers.ts";
import { claudeDialect } from "./claude/dialect.ts";
import { codexDialect } from "./codex/dialect.ts";
import { commandProvider } from "./command.ts";
import type { Provider } from "./provider.ts";
import { hear } from "./transcript.ts";
import { transcriptProvider } from "./transcript-provider.ts";

/** The provider of this name. Nothing is started or looked for before it is asked. */
export function openProvider(name: string, config: ProviderConfig, workspace: string): Provider {
  const place = { name, workspace };
  switch (config.kind) {
    case "command":
      return commandProvider(name, config, workspace);
    case "claude":
      return transcriptProvider(claudeDialect, config, place);
    case "codex":
      return transcriptProvider(codexDialect, config, place);
    default:
      return config satisfies never;
  }
}

/** The programs that write a transcript, and how each one's is read. */
export const TRANSCRIPTS = {
  claude: (path: string) => hear(claudeDialect.adapter, path),
  codex: (path: string) => hear(codexDialect.adapter, path),
} as const;
