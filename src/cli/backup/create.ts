/** `wvo backup create`: a copy of the database in a file of its own, while work goes on. */
import { actorId } from "../../../machines/protocol.ts";
import { copyHandler, LABEL_CHARS_MAX, madeBackup } from "../../app/backups.ts";
import { pause, stopwatch, systemClock } from "../../clock.ts";
import { FaultError } from "../../fault.ts";
import { backupFile, newBackupId, refuseFull } from "../../store/backup-files.ts";
import type { StoreReader } from "../../store/port.ts";
import { command } from "../command.ts";
import { insist, speaking } from "../speaker.ts";
import { loadHere } from "../workspace.ts";

/** A large database on a slow disk; a copy that takes longer goes on, and is found by the list. */
const COPY_LIMIT_MS = 10 * 60_000;
const LOOK_MS = 20;

export const createCommand = () =>
  command<{ label?: string }>(
    { name: "create", summary: "copy the database while work goes on" },
    async ({ out, options }) => {
      const config = loadHere();
      const label = labelOf(options.label);
      const id = newBackupId(systemClock);
      refuseFull(config.state_root, id);
      const handlersFor = (store: Parameters<typeof copyHandler>[0]["store"]) => {
        return { copyDatabase: copyHandler({ config, store, clock: systemClock }) };
      };
      const made = await speaking(
        config,
        async (speaker, store) => {
          insist(await speaker.start(actorId.backup(id), { id, label }));
          return awaitCopy(store, id);
        },
        handlersFor,
      );
      const { isUnderWay, bytes, sha256 } = made;
      const state = isUnderWay ? "creating" : "kept";
      const file = backupFile(config.state_root, id);
      out.result({ id, state, label, bytes, sha256, file }, () =>
        isUnderWay ? `${id} is still being made` : `${id} (${bytes} bytes) ${file}`,
      );
    },
  ).option("--label <text>", "what it is called, for people");

async function awaitCopy(store: StoreReader, id: string) {
  const waitedMs = stopwatch();
  for (;;) {
    const made = await madeBackup(store, id);
    if (!made.isUnderWay || waitedMs() >= COPY_LIMIT_MS) return made;
    await pause(LOOK_MS);
  }
}

function labelOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text !== "" && text.length <= LABEL_CHARS_MAX) return text;
  throw new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: "wvo backup create --label",
    found: text === "" ? "nothing" : `${text.length} characters`,
    expected: `1 to ${LABEL_CHARS_MAX} characters`,
    next: "wvo backup create --label 'before the upgrade'",
  });
}
