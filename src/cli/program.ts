/** The command line as a whole: words in, exit code out, at whatever terminal it is called. */
import { Command, CommanderError } from "commander";
import { FaultError } from "../fault.ts";
import { version } from "../version.ts";
import { exitCodeOf } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { tellFault } from "./output.ts";
import { terminal } from "./terminal.ts";

/** Runs the words of the terminal and gives back the exit code. */
export async function runProgram(commands: readonly Command[]): Promise<number> {
  const { argv } = terminal();
  const program = new Command("wvo")
    .description("Works off a roadmap with coding agents, and keeps going.")
    .version(version, "-V, --version")
    .configureHelp({ showGlobalOptions: true });
  for (const each of commands) program.addCommand(each);
  adjust(program);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCodeOf(program);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    tellFault(thrown, argv.includes("--json"));
    return thrown instanceof FaultError ? EXIT[thrown.kind] : EXIT.failed;
  }
}

/** Commander copies settings to subcommands only where it makes them itself. */
function adjust(command: Command): void {
  const { out, err } = terminal();
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: out, writeErr: err });
  for (const each of command.commands) adjust(each);
}
