/** Lives of an actor: anything may happen to it, beginning where a transition has led. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { asyncProperty } from "fast-check";
import type { CrashPath } from "../crash/points.ts";
import { emptyFolder } from "../support/workbench.ts";
import { commands } from "./commands.ts";
import { Yard } from "./yard.ts";
import type { YardSetting } from "./yard.ts";

/** Any moments keep every promise. */
export function keeps(setting: Omit<YardSetting, "path">, { script, version }: CrashPath) {
  const root = emptyFolder();
  return asyncProperty(commands, async (moments) => {
    const path = join(mkdtempSync(join(root, "life-")), "orchestrator.db");
    const yard = await Yard.open({ ...setting, path }, script);
    try {
      if ((await yard.version()) !== version) throw new Error("it has not come where it should");
      for (const moment of moments) await yard.take(moment);
      await yard.end();
    } finally {
      await yard.close();
    }
  });
}
