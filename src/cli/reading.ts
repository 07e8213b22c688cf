/** Opens the database for a command that only looks, also while `wvo run` writes it. */
import type { Config } from "../config/load.ts";
import type { StoreReader } from "../store/port.ts";
import { openReader } from "../store/sqlite/store.ts";
import { databasePath } from "./speaker.ts";

export async function reading<Result>(
  config: Config,
  look: (store: StoreReader) => Promise<Result> | Result,
): Promise<Result> {
  const store = openReader(databasePath(config));
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}
