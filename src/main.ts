/** The command line: arguments in, exit code out. Every command is a file in `cli/`. */
import { Command, CommanderError } from "commander";
import { EXIT } from "./cli/exit-codes.ts";
import { tellFault } from "./cli/output.ts";
import { commands } from "./cli/commands.ts";
import { FaultError } from "./fault.ts";
import { version } from "./version.ts";

/** Runs one command line; the exit code is left in `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  endWithReader();
  const program = new Command("wvo")
    .description("Works off a roadmap with coding agents, and keeps going.")
    .version(version, "-V, --version")
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  for (const each of commands()) program.addCommand(each.exitOverride());
  overrideExits(program);
  try {
    await program.parseAsync(argv);
  } catch (thrown) {
    process.exitCode = exitCodeOf(thrown, argv.includes("--json"));
  }
}

/**
 * Whoever read our results has gone, as with `wvo log | head`: we end as if asked to. A command
 * that listens for itself ends in its own way.
 */
function endWithReader(): void {
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (process.stdout.listenerCount("error") > 1) return;
    if (code === "EPIPE") process.kill(process.pid, "SIGTERM");
    else throw new Error(`results cannot be written: ${code}`);
  });
}

/** Commander copies settings to subcommands only where it makes them itself. */
function overrideExits(command: Command): void {
  for (const each of command.commands) {
    each.exitOverride().showSuggestionAfterError();
    overrideExits(each);
  }
}

function exitCodeOf(thrown: unknown, json: boolean): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  tellFault(thrown, json);
  return thrown instanceof FaultError ? EXIT[thrown.kind] : EXIT.failed;
}
