/** The files under `docs/` that are written by a program, each with its text as it must be. */
import { roadmapJsonSchema } from "../../src/roadmap/schema.ts";
import { chartPages } from "../paths/pages.ts";
import { ROOT } from "./pages.ts";

/** What brings all of them up to date. */
export const COMMAND = "npm run docs";

const SCHEMA = {
  title: "A WeatherVane roadmap",
  description: `Generated from src/roadmap/schema.ts by ${COMMAND}; explained in docs/roadmap.md`,
};

/** Text by path, from the root. */
export const GENERATED: Readonly<Record<string, string>> = {
  "docs/roadmap.schema.json": `${JSON.stringify({ ...SCHEMA, ...roadmapJsonSchema() }, null, 2)}\n`,
  ...(await chartPages(ROOT)),
};
