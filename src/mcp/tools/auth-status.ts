/** `auth_status`: may runs be started on each provider now, and if not, why and until when. */
import { z } from "zod";
import { defineTool, READS } from "../tool.ts";
import { timeOrNull } from "../words.ts";

const provider = z.object({
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  until: z.string().nullable(),
});

export const authStatus = defineTool({
  name: "auth_status",
  toolset: "ops",
  title: "Providers",
  description: "Whether runs can be started on each provider, and why not.",
  input: z.strictObject({}),
  output: z.object({ providers: z.array(provider) }),
  annotations: READS,
  run: async (_args, { app }) => ({
    providers: app.store.views.providers().map(({ name, status: state, reason, until }) => {
      return { name, state, reason, until: timeOrNull(until) };
    }),
  }),
});
