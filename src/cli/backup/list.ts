/** `wvo backup list`: the backups there are, the newest first. */
import { backupsOf } from "../../app/backups.ts";
import { command } from "../command.ts";
import { table } from "../output.ts";
import { loadHere } from "../workspace.ts";

/** More than there can be. */
const SHOWN_MAX = 200;

/** The folder says it all: it works where the database is damaged or gone. */
export const listBackupsCommand = () =>
  command(
    { name: "list", summary: "the backups there are, newest first", isLocal: true },
    ({ out }) => {
      const backups = backupsOf(loadHere(), SHOWN_MAX).map(({ backup_id: id, ...rest }) => {
        return { id, ...rest };
      });
      out.result(backups, () =>
        backups.length === 0
          ? "there is no backup; wvo backup create makes one"
          : table(
              ["ID", "BYTES", "FILE", "LABEL"],
              backups.map(({ id, bytes, file, label }) => [
                id,
                `${bytes ?? "-"}`,
                file,
                label ?? "-",
              ]),
            ),
      );
    },
  );
