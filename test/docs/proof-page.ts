/** docs/proof.md: what proves the charts, where it stands, and what the mutation run found. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mutationPage } from "../mutation/page.ts";
import type { MutationReport } from "../mutation/report.ts";

const PROSE = `# How the charts are proven

Written by \`npm run docs\`. Every push runs all of this but the mutation run, as part of \`npm test\`.

Each of these can find what the others cannot, and each is broken on purpose in its own tests, so that
it is known to fail.

| What | Where | What it shows |
|---|---|---|
| Tables by hand | \`test/machines/\` | What is right: each row says in words what happened, where it leads and all that it asks for. Together the rows take every transition. |
| Generated paths | \`test/paths/\` | Tours take every transition of every chart through the real host on a real database file, closed and opened again around every step. In every state everything that is not accepted is refused, and leaves no trace. |
| Invariants | \`test/invariants/\` | The sentences in each chart's first comment, checked in every state that can be reached. |
| Compositions | \`test/compositions/\` | Production charts in small worlds, with all orders in which things can happen, up to the bound that each test states. From every world some way leads on to the end. |
| Crash matrix | \`test/crash/\` | SIGKILL at every boundary of every transition with effects; taken up by another process, it comes to the same end, and nothing that must happen once happens twice. |
| Properties | \`test/properties/\` | Random sequences with repetitions, other orders, and results of earlier visits, through the real host. |
| Known wedges | \`test/known-wedges/\` | Published failures of other orchestrators as small charts; the checker flags each, and passes the mended one. |
| Kills of the whole | \`test/e2e/kills.test.ts\` | A hundred kills at random moments over real runs with real git. |
| Mutation | \`test/mutation/\` | Whether the tests notice when the code is changed. |

\`npm run prove\` prints one table of what was proven and exits 1 where a transition is left out, an
invariant breaks or a page is stale. The pages in [charts/](charts/) show each chart.

## Mutation

\`npm run mutation\` runs all areas, \`npm run mutation -- task gate\` some of them. On two cores with
nothing else to do all of them take more than two hours, so it is not part of each push. In the shared words,
in planning and in the host, what is done when a file is loaded is left out (tables, patterns, texts):
no single test covers it, so that each such mutant would run them all. A change that lets a test wait for
ten seconds has failed it; only what never comes to an end, in a loop, is counted as killed by time.

`;

/** The whole page; without a report it says that there is none. */
export function proofPage(root: string): string {
  const path = join(root, "docs/mutation.json");
  if (!existsSync(path)) return `${PROSE}It has not been run yet.\n`;
  const report = JSON.parse(readFileSync(path, "utf8")) as MutationReport;
  return `${PROSE}${mutationPage(report)}\n`;
}
