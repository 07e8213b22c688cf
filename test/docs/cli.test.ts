/** The page on the command line names every command, option and exit code, and shows true JSON. */
import { Option } from "commander";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { makeWorkspace } from "../support/workspace.ts";
import { blocksOf, codeIn, headingsOf, readPage, rowsOf, sectionOf } from "./pages.ts";

const page = readPage("docs/cli.md");

/** Every command that does something, by its full name. */
function leavesOf(
  list: readonly Command[],
  before: string,
): readonly (readonly [string, Command])[] {
  return list.flatMap((each) => {
    const name = `${before} ${each.name()}`;
    return each.commands.length > 0 ? leavesOf(each.commands, name) : [[name, each] as const];
  });
}
const leaves = leavesOf(commands(), "wvo");

test("every command has a section of its own, in the order of the help", () => {
  const sections = headingsOf(page).filter((heading) => heading.startsWith("wvo "));
  expect(sections).toEqual(leaves.map(([name]) => name));
});

test("the README names the same commands", () => {
  const rows = rowsOf(sectionOf(readPage("README.md"), "Commands"));
  const named = rows.map(([first = ""]) => codeIn(first).join()).filter((name) => name !== "");
  expect(named).toEqual(leaves.map(([name]) => name));
});

describe.each(leaves)("%s", (name, command) => {
  const section = (): string => sectionOf(page, name);
  const options = command.options.filter(({ long }) => long !== "--json");

  test("takes the options that its table names", () => {
    const named = rowsOf(section()).flatMap(([first = ""]) => codeIn(first));
    const flags = options.map((option) => option.flags);
    expect(named.filter((each) => each.startsWith("-"))).toEqual(flags);
  });

  test("has a usage line with its arguments", () => {
    const usage = /^ {4}(wvo .+)$/m.exec(section())?.[1] ?? "";
    const words = usage.replaceAll(/\[--[^\]]*\]|\[options\]/g, "").trim();
    const taken = command.registeredArguments.map((argument) => {
      const word = argument.name().toUpperCase();
      return argument.required ? word : `[${word}]`;
    });
    expect(words).toBe([name, ...taken].join(" "));
  });

  test("takes --json", () => {
    expect(command.options.some(({ long }) => long === "--json")).toBe(true);
    expect(command.options.every((option) => option instanceof Option)).toBe(true);
  });
});

test.each([
  ["docs/cli.md", "Exit codes"],
  ["README.md", "Commands"],
])("%s names every exit code", (path, heading) => {
  const rows = rowsOf(sectionOf(readPage(path), heading));
  const codes = rows.flatMap(([code = ""]) => (/^\d+$/.test(code) ? [Number(code)] : []));
  expect(codes).toEqual(Object.values(EXIT));
});

test("the names of the exit codes are ours", () => {
  const names = rowsOf(sectionOf(page, "Exit codes")).map(([, name = ""]) => codeIn(name).join());
  expect(names).toEqual(Object.keys(EXIT));
});

const shown = (heading: string): unknown => {
  const block = blocksOf(sectionOf(page, heading)).find(({ language }) => language === "json");
  return JSON.parse(block?.text ?? "null");
};

/** Keys that only one of the two has, all the way down. What is empty or null says nothing. */
function differences(page: unknown, real: unknown, at = ""): readonly string[] {
  if (Array.isArray(page) && Array.isArray(real)) return differences(page[0], real[0], `${at}[]`);
  if (!isFilled(page) || !isFilled(real)) return [];
  const keys = [...new Set([...Object.keys(page), ...Object.keys(real)])];
  return keys.flatMap((key) => {
    if (!(key in real)) return [`${at}.${key} is not printed`];
    if (!(key in page)) return [`${at}.${key} is not on the page`];
    return differences(page[key], real[key], `${at}.${key}`);
  });
}

const isFilled = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

const WORKED_OFF_MS = 3 * 60_000;

test(
  "what the page shows as JSON is what is printed",
  async () => {
    const roadmap = {
      version: 1,
      tasks: [
        { id: "T1", title: "One" },
        { id: "T2", title: "Two", depends_on: ["T1"] },
      ],
    };
    const agent = ["/bin/sh", "-c", 'mkdir -p work && echo "$WVO_TASK_ID" > "work/$WVO_TASK_ID"'];
    const yard = makeWorkspace({ roadmap, agent });
    const asked = async (...args: readonly string[]): Promise<unknown> => {
      const { stdout, stderr } = await yard.wvo(...args, "--json");
      if (stdout === "") return JSON.parse(stderr);
      const isStream = args[0] === "log" || args[0] === "inspect";
      return JSON.parse(isStream ? (stdout.split("\n", 1)[0] ?? "") : stdout);
    };
    const calls: readonly (readonly [string, ...string[]])[] = [
      ["wvo roadmap check"],
      ["wvo roadmap import"],
      ["wvo init"],
      ["wvo run", "--until", "done"],
      ["wvo status"],
      ["wvo task list"],
      ["wvo task show", "T2"],
      ["wvo task why", "T2"],
      ["wvo roadmap export"],
      ["wvo agents"],
      ["wvo auth status"],
      ["wvo cost"],
      ["wvo log"],
      ["wvo replay", "T1"],
      ["wvo inspect"],
      ["wvo doctor"],
      ["wvo config show"],
      ["wvo task add", "Three"],
      ["wvo task cancel", "T3"],
    ];
    for (const [name, ...more] of calls) {
      const real = await asked(...name.split(" ").slice(1), ...more);
      expect(differences(shown(name), real), name).toEqual([]);
    }
    expect(differences(shown("Errors"), await asked("task", "show", "T5"))).toEqual([]);
  },
  WORKED_OFF_MS,
);
