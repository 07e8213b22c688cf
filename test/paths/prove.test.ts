/**
 * `npm run prove` passes over a sound chart, and fails with the reason where one transition is left
 * out, one invariant breaks, or one page is stale: each is broken here on purpose.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { emptyFolder } from "../support/workbench.ts";
import { ROOT } from "./charts.ts";
import { chartPages, COMMAND } from "./pages.ts";

const CHART = "machines/door.ts";
const PAGE = "docs/charts/door.md";
const FIXTURE = join(ROOT, "test/fixtures/proof");

interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A folder with the sound chart, edited, and then its page as the edited chart wants it. */
async function checkoutWith(...edits: readonly Edit[]): Promise<string> {
  const root = emptyFolder();
  cpSync(FIXTURE, root, { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  for (const edit of edits) change(root, edit);
  mkdirSync(join(root, "docs/charts"), { recursive: true });
  for (const [path, text] of Object.entries(await chartPages(root))) {
    writeFileSync(join(root, path), text);
  }
  return root;
}

function change(root: string, { file, from, to }: Edit): void {
  const text = readFileSync(join(root, file), "utf8");
  expect(text.split(from)).toHaveLength(2);
  writeFileSync(join(root, file), text.replace(from, to));
}

async function prove(root: string, ...args: readonly string[]) {
  const program = [join(ROOT, "test/prove.ts"), "--root", root, ...args];
  const run = promisify(execFile)(process.execPath, program);
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => {
      return { code, stdout, stderr };
    },
  );
}

test("a sound chart passes, with one line in the table", async () => {
  const root = await checkoutWith();
  writeFileSync(join(root, "docs/crash-points.json"), `{ "door": 12 }`);
  const areas = [{ name: "door", killed: 19, mutants: 20 }];
  writeFileSync(join(root, "docs/mutation.json"), JSON.stringify({ areas }));
  const { code, stdout, stderr } = await prove(root);
  expect(stderr).toBe("door ...\n");
  const [head, line, ...more] = stdout.trimEnd().split("\n");
  expect(head?.split(/ {2,}/)).toEqual([
    "CHART",
    "STATES",
    "TRANSITIONS",
    "PATHS",
    "REFUSED",
    "INVARIANTS",
    "CRASH POINTS",
    "MUTANTS KILLED",
  ]);
  expect(line?.split(/ {2,}/)).toEqual(["door", "7", "5/5", "8", "19", "2", "12", "19/20 (95 %)"]);
  expect([more, code]).toEqual([[], 0]);
});

test("--json prints an object a chart; what was not measured is 0", async () => {
  const { code, stdout } = await prove(await checkoutWith(), "--json");
  const counts = { states: 7, declared: 5, taken: 5, paths: 8, refused: 19, invariants: 2 };
  expect(JSON.parse(stdout)).toEqual([{ chart: "door", ...counts, crashPoints: 0 }]);
  expect(code).toBe(0);
});

test("a transition that nothing takes fails it, and is named with what was never entered", async () => {
  const root = await checkoutWith({
    file: CHART,
    from: `    locked: { tags: ["end"] },`,
    to: "    locked: {},\n    gone: { on: { push: [{ guard: 'isLast', target: 'shut' }] } },",
  });
  const { code, stdout, stderr } = await prove(root);
  expect(stderr).toContain(
    "the transition was never taken: #door.gone: push [isLast] -> #door.shut",
  );
  expect(stderr).toContain("the state was never entered: #door.gone");
  expect(stdout).toContain("5/6");
  expect([stderr.includes("stale"), code]).toEqual([false, 1]);
});

test("a guard without a case on its other side fails it", async () => {
  const root = await checkoutWith({
    file: "test/paths/cases/door.ts",
    from: `    { type: "enter", code: "0000" },\n`,
    to: "",
  });
  const { code, stderr } = await prove(root);
  expect(stderr).toContain(
    "the transition was never taken: #door.shut: enter [isRight] -> #door.open",
  );
  expect(code).toBe(1);
});

test("a broken invariant fails it, with the shortest way to where it breaks", async () => {
  const root = await checkoutWith({
    file: CHART,
    from: "context.wrong >= 2",
    to: "context.wrong >= 3",
  });
  const { code, stderr } = await prove(root);
  expect(stderr).toContain(
    "door: the invariant is broken: D2: after three wrong codes it is locked\n" +
      "  on the way: start, enter 2, enter 2, enter 2\n",
  );
  expect([stderr.includes("stale"), code]).toEqual([false, 1]);
});

test("a stale page fails it, and so does one that is missing or about nothing", async () => {
  const root = await checkoutWith();
  change(root, { file: PAGE, from: "`falling` | 5 s", to: "`falling` | 6 s" });
  const stale = await prove(root);
  expect(stale.stderr).toContain(`${PAGE} is stale; bring it up to date with: ${COMMAND}`);
  expect(stale.code).toBe(1);
  const page = join(root, PAGE);
  cpSync(page, join(root, "docs/charts/window.md"));
  const orphan = await prove(root);
  expect(orphan.stderr).toContain("docs/charts/window.md is about no chart of machines/");
});

test("a chart that the host would not open is not proven", async () => {
  const root = await checkoutWith({ file: CHART, from: "options: { maxIterations: 10 },", to: "" });
  const { code, stdout, stderr } = await prove(root);
  expect(stderr).toContain("door: options.maxIterations is not set");
  expect(stdout).toContain("0/0");
  expect(code).toBe(1);
});

test("a folder without charts proves nothing", async () => {
  const { code, stderr } = await prove(emptyFolder());
  expect(stderr).toContain("has no chart");
  expect(code).toBe(1);
});
