/** `backup_list`: the backups there are, by the folder they lie in. */
import { z } from "zod";
import { backupsOf } from "../../app/backups.ts";
import { defineTool, READS } from "../tool.ts";
import { id, limit } from "../words.ts";

export const backupList = defineTool({
  name: "backup_list",
  toolset: "ops",
  title: "The backups",
  description: "The backups of the database, newest first, and whether each file is there.",
  input: z.strictObject({ limit }),
  output: z.object({
    backups: z.array(
      z.object({
        backup_id: id,
        label: z.string().nullable(),
        at: z.string().nullable(),
        bytes: z.number().nullable(),
        sha256: z.string().nullable(),
        is_safety: z.boolean(),
        file: z.enum(["whole", "damaged", "missing"]),
      }),
    ),
  }),
  annotations: READS,
  run: async ({ limit: most }, { app }) => ({ backups: [...backupsOf(app.config, most)] }),
});
