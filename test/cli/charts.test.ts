/** `wvo charts`: what the product knows of its charts, and what it says of somebody's own. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { purposes } from "../../src/catalog/purposes.ts";
import { chartsIn, ROOT } from "../paths/charts.ts";
import { commentOf } from "../paths/comment.ts";
import { emptyFolder } from "../support/workbench.ts";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `wvo charts` where there is no workspace: none is needed. */
function wvo(...args: readonly string[]): Promise<Ran> {
  const program = [join(ROOT, "src/wvo.js"), "charts", ...args];
  const { promise, resolve } = Promise.withResolvers<Ran>();
  execFile(process.execPath, program, { cwd: emptyFolder() }, (fault, stdout, stderr) => {
    resolve({ code: Number(fault?.code ?? 0), stdout, stderr });
  });
  return promise;
}
const names = catalog.map(({ name }) => name);

test("the purpose of each chart is the first sentence of its file", async () => {
  const charts = await chartsIn(ROOT);
  const written = charts.map(({ name, file }) => [
    name,
    commentOf(readFileSync(join(ROOT, file), "utf8")).purpose,
  ]);
  expect(Object.fromEntries(written)).toEqual(purposes);
});

test("list has a line for each chart", async () => {
  const { code, stdout } = await wvo("list");
  const [head, ...lines] = stdout.trimEnd().split("\n");
  expect(head?.split(/ {2,}/)).toEqual(["NAME", "VERSION", "STATES", "TRANSITIONS", "PURPOSE"]);
  expect(lines.map((line) => line.split(" ", 1).join())).toEqual(names);
  expect(code).toBe(0);
});

test("list --json counts states and transitions", async () => {
  const { stdout } = await wvo("list", "--json");
  const listed = JSON.parse(stdout) as readonly { readonly name: string }[];
  expect(listed.map(({ name }) => name)).toEqual(names);
  expect(listed.find(({ name }) => name === "roadmap")).toEqual({
    name: "roadmap",
    version: 1,
    states: 1,
    transitions: 1,
    purpose: purposes["roadmap"],
  });
});

test("show draws a Mermaid diagram", async () => {
  const { code, stdout } = await wvo("show", "gate");
  expect(stdout.split("\n")[0]).toBe("stateDiagram-v2");
  expect(stdout).toContain(`  running --> waiting : failed runChecks [hasTriesLeft]\n`);
  expect(stdout).toContain("  passed --> [*]\n");
  expect(code).toBe(0);
});

test("show --format text is an outline with what each state runs and where it leads", async () => {
  const { stdout } = await wvo("show", "gate", "--format", "text");
  expect(stdout).toContain("  running (initial, runs runChecks, timer gateLimit 2 h)\n");
  expect(stdout).toContain("      failed runChecks [hasTriesLeft] -> waiting\n");
});

test("show --json has states, transitions, effects and timers", async () => {
  const { stdout } = await wvo("show", "gate", "--json");
  const shown = JSON.parse(stdout) as { readonly states: readonly { readonly path: string }[] };
  expect(shown).toMatchObject({
    name: "gate",
    version: 1,
    effects: [{ name: "runChecks", crash: "retry" }],
    timers: { gateLimit: "2 h", breath: "(computed)" },
  });
  expect(shown.states.map(({ path }) => path)).toContain("failedDeep");
});

describe("check", () => {
  const DOOR = join(ROOT, "test/fixtures/proof/own/door.ts");
  const chart = (config: string): string => {
    const file = join(emptyFolder(), "own.ts");
    const xstate = import.meta.resolve("xstate");
    writeFileSync(
      file,
      `import { createMachine } from "${xstate}";\nexport const machine = createMachine(${config});\n`,
    );
    return file;
  };
  const TWO = `{ initial: "off", options: { maxIterations: 9 }, states: {
    off: { on: { turn: "on" } }, on: { on: { turn: "off" } }`;

  test("a sound chart is proven through the host", async () => {
    const { code, stdout } = await wvo("check", DOOR, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      chart: "door",
      ok: true,
      states: 7,
      declared: 5,
      taken: 5,
      paths: 8,
      refused: 19,
      invariants: 2,
      problems: [],
    });
    expect(code).toBe(0);
  });

  test("a chart needs no cases where no guard looks at a payload", async () => {
    const { code, stdout } = await wvo("check", chart(`${TWO} } }`));
    expect(stdout).toContain("own: 2 of 2 transitions taken, 2 states");
    expect(stdout).toContain("note: only somebody can end off");
    expect(code).toBe(0);
  });

  test("a transition that nothing can take is told, and a state that nothing can leave", async () => {
    const { code, stdout } = await wvo("check", chart(`${TWO}, stuck: { on: { no: {} } } } }`));
    expect(stdout).toContain("proof: the transition was never taken: #(machine).stuck: no");
    expect(stdout).toContain("proof: the state was never entered: #(machine).stuck");
    expect(stdout).toContain("unenterable: ");
    expect(code).toBe(7);
  });

  test("a chart that breaks the host's rules is told so, and not run", async () => {
    const endless = `{ initial: "a", states: { a: { always: "b" }, b: { always: "a" } } }`;
    const { code, stdout } = await wvo("check", chart(endless));
    expect(stdout).toContain("own: not proven\n  lint: options.maxIterations is not set");
    expect(code).toBe(7);
  });

  test.each<[string, number, readonly [() => string, string]]>([
    ["a file that is not there", 3, [() => "nowhere.ts", "no such file"]],
    ["a file without a chart", 5, [() => write("export const chart = 1;"), "no export named"]],
    ["something else of that name", 5, [() => write("export const machine = 1;"), "did not make"]],
    [
      "a file that cannot be imported",
      5,
      [() => write(`import "no-such-package";`), "no-such-package"],
    ],
  ])("%s is an error", async (_what, exit, [file, words]) => {
    const { code, stderr } = await wvo("check", file());
    expect(stderr).toContain(words);
    expect(stderr).toContain("next");
    expect(code).toBe(exit);
  });

  const write = (text: string): string => {
    const file = join(emptyFolder(), "own.ts");
    writeFileSync(file, text);
    return file;
  };
});

test.each([
  [["show", "gaet"], 3, "did you mean gate?"],
  [["show", "gate", "--format", "svg"], 2, "mermaid, text"],
  [["show"], 2, "name"],
])("%j is an error", async (args, exit, words) => {
  const { code, stderr } = await wvo(...args);
  expect(stderr).toContain(words);
  expect(code).toBe(exit);
});
