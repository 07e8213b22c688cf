/** `health`: how each part is, and what can be done about it from here. */
import { z } from "zod";
import { HEALTH, healthOf, REMEDIES, worstOf } from "../../app/health.ts";
import { defineTool, READS } from "../tool.ts";

const remedy = z.object({ remedy: z.enum(REMEDIES), target: z.string().nullable() });

const check = z.object({
  name: z.string(),
  status: z.enum(HEALTH),
  detail: z.string(),
  remedies: z.array(remedy),
});

export const health = defineTool({
  name: "health",
  toolset: "ops",
  title: "Health",
  description: "Each part's health with remedies; deep reads the whole database too.",
  input: z.strictObject({ deep: z.boolean().default(false) }),
  output: z.object({ status: z.enum(HEALTH), checks: z.array(check) }),
  annotations: READS,
  run: async ({ deep }, { app }) => {
    const checks = await healthOf(app.store, deep);
    const told = checks.map((each) => ({ ...each, remedies: [...each.remedies] }));
    return { status: worstOf(checks), checks: told };
  },
});
