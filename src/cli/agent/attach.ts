/** `wvo agent attach ID`: what an agent says and does in a tmux window of its own, or here. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { FaultError } from "../../fault.ts";
import { command } from "../command.ts";
import { askedOfWorker } from "../forwarding.ts";
import type { Output } from "../output.ts";
import { reading } from "../reading.ts";
import { findWorkspace, loadHere } from "../workspace.ts";
import { terminal } from "../terminal.ts";
import { meantRun, runsRoot } from "./runs.ts";
import { showTail } from "./tail.ts";

export const attachCommand = () =>
  command(
    { name: "attach", summary: "watch an agent in tmux, or here", isLocal: true },
    async ({ out, args: [id = ""] }) => {
      // A worker that is asked which run is meant has no window to open.
      if (terminal().engine !== null) return out.result({ run: (await runOf(id)).runId }, () => "");
      const { folder, runId } = await runOf(id);
      if (hasTmux()) return attach(out, runId);
      await showTail(out, { folder, runId, lines: LINES, follow: true });
      return undefined;
    },
  ).argument("<id>", "an agent, a task or a run");

async function runOf(id: string) {
  const config = loadHere();
  const isHere = terminal().engine !== null;
  const words = ["agent", "attach", id, "--json"];
  const asked = isHere ? null : await askedOfWorker<{ readonly run: string }>(words);
  if (asked !== null) return { runId: asked.run, folder: join(runsRoot(config), asked.run) };
  return reading(config, ({ views }) => meantRun(config, views, id));
}

/** The screen is empty: there is room for more than a tail shows. */
const LINES = 200;

const hasTmux = (): boolean => spawnSync("tmux", ["-V"], { stdio: "ignore" }).status === 0;

/** A new window where one is in tmux, else a session, which is entered where there is a terminal. */
function attach(out: Output, runId: string): void {
  const name = `wvo-${runId.replaceAll(/[^\w-]/g, "-")}`; // tmux parts names at dots and colons
  const tail = [process.execPath, process.argv[1] ?? "wvo", "agent", "tail", runId, "--follow"];
  const place = ["-n", name, "-c", findWorkspace(), ...tail];
  if ((process.env["TMUX"] ?? "") !== "") {
    tmux(["new-window", ...place]);
    out.result({ run: runId, window: name }, () => `${runId} is shown in the window ${name}`);
  } else if (process.stdout.isTTY && !out.json) {
    tmux(["new-session", "-A", "-s", name, ...place]);
  } else {
    if (spawnSync("tmux", ["has-session", "-t", `=${name}`], { stdio: "ignore" }).status !== 0)
      tmux(["new-session", "-d", "-s", name, ...place]);
    const next = `tmux attach -t ${name}`;
    out.result({ run: runId, session: name, next }, () => `${runId} is shown by: ${next}`);
  }
}

function tmux(args: readonly string[]): void {
  const { status, error } = spawnSync("tmux", args, { stdio: "inherit" });
  if (status === 0) return;
  throw new FaultError({
    code: "agent.tmux",
    where: `tmux ${args[0]}`,
    found: error?.message ?? `exit code ${status}`,
    expected: "a window of tmux",
    next: "look at what it said, or use wvo agent tail --follow",
  });
}
