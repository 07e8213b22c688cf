/** `backup_create`: a copy of the database in a file of its own, made while work goes on. */
import { z } from "zod";
import type { BackupInput } from "../../../machines/copies.ts";
import { actorId } from "../../../machines/protocol.ts";
import { madeBackup } from "../../app/backups.ts";
import { systemClock } from "../../clock.ts";
import { newBackupId, refuseFull } from "../../store/backup-files.ts";
import { defineTool, WRITES } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { id, key } from "../words.ts";
import { awaitLeaving, recorded, standingOf, startOnce } from "../writing.ts";

/** Clients give up after a minute; a copy that takes longer is found by backup_list. */
const WAIT_LIMIT_MS = 50_000;

export const backupCreate = defineTool({
  name: "backup_create",
  toolset: "ops",
  title: "Back up the database",
  description: "Copies the orchestrator's database into state/backups while work goes on.",
  input: z.strictObject({ label: id.optional(), idempotency_key: key }),
  output: z.object({
    backup_id: id,
    bytes: z.number().nullable(),
    sha256: z.string().nullable(),
    state: z.string(),
    rev: z.number(),
    next_events: z.array(z.string()),
  }),
  annotations: WRITES,
  run: async ({ label = null }, call) => {
    const actor = (await recorded(call))?.actor ?? (await begin(call, label));
    await awaitLeaving(call, actor, { states: ["creating"], limitMs: WAIT_LIMIT_MS });
    const backupId = actor.slice(actorId.backup("").length);
    const { bytes, sha256 } = await madeBackup(call.app.store, backupId);
    return { backup_id: backupId, bytes, sha256, ...(await standingOf(call.app, actor)) };
  },
});

/** Two calls with one key may come at the same moment: the actor is that of the first. */
async function begin(call: ToolCall, label: string | null): Promise<string> {
  const backupId = newBackupId(systemClock);
  refuseFull(call.app.config.state_root, backupId);
  const input: BackupInput = { id: backupId, label };
  return (await startOnce(call, actorId.backup(backupId), input)).actor;
}
