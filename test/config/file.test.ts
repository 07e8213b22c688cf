/** What stands in weathervane.yaml is read with its lines; what is wrong is told with its line. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfigFile } from "../../src/config/file.ts";
import { configSchema } from "../../src/config/schema.ts";
import { FaultError } from "../../src/fault.ts";
import { emptyFolder } from "../support/workbench.ts";

const DEFAULTS = configSchema.parse({});

function fileWith(text: string): string {
  const path = join(emptyFolder(), "weathervane.yaml");
  writeFileSync(path, text);
  return path;
}

/** The fault that a text ends in, with its place shortened to the file's name. */
function refusal(text: string) {
  const path = fileWith(text);
  try {
    readConfigFile(path);
  } catch (thrown) {
    if (!(thrown instanceof FaultError)) throw thrown;
    const short = (words: string): string => words.replaceAll(path, "w.yaml");
    const { where, found, expected, next } = thrown.details;
    const { code, kind } = thrown;
    return {
      code,
      kind,
      where: short(where),
      found: short(found),
      expected: short(expected),
      next,
    };
  }
  throw new Error("nothing was refused");
}

describe("what is read", () => {
  test("no file, an empty one and one of comments say nothing", () => {
    const missing = join(emptyFolder(), "weathervane.yaml");
    for (const path of [missing, fileWith(""), fileWith("# later\n"), fileWith("~\n")]) {
      expect(readConfigFile(path)).toEqual({ values: DEFAULTS, lines: new Map() });
    }
  });

  test("each key with its line, the others by default", () => {
    const { values, lines } = readConfigFile(
      fileWith(
        "# WeatherVane\nversion: 1\n\nagents: 5\nchecks:\n  - name: a\n    run: [make, test]\n",
      ),
    );
    expect(values).toMatchObject({ ...DEFAULTS, agents: 5, checks: [{ name: "a" }] });
    expect([...lines]).toEqual([
      ["version", 2],
      ["agents", 4],
      ["checks", 5],
    ]);
  });

  test("JSON, aliases and Windows line ends are YAML too", () => {
    expect(readConfigFile(fileWith('{"agents": 4}')).values.agents).toBe(4);
    const { values, lines } = readConfigFile(fileWith("agents: &n 2\r\nwip_limit: *n\r\n"));
    expect(values).toMatchObject({ agents: 2, wip_limit: 2 });
    expect(lines.get("wip_limit")).toBe(2);
  });

  test("what a check and a provider leave out has its default", () => {
    const text =
      "providers:\n  a: {kind: command, program: [x]}\nchecks:\n  - {name: b, run: make}\n";
    const { providers, checks } = readConfigFile(fileWith(text)).values;
    expect(providers["a"]).toMatchObject({
      env: {},
      idle_limit: 600_000,
      wall_limit: 7_200_000,
      grace: 5_000,
      output_limit: 32_000_000,
    });
    expect(checks).toEqual([
      {
        name: "b",
        run: "make",
        mandatory: true,
        scored: false,
        floor: 0,
        deep: false,
        limit: 900_000,
      },
    ]);
  });
});

const CHECK = "checks:\n  - name: a\n    run: x\n";

describe("what is refused, at its line", () => {
  test.each([
    ["YAML that does not parse", "agents: [1\n", "w.yaml:2", "YAML that parses"],
    ["a tab as indentation", "checks:\n\t- a\n", "w.yaml:2", "YAML that parses"],
    ["two documents", "agents: 1\n---\nagents: 2\n", "w.yaml:2", "YAML that parses"],
    ["a key twice", "agents: 1\n# and\nagents: 2\n", "w.yaml:3", "YAML that parses"],
    ["a list", "- agents\n", "w.yaml:1", "expected object"],
    ["a text", "agents\n", "w.yaml:1", "expected object"],
    ["an unknown key", "version: 1\nagnets: 3\n", "w.yaml:2", "did you mean agents?"],
    ["a key that JavaScript knows", "\n__proto__: {agents: 9}\n", "w.yaml:2", "one of version"],
    ["an unknown key of a check", `${CHECK}    mandatroy: true\n`, "w.yaml:4", "mandatory?"],
    ["a number that is too small", "\n\nagents: 0\n", "w.yaml:3", ">=1"],
    ["a number that is too big", "gates: 65\n", "w.yaml:1", "<=64"],
    ["half an agent", "agents: 2.5\n", "w.yaml:1", "int"],
    ["a text for a number", 'agents: "3"\n', "w.yaml:1", "number"],
    ["a duration without a unit", `${CHECK}    limit: 90\n`, "w.yaml:4", "such as 90s"],
    ["a floor above one", `${CHECK}    floor: 1.5\n`, "w.yaml:4", "<=1"],
    ["a check without a program", `${CHECK}  - name: b\n`, "w.yaml:4", "one line for the shell"],
    [
      "a check whose name is a path",
      "checks:\n  - name: a/b\n    run: x\n",
      "w.yaml:2",
      "dots, dashes",
    ],
    ["another version", "version: 2\n", "w.yaml:1", "1"],
    ["an empty target", 'target: ""\n', "w.yaml:1", ">=1 char"],
    [
      "a route to a tier that is none",
      "routes:\n  - name: x\n    when: {}\n    use: {providers: [a], tier: huge}\n",
      "w.yaml:4",
      '"high"',
    ],
    ["an alias of nothing", "agents: *n\n", "w.yaml", "anchors above them"],
  ])("%s", (_title, text, ...[where, expected]) => {
    const fault = refusal(text);
    expect(fault).toMatchObject({ code: "config.invalid", kind: "invalid", where });
    expect(fault.expected).toContain(expected);
    expect(fault.found).not.toBe("");
    expect(fault.next).toContain("wvo config show");
  });

  test("everything that is wrong is told at once", () => {
    const { where, found, expected } = refusal("agents: 0\nwip_limit: many\nchecks: {}\n");
    expect([where, found]).toEqual(["w.yaml:1", "agents = 0"]);
    expect(expected).toMatch(/w\.yaml:2: wip_limit = "many".*\n.*w\.yaml:3: checks = /);
  });

  test("aliases that would fill the memory", () => {
    const ten = (item: string): string => `[${Array.from({ length: 10 }, () => item).join(", ")}]`;
    const names = "abcdefghi".split("");
    const lines = names.map(
      (name, at) => `${name}: &${name} ${ten(at === 0 ? "x" : `*${names[at - 1]}`)}`,
    );
    expect(refusal(lines.join("\n"))).toMatchObject({
      where: "w.yaml",
      expected: expect.stringContaining("not more than 100"),
    });
  });

  test("a file that is larger than any settings", () => {
    const { found, expected } = refusal(`# ${"x".repeat(1_000_000)}\n`);
    expect([found, expected]).toEqual(["1000003 characters", "at most 1000000"]);
  });

  test("a folder in its place", () => {
    const path = join(emptyFolder(), "weathervane.yaml");
    mkdirSync(path);
    expect(() => readConfigFile(path)).toThrow(
      /weathervane\.yaml: found EISDIR.*a file that can be/,
    );
  });
});
