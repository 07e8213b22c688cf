/** `plan_next`: what may be worked on now, in the order in which WeatherVane itself would take it. */
import { z } from "zod";
import { actorId } from "../../../machines/protocol.ts";
import { planViewOf } from "../../app/dispatch.ts";
import { systemClock } from "../../clock.ts";
import { explainOrder } from "../../planning/plan.ts";
import type { TaskRow } from "../../store/views/tables.ts";
import { defineTool, READS } from "../tool.ts";
import { id, limit, taskLine, taskLineOf } from "../words.ts";

const readyTask = taskLine.extend({ score: z.number(), why: z.string() });

export const planNext = defineTool({
  name: "plan_next",
  toolset: "work",
  title: "What is ready",
  description: "Ready tasks, best first. Held tasks of agent_id come back as yours.",
  input: z.strictObject({ agent_id: id.optional(), limit }),
  output: z.object({ yours: z.array(taskLine), tasks: z.array(readyTask) }),
  annotations: READS,
  isLoop: true,
  run: async ({ agent_id, limit: most }, { app, scope }) => {
    const { views } = app.store;
    const name = agent_id ?? scope.agentId;
    const names = name === null ? [] : [name, actorId.visitor(name)];
    const places = explainOrder(planViewOf(views, app.config, systemClock.now())).slice(0, most);
    const held = views.tasksIn("in_progress", HELD_LOOKED_AT);
    return {
      yours: held.filter((row) => names.includes(row.assigned_to ?? "")).map(taskLineOf),
      tasks: places.flatMap(({ id: taskId, score, sum }) => {
        const row: TaskRow | null = views.task(taskId);
        return row === null ? [] : [{ ...taskLineOf(row), score, why: sum }];
      }),
    };
  },
});
const HELD_LOOKED_AT = 1_000;
