/**
 * Waiting until something can be seen in a folder: woken by the file system within milliseconds,
 * and by a slow poll for what no file announces. What is looked for is the caller's business.
 */
import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { stopwatch, systemClock } from "../clock.ts";

export interface FolderWatch {
  /** Looks at least this often. */
  readonly pollMs: number;
  /** Gives up with null after this; without it only the signal ends a watch. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
  /** Files whose change is worth a look; the others may change a thousand times a second. */
  readonly files: readonly string[];
}

/** Calls `look` until it sees something. */
export async function watchFolder<Seen>(
  folder: string,
  look: () => Seen | null,
  { pollMs, limitMs = Infinity, signal, files }: FolderWatch,
): Promise<Seen | null> {
  const waitedMs = stopwatch();
  const bell = { ring: (): void => {} };
  const onAbort = (): void => bell.ring();
  const watcher = openWatcher(folder, (file) => {
    if (file === null || files.includes(file)) bell.ring();
  });
  signal?.addEventListener("abort", onAbort);
  try {
    while (true) {
      // Made before the look, so that a change during the look is not missed.
      const woken = new Promise<void>((resolve) => {
        bell.ring = resolve;
      });
      signal?.throwIfAborted();
      const seen = look();
      if (seen !== null) return seen;
      if (waitedMs() >= limitMs) return null;
      const cancel = systemClock.schedule(Math.min(pollMs, limitMs), () => bell.ring());
      await woken;
      cancel();
    }
  } finally {
    watcher?.close();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** None where the system has no watcher left to give: the poll alone is slower, not wrong. */
function openWatcher(folder: string, onChange: (file: string | null) => void): FSWatcher | null {
  try {
    return watch(folder, (_kind, file) => onChange(file)).on("error", () => {});
  } catch {
    return null;
  }
}
