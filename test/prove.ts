/**
 * `npm run prove`: proves every chart through the real host and prints one table. It exits 1 where
 * a transition is left out, an invariant breaks, or a generated page is stale.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prove } from "../src/proof/prove.ts";
import type { Proof } from "../src/proof/prove.ts";
import { chartsIn, inCatalog, ROOT } from "./paths/charts.ts";
import type { Found } from "./paths/charts.ts";
import { COMMAND, pageFor } from "./paths/pages.ts";
import { jsonOf, measuredIn, tableOf } from "./paths/table.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    /** Another folder with machines/, test/ and docs/: for tests. */
    root: { type: "string", default: ROOT },
  },
});

async function proveOne(found: Found): Promise<Proof> {
  process.stderr.write(`${found.name} ...\n`);
  const folder = mkdtempSync(join(tmpdir(), "wvo-prove-"));
  try {
    const chart = inCatalog(found);
    return await prove(found, { folder, ...(chart === undefined ? {} : { chart }) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The page of a chart that says something else than the chart does, or a page without a chart. */
function stalePages(charts: readonly Found[], proofs: readonly Proof[]): readonly string[] {
  const pages = charts.flatMap((found, at) => {
    const plan = proofs[at]?.plan ?? null;
    return plan === null ? [] : [pageFor(values.root, found, plan)];
  });
  const stale = pages.filter(([path, text]) => {
    const file = join(values.root, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  const named = new Set(charts.map(({ name }) => `docs/charts/${name}.md`));
  const orphans = globSync("docs/charts/*.md", { cwd: values.root }).filter(
    (path) => !named.has(path),
  );
  return [
    ...stale.map(([path]) => `${path} is stale; bring it up to date with: ${COMMAND}`),
    ...orphans.map((path) => `${path} is about no chart of machines/; delete it`),
  ];
}

const charts = await chartsIn(values.root);
const proofs: Proof[] = [];
for (const found of charts) proofs.push(await proveOne(found));
const problems = [
  ...proofs.flatMap((proof) => proof.problems.map((each) => `${proof.chart}: ${each}`)),
  ...stalePages(charts, proofs),
  ...(charts.length === 0 ? [`${values.root}/machines has no chart`] : []),
];
const measured = measuredIn(values.root);
process.stdout.write(`${(values.json ? jsonOf : tableOf)(proofs, measured)}\n`);
for (const each of problems) process.stderr.write(`\n${each}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
