/** The page on configuration names every key, default, route and variable, and no others. */
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { VARIABLES } from "../../src/config/environment.ts";
import { configSchema } from "../../src/config/schema.ts";
import { defaultRoutes, routesSchema } from "../../src/planning/route.ts";
import { blocksOf, codeIn, readPage, rowsOf, sectionOf } from "./pages.ts";

const page = readPage("docs/configuration.md");

/** The least of a provider and of a check. */
const PROVIDER = { kind: "command", program: ["agent"] };
const CHECK = { name: "tests", run: "true" };

type Values = Readonly<Record<string, unknown>>;
const parsed = (config: Values): Values => configSchema.parse(config);
const provider =
  (least: object) =>
  (more: Values): Values =>
    configSchema.parse({ providers: { any: { ...least, ...more } } }).providers["any"] ?? {};
const check = (more: Values): Values =>
  configSchema.parse({ checks: [{ ...CHECK, ...more }] }).checks[0] ?? {};

interface Section {
  readonly heading: string;
  readonly keys: readonly string[];
  readonly read: (values: Values) => Values;
  /** What must be said. */
  readonly least: object;
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape;
  readonly items?: Shape;
  readonly oneOf?: readonly Shape[];
  readonly const?: unknown;
}

/** The settings as JSON Schema: it says which keys there are, also where a kind decides on them. */
const { properties = {} } = z.toJSONSchema(configSchema, { io: "input" }) as Shape;
const keysOf = (shape: Shape | undefined): readonly string[] =>
  Object.keys(shape?.properties ?? {});
const anyProvider = properties["providers"]?.additionalProperties ?? {};
const keysOfKind = (kind: string): readonly string[] =>
  keysOf(anyProvider.oneOf?.find((each) => each.properties?.["kind"]?.const === kind));

/** What all kinds have alike stands on the page once, with the kind `command`. */
const ALIKE = ["env", "idle_limit", "wall_limit", "grace", "output_limit"];
const ownKeysOf = (kind: string): readonly string[] =>
  keysOfKind(kind).filter((key) => !ALIKE.includes(key));

const KINDS = [
  { heading: "Providers", keys: keysOfKind("command"), least: PROVIDER },
  { heading: "Claude Code", keys: ownKeysOf("claude"), least: { kind: "claude" } },
  { heading: "Codex", keys: ownKeysOf("codex"), least: { kind: "codex" } },
];

const SECTIONS: readonly Section[] = [
  { heading: "The file", keys: Object.keys(properties), read: parsed, least: {} },
  ...KINDS.map((kind) => ({ ...kind, read: provider(kind.least) })),
  { heading: "Checks", keys: keysOf(properties["checks"]?.items), read: check, least: CHECK },
];

test("every kind of provider is on the page, and has what all have alike", () => {
  const kinds = anyProvider.oneOf?.map((each) => each.properties?.["kind"]?.const);
  expect(kinds).toEqual(KINDS.map(({ least }) => least.kind));
  for (const { least } of KINDS)
    expect(keysOfKind(least.kind)).toEqual(expect.arrayContaining(ALIKE));
});

describe.each(SECTIONS)("$heading", ({ heading, keys, read, least }) => {
  const rows = rowsOf(sectionOf(page, heading)).filter((cells) => cells.length === 4);
  const named = rows.flatMap(([key = ""]) => codeIn(key));

  test("every key is there, and no other", () => {
    expect(named.toSorted()).toEqual(keys.toSorted());
  });

  test("a key is called required where it is", () => {
    const required = rows.filter(([, , byDefault]) => byDefault === "required");
    expect(required.flatMap(([key = ""]) => codeIn(key))).toEqual(Object.keys(least));
  });

  test("what is called the default changes nothing where it is written out", () => {
    const defaults = rows.flatMap(([key = "", , byDefault = ""]) =>
      codeIn(byDefault).map((text) => [codeIn(key)[0] ?? "", parse(text) as unknown] as const),
    );
    expect(defaults.length).toBeGreaterThan(4);
    for (const [key, value] of defaults) expect(read({ [key]: value }), key).toEqual(read({}));
  });
});

test("the keys of the sandbox are there with their defaults, and no others", () => {
  const rows = rowsOf(sectionOf(page, "Sandbox")).filter((cells) => cells.length === 4);
  const told = rows.map(([key = "", , byDefault = ""]) => [
    codeIn(key)[0] ?? "",
    parse(codeIn(byDefault)[0] ?? "") as unknown,
  ]);
  expect(Object.fromEntries(told)).toEqual(parsed({ sandbox: {} })["sandbox"]);
});

test("the conditions of a route are those of the schema", () => {
  const named = rowsOf(sectionOf(page, "Routes")).filter((cells) => cells.length === 2);
  expect(named.flatMap(([key = ""]) => codeIn(key))).toEqual(
    Object.keys(routesSchema.element.shape.when.shape),
  );
});

test("the default table is the default table", () => {
  const rows = rowsOf(sectionOf(page, "Routes")).filter((cells) => cells.length === 4);
  const routes = rows.map((cells) => {
    const [name = "", when = "", providers = "", tier = ""] = cells.flatMap(codeIn);
    return { name, when: parse(when) as unknown, use: { providers: providers.split(", "), tier } };
  });
  expect(routes).toEqual(defaultRoutes);
});

test("the variables are those that are read, each with its key", () => {
  const rows = rowsOf(sectionOf(page, "The environment"));
  expect(rows.map((cells) => cells.flatMap(codeIn))).toEqual(
    VARIABLES.map(({ name, key }) => [name, key]),
  );
});

test("the examples are valid", () => {
  const examples = blocksOf(page).filter(({ language }) => language === "yaml");
  expect(examples).toHaveLength(5);
  for (const { text } of examples)
    expect(configSchema.safeParse(parse(text)).error).toBe(undefined);
});
