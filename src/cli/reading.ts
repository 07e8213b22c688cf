/**
 * The database for a command that only looks: opened beside a `wvo run` that writes it, or the one
 * that the worker has open where the command runs in it.
 */
import type { Config } from "../config/load.ts";
import type { StoreReader } from "../store/port.ts";
import { openReader } from "../store/sqlite/store.ts";
import { databasePath } from "./speaker.ts";
import { terminal } from "./terminal.ts";

export async function reading<Result>(
  config: Config,
  look: (store: StoreReader) => Promise<Result> | Result,
): Promise<Result> {
  const { engine } = terminal();
  if (engine !== null) return look(engine.app.store);
  const store = openReader(databasePath(config));
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}
