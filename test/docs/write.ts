/** `npm run docs`: writes the generated files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GENERATED } from "./generated.ts";
import { ROOT } from "./pages.ts";

for (const [path, text] of Object.entries(GENERATED)) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}
