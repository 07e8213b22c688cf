/** The process: which part of WeatherVane it is, and its exit code. Every command is in `cli/`. */
import { frontCommands, isFront } from "./cli/front.ts";
import { runProgram } from "./cli/program.ts";

/** Runs one command line; the exit code is left in `process.exitCode`. */
export async function main([, , word]: readonly string[]): Promise<void> {
  if (word === "worker" && process.send !== undefined) {
    const { work } = await import("./worker/worker.ts");
    return work();
  }
  endWithReader();
  // A supervisor and a shim live long, and there may be many: they load no more than they need.
  const commands = isFront(word) ? frontCommands() : (await import("./cli/commands.ts")).commands();
  process.exitCode = await runProgram(commands);
  return undefined;
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
