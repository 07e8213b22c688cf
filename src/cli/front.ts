/** The commands before a worker: they start, reach and end it, and load nothing of what it does. */
import type { Command } from "commander";
import { downCommand } from "./down.ts";
import { mcpCommand } from "./mcp.ts";
import { upCommand } from "./up.ts";

export const frontCommands = (): readonly Command[] => [upCommand(), downCommand(), mcpCommand()];

/** They are called by these words. */
export const isFront = (word: string | undefined): boolean =>
  word === "up" || word === "down" || word === "mcp";
