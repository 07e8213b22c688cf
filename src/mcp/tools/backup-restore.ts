/** `backup_restore`: the database becomes what a backup holds; what is there is put aside first. */
import { z } from "zod";
import type { BackupContext } from "../../../machines/backup.ts";
import { actorId } from "../../../machines/protocol.ts";
import { lossBy, soundBackup, wrongConfirm } from "../../app/restore-checks.ts";
import { restoreAtWork } from "../../app/restoring.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import { defineTool, DESTROYS } from "../tool.ts";
import type { ToolCall } from "../tool.ts";
import { id, key } from "../words.ts";
import { recorded } from "../writing.ts";

/** Tasks that are named of those that would be as they were. */
const TASKS_TOLD_MAX = 50;

export const backupRestore = defineTool({
  name: "backup_restore",
  toolset: "ops",
  title: "Restore a backup",
  description:
    "Puts the database back to a backup; needs a stopped, quiet autopilot. " +
    "Without confirm (the id again) only says what would be lost.",
  input: z.strictObject({ backup_id: id, confirm: id.optional(), idempotency_key: key }),
  output: z.object({
    backup_id: id,
    restored: z.boolean(),
    safety_backup_id: z.string().nullable(),
    lost_events: z.number().nullable(),
    changed_tasks: z.array(z.string()),
    next: z.string(),
  }),
  annotations: DESTROYS,
  run: async ({ backup_id: backupId, confirm }, call) => {
    const known = await recorded(call);
    if (known !== null) return done(backupId, await safetyOf(call, known.actor));
    if (confirm !== undefined && confirm !== backupId) throw wrongConfirm(backupId, confirm);
    if (confirm === undefined) return foretell(call, backupId);
    const { key: callKey, cause, app } = call;
    return done(backupId, await restoreAtWork(app, { id: backupId, key: callKey, cause }));
  },
});

async function foretell({ app: { config } }: ToolCall, backupId: string) {
  await soundBackup(config.state_root, backupId);
  const { events, tasks } = lossBy(config, backupId);
  return {
    backup_id: backupId,
    restored: false,
    safety_backup_id: null,
    lost_events: events,
    changed_tasks: tasks.slice(0, TASKS_TOLD_MAX),
    next: `nothing is changed yet; with confirm ${backupId} these are put aside and gone from here`,
  };
}

const done = (backupId: string, safetyId: string | null) => ({
  backup_id: backupId,
  restored: true,
  safety_backup_id: safetyId,
  lost_events: null,
  changed_tasks: [],
  next: "look with orchestrator_status; autopilot_control start lets work go on",
});

/** As the restored database was told of it. */
async function safetyOf({ app }: ToolCall, actor: string): Promise<string | null> {
  const stored = await app.store.read(actor);
  const { context } = JSON.parse(stored?.snapshot ?? "{}") as Partial<SnapshotRecord>;
  const isBackup = actor.startsWith(actorId.backup(""));
  return isBackup ? ((context as BackupContext).restored?.safetyId ?? null) : null;
}
