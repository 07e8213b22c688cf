/** The files under `docs/` that are written by a program, each with its text as it must be. */
import { roadmapJsonSchema } from "../../src/roadmap/schema.ts";
import { crashPointsOf } from "../crash/points.ts";
import { chartsIn } from "../paths/charts.ts";
import { chartPages } from "../paths/pages.ts";
import { ROOT } from "./pages.ts";
import { proofPage } from "./proof-page.ts";
import { toolsPage } from "./tools-page.ts";

/** What brings all of them up to date. */
export const COMMAND = "npm run docs";

const SCHEMA = {
  title: "A WeatherVane roadmap",
  description: `Generated from src/roadmap/schema.ts by ${COMMAND}; explained in docs/roadmap.md`,
};

/** How many crashes each chart is put through by test/crash/; `npm run prove` shows them. */
const crashPoints = (await chartsIn(ROOT)).map((each) => [each.name, crashPointsOf(each)]);

/** Text by path, from the root. */
export const GENERATED: Readonly<Record<string, string>> = {
  "docs/roadmap.schema.json": `${JSON.stringify({ ...SCHEMA, ...roadmapJsonSchema() }, null, 2)}\n`,
  "docs/crash-points.json": `${JSON.stringify(Object.fromEntries(crashPoints), null, 2)}\n`,
  "docs/proof.md": proofPage(ROOT),
  "docs/tools.md": toolsPage(),
  ...(await chartPages(ROOT)),
};
