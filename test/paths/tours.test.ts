/**
 * Every chart of machines/ is driven through the real host on real files, closed and opened again
 * around every step, by tours that take every transition and by its simple paths where they are few.
 */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { prove } from "../../src/proof/prove.ts";
import { emptyFolder } from "../support/workbench.ts";
import { chartsIn, inCatalog, ROOT } from "./charts.ts";

const charts = await chartsIn(ROOT);
const MINUTES_MS = 5 * 60_000;

test.each(charts.map((each) => [each.name, each] as const))(
  "%s goes through the host as its chart says",
  async (_name, candidate) => {
    const chart = inCatalog(candidate);
    const setting = { folder: emptyFolder(), ...(chart === undefined ? {} : { chart }) };
    const proof = await prove(candidate, setting);
    expect(proof.problems.join("\n\n")).toBe("");
    expect(proof.taken).toBe(proof.declared);
    expect(proof.refused).toBeGreaterThan(0);
  },
  MINUTES_MS,
);

test("the catalog holds every chart of machines/, under the name of its file", () => {
  const names = charts.map((each) => [each.name, each.machine.id, inCatalog(each)?.name]);
  expect(names).toEqual(charts.map(({ name }) => [name, name, name]));
  expect(catalog.length).toBe(charts.length);
});
