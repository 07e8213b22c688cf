/** What is compiled for the package knows its charts, without sources, tests or comments to read. */
import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { ROOT } from "../paths/charts.ts";
import { emptyFolder } from "../support/workbench.ts";

const COMPILED_MS = 180_000;

test(
  "the compiled product lists, draws and checks charts",
  () => {
    const home = emptyFolder();
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const build = ["-p", "tsconfig.build.json", "--outDir", join(home, "dist")];
    execFileSync(process.execPath, [compiler, ...build], { cwd: ROOT });
    for (const file of ["package.json", "src/wvo.js"]) cpSync(join(ROOT, file), join(home, file));
    symlinkSync(join(ROOT, "node_modules"), join(home, "node_modules"));
    const wvo = (...args: readonly string[]): unknown => {
      const program = [join(home, "src/wvo.js"), "charts", ...args, "--json"];
      return JSON.parse(execFileSync(process.execPath, program, { cwd: home, encoding: "utf8" }));
    };
    expect(wvo("list")).toMatchObject(catalog.map(({ name, version }) => ({ name, version })));
    expect(wvo("show", "task")).toMatchObject({ name: "task" });
    const own = join(ROOT, "test/fixtures/proof/own/door.ts");
    expect(wvo("check", own)).toMatchObject({ chart: "door", ok: true, declared: 5, taken: 5 });
  },
  COMPILED_MS,
);
