/** The shape that all commands share: a name, a sentence, `--json`, and an exit code. */
import { Command } from "commander";
import { forwarded } from "./forwarding.ts";
import { openOutput } from "./output.ts";
import type { Output } from "./output.ts";

export interface Call<Options> {
  readonly out: Output;
  readonly args: readonly string[];
  readonly options: Options;
}

export interface Usage {
  readonly name: string;
  readonly summary: string;
  /** True where it needs no database: it runs in its own process, whoever else is at work. */
  readonly isLocal?: boolean;
}

/** A command's work; the number it may return is the exit code, 0 by default. */
export type Work<Options> = (call: Call<Options>) => Promise<number | void> | number | void;

const exitCodes = new WeakMap<Command, number>();

/** The exit code that the command which ran has left with its program. */
export const exitCodeOf = (program: Command): number => exitCodes.get(program) ?? 0;

/**
 * A command with `--json`; `does` runs when it is called: in the worker of a supervisor where there
 * is one, and where it needs the database.
 */
export function command<Options = object>(
  { name, summary, isLocal = false }: Usage,
  does: Work<Options & { readonly json?: boolean }>,
): Command {
  return new Command(name)
    .description(summary)
    .option("--json", "print the result for programs")
    .action(async function run(this: Command) {
      const options = this.opts<Options & { readonly json?: boolean }>();
      const out = openOutput(options.json === true);
      const elsewhere = isLocal ? null : await forwarded();
      const code = elsewhere ?? (await does({ out, args: this.args, options })) ?? 0;
      exitCodes.set(rootOf(this), code);
    });
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
