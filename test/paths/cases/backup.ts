/** What a backup is walked with: a copy that was made, and databases restored from it. */
import type { BackupContext } from "../../../machines/backup.ts";
import type { BackupInput, Copied, Restored } from "../../../machines/copies.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: BackupInput = { id: "20261121T213000Z-0c0ffe", label: "before the upgrade" };
const copy: Copied = { bytes: 4_096, sha256: "5eed", seq: 7, atMs: 1_000 };

export const cases: Cases<BackupContext, Restored> = {
  actor: `backup:${input.id}`,
  inputs: [input],
  events: () => [
    { type: "restored", safetyId: "20261121T214500Z-5afe00" },
    { type: "restored", safetyId: null },
  ],
  outputs: { copyDatabase: [copy] },
};
