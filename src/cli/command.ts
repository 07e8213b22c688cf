/** The shape that all commands share: a name, a sentence, `--json`, and an exit code. */
import { Command } from "commander";
import { openOutput } from "./output.ts";
import type { Output } from "./output.ts";

export interface Call<Options> {
  readonly out: Output;
  readonly args: readonly string[];
  readonly options: Options;
}

/** A command's work; the number it may return is the exit code, 0 by default. */
export type Work<Options> = (call: Call<Options>) => Promise<number | void> | number | void;

/** A command with `--json`; `does` runs when it is called. */
export function command<Options = object>(
  usage: { readonly name: string; readonly summary: string },
  does: Work<Options & { readonly json?: boolean }>,
): Command {
  return new Command(usage.name)
    .description(usage.summary)
    .option("--json", "print the result for programs")
    .action(async function run(this: Command) {
      const options = this.opts<Options & { readonly json?: boolean }>();
      const out = openOutput(options.json === true);
      process.exitCode = (await does({ out, args: this.args, options })) ?? process.exitCode ?? 0;
    });
}
