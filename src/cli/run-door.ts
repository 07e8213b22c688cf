/**
 * How agents and MCP clients reach a `wvo run` that works without a supervisor: it serves the same
 * sessions as a worker does, and `wvo mcp` finds it.
 */
import type { App } from "../app/app.ts";
import { faultData } from "../fault.ts";
import { makePlace } from "../supervisor/place.ts";
import { announceRun, runSocket } from "../supervisor/run-place.ts";
import type { Output } from "./output.ts";

/** Serves until the returned function is called. Where it cannot, the work goes on without. */
export async function openRunDoor(app: App, out: Output): Promise<() => Promise<void>> {
  try {
    // Most commands serve nobody, and need not load what a server is made of.
    const { serveSessions } = await import("../mcp/sessions.ts");
    const place = makePlace(app.config.state_root);
    const path = runSocket(place);
    const close = await serveSessions({ path, app });
    announceRun(place, path);
    return close;
  } catch (thrown) {
    out.progress(`agents cannot call this run by MCP: ${faultData(thrown).message}`);
    return async () => {};
  }
}
