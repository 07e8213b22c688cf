/** Temporary folders that are removed when the test ends, and hosts and stores in them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Host } from "../../src/host/host.ts";
import type { HostSetting } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { ManualClock } from "./manual-clock.ts";

/** An empty folder for one test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wvo-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type BenchSetting = Partial<HostSetting> &
  Pick<HostSetting, "charts"> & { readonly path?: string; readonly clock?: ManualClock };

export interface Bench {
  readonly host: Host;
  readonly clock: ManualClock;
  readonly path: string;
  /** Closes the host and opens it again on the same file: what a restart does. */
  reopen(): Promise<Bench>;
}

/** A host on a real database file, with a clock the test moves. */
export async function openBench(setting: BenchSetting): Promise<Bench> {
  const path = setting.path ?? join(emptyFolder(), "orchestrator.db");
  const clock = setting.clock ?? new ManualClock();
  const store = setting.store ?? openStore(path, clock);
  const host = await Host.open({
    handlers: {},
    owner: ownerHere("test"),
    ...setting,
    store,
    clock,
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await host.close();
    isOpen = false;
  };
  onTestFinished(close);
  const reopen = async (): Promise<Bench> => {
    await close();
    const { store: _closed, ...rest } = setting;
    return openBench({ ...rest, path, clock });
  };
  return { host, clock, path, reopen };
}
