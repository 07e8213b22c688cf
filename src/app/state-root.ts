/** The state folder of a workspace: who makes it keeps it out of the user's repository. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/load.ts";
import { isInside } from "../config/load.ts";

/** The roadmap is the project's; everything else in the state folder is this machine's. */
export const IGNORE = `*
!.gitignore
!roadmap.yaml
`;

/**
 * To be called once the database has made its folder: one that is committed by accident
 * would hold up every merge, since it changes always.
 */
export function ignoreState({ state_root, workspace }: Config): void {
  const path = join(state_root, ".gitignore");
  if (existsSync(path) || !isInside(state_root, workspace)) return;
  writeFileSync(path, IGNORE);
}
