/** Takes the roadmap file in before work begins, and says what that changed. */
import { existsSync } from "node:fs";
import type { App } from "../app/app.ts";
import { importRoadmap, readRoadmapFile } from "../app/roadmap-import.ts";
import type { Output } from "./output.ts";
import { renderImport } from "./roadmap/import.ts";

export const NO_CHECKS =
  "no check is configured: agents will work, and nothing can be merged; name one in weathervane.yaml";

export async function takeRoadmap(
  { config, host, store }: App,
  out: Output,
  allowMissing: boolean,
): Promise<void> {
  if (!existsSync(config.roadmap)) return;
  const parsed = readRoadmapFile(config.roadmap);
  const result = await importRoadmap(parsed, { speaker: host, store }, { allowMissing });
  const isNews = result.created.length + result.revised.length + result.refused.length > 0;
  if (isNews) out.progress(renderImport(result));
}
