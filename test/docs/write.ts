/** `npm run docs`: writes the generated files. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENERATED } from "./generated.ts";
import { ROOT } from "./pages.ts";

for (const [path, text] of Object.entries(GENERATED)) writeFileSync(join(ROOT, path), text);
