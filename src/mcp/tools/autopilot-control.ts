/** `autopilot_control`: starts or stops handing out tasks; runs under way are ended by a stop. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { defineTool, DESTROYS } from "../tool.ts";
import { key } from "../words.ts";
import { recorded, sendOnce } from "../writing.ts";
import { autopilot, describeAutopilot } from "./autopilot-status.ts";

export const autopilotControl = defineTool({
  name: "autopilot_control",
  toolset: "ops",
  title: "Start or stop the autopilot",
  description: "start hands out tasks by itself; stop ends the runs under way and hands out none.",
  input: z.strictObject({ action: z.enum(["start", "stop", "wake"]), idempotency_key: key }),
  output: autopilot,
  annotations: DESTROYS,
  run: async ({ action }, call) => {
    const { app } = call;
    if (action === "start") await app.openPool?.();
    const agents = app.store.views.agents().map(({ agent_id }) => agent_id);
    const event = action === "stop" ? { type: "stop", agents } : { type: action };
    if ((await recorded(call)) === null) await sendOnce(call, actorId.coordinator, event);
    return describeAutopilot(app);
  },
});
