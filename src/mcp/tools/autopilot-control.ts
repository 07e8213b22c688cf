/** `autopilot_control`: starts or stops handing out tasks; runs under way are ended by a stop. */
import { z } from "zod";
import { WIP_LIMIT_MAX } from "../../../machines/coordinator.ts";
import { actorId } from "../../../machines/protocol.ts";
import { FaultError } from "../../fault.ts";
import { defineTool, DESTROYS } from "../tool.ts";
import { key } from "../words.ts";
import { recorded, sendOnce } from "../writing.ts";
import { autopilot, describeAutopilot } from "./autopilot-status.ts";

export const autopilotControl = defineTool({
  name: "autopilot_control",
  toolset: "ops",
  title: "Start or stop the autopilot",
  description:
    "start or resume hands out tasks; pause hands out none, stop ends runs too; set_limits: wip_limit, null for the configured one.",
  input: z.strictObject({
    action: z.enum(["start", "stop", "pause", "resume", "wake", "set_limits"]),
    wip_limit: z.int().min(1).max(WIP_LIMIT_MAX).nullable().optional(),
    idempotency_key: key,
  }),
  output: autopilot,
  annotations: DESTROYS,
  run: async ({ action, wip_limit }, call) => {
    const { app } = call;
    if ((action === "set_limits") !== (wip_limit !== undefined)) throw limitMisplaced(action);
    if (action === "start" || action === "resume") await app.openPool?.();
    const agents = app.store.views.agents().map(({ agent_id }) => agent_id);
    const events = {
      start: { type: "start" },
      resume: { type: "start" },
      wake: { type: "wake" },
      stop: { type: "stop", agents },
      pause: { type: "stop", agents: [] },
      set_limits: { type: "limit", wipLimit: wip_limit ?? null },
    };
    if ((await recorded(call)) === null) await sendOnce(call, actorId.coordinator, events[action]);
    return describeAutopilot(app);
  },
});

const limitMisplaced = (action: string): FaultError =>
  new FaultError({
    code: "autopilot.limits",
    kind: "invalid",
    where: `autopilot_control ${action}`,
    found: action === "set_limits" ? "no wip_limit" : "wip_limit",
    expected: "wip_limit with set_limits, and with nothing else",
    next: "say action set_limits and wip_limit together",
  });
