/** What is looked at before an event is sent: the revision that the caller has seen, and its hold. */
import { FaultError } from "../fault.ts";
import { foreignTask } from "./refusals.ts";
import type { ToolCall } from "./tool.ts";
import type { Hold } from "./visiting.ts";

/** Refuses a change that was decided on what is no longer so. */
export async function refuseRevision(
  { app }: ToolCall,
  actor: string,
  expected?: number,
): Promise<void> {
  const stored = await app.store.read(actor);
  if (expected === undefined || stored === null || stored.version === expected) return;
  throw new FaultError({
    code: "mcp.revision",
    kind: "notAccepted",
    where: actor,
    found: `revision ${stored.version}`,
    expected: `revision ${expected}`,
    next: "read it again with task_get, and decide anew",
    retriable: true,
  });
}

/** A blocked task waits for a person and is in nobody's hands: no worker calls it its own. */
export function refuseWorker({ scope }: ToolCall, taskId: string): void {
  if (scope.role === "worker") throw foreignTask(taskId, "a coordinator or a person");
}

/** A run that we have started ends with its program, whatever it says here. */
export function visitOnly(hold: Hold, word: string): void {
  if (hold.kind === "visit") return;
  throw new FaultError({
    code: "mcp.own-run",
    kind: "notAccepted",
    where: hold.actor,
    found: `${word} in a run that WeatherVane has started`,
    expected: "progress, or the end of the program",
    next: "end your program: with 0 when done, with another code when you cannot go on",
  });
}
