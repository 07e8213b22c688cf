/**
 * YAML nodes as plain data. Keys that occur twice and aliases that lead nowhere or blow up are
 * complaints; the syntax was checked before, and what the data mean is left to the schema.
 */
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { Complaint } from "./problems.ts";

/** Nodes that the aliases of a text may stand for, all together. */
const ALIASED_NODES_MAX = 100_000;

/** How scalars are read: as YAML values, or all as the text that was written. */
export type ScalarReading = "values" | "texts";

/** A complaint with the offset where it applies. */
export interface Trouble extends Complaint {
  readonly offset: number;
}

export interface YamlData {
  readonly data: unknown;
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly troubles: readonly Trouble[];
}

/** The value of one node; `size` counts its nodes with every alias written out. */
interface Converted {
  readonly node: Node;
  readonly value: unknown;
  readonly size: number;
}

interface Conversion {
  readonly reading: ScalarReading;
  readonly anchors: Map<string, Converted | null>;
  readonly targets: Map<Alias, Node>;
  readonly troubles: Trouble[];
  aliasedNodes: number;
}

const NOTHING = { value: null, size: 1 };

/** All data below a node. */
export function dataOf(root: Node, reading: ScalarReading): YamlData {
  const conversion: Conversion = {
    reading,
    anchors: new Map(),
    targets: new Map(),
    troubles: [],
    aliasedNodes: 0,
  };
  const { value } = convert(root, conversion);
  return { data: value, targets: conversion.targets, troubles: conversion.troubles };
}

function convert(node: unknown, conversion: Conversion): Omit<Converted, "node"> {
  if (isAlias(node)) return follow(node, conversion);
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return NOTHING;
  const { anchors } = conversion;
  if (node.anchor !== undefined) anchors.set(node.anchor, null);
  const converted = contentOf(node, conversion);
  if (node.anchor !== undefined) anchors.set(node.anchor, { ...converted, node });
  return converted;
}

function contentOf(node: YAMLMap | YAMLSeq | Scalar, conversion: Conversion) {
  if (isScalar(node)) return { value: scalarValue(node, conversion.reading), size: 1 };
  if (isMap(node)) return mapContent(node, conversion);
  const items = node.items.map((item) => convert(item, conversion));
  return { value: items.map(({ value }) => value), size: sizeOf(items) };
}

function mapContent(map: YAMLMap, conversion: Conversion) {
  const seen = new Set<string>();
  const entries = map.items.map((pair) => {
    const name = keyName(pair, conversion);
    if (seen.has(name)) conversion.troubles.push(repeated(name, pair));
    seen.add(name);
    return { name, ...convert(pair.value, conversion) };
  });
  // fromEntries defines own properties, so a key named __proto__ is a key like any other.
  const value = Object.fromEntries(entries.map((entry) => [entry.name, entry.value]));
  return { value, size: sizeOf(entries) };
}

const sizeOf = (parts: readonly { readonly size: number }[]): number =>
  parts.reduce((sum, { size }) => sum + size, 1);

function scalarValue(scalar: Scalar, reading: ScalarReading): unknown {
  const { value, source } = scalar;
  if (reading === "values" || value === null || typeof value === "string") return value;
  return source ?? "";
}

/** The name of a key as it was written. */
export function nameOfKey(key: unknown): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === "string" ? key.value : (key.source ?? "");
}

function keyName({ key }: Pair, { troubles }: Conversion): string {
  const name = nameOfKey(key);
  if (name !== null) return name;
  troubles.push({
    offset: offsetOf(key),
    code: "roadmap.wrongType",
    found: "a list, a mapping or an alias as a field name",
    expected: "a field name in plain text",
    next: "put brackets and braces of a text in quotes",
  });
  return "";
}

const offsetOf = (node: unknown): number =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;

const repeated = (name: string, { key }: Pair): Trouble => ({
  offset: offsetOf(key),
  code: "roadmap.duplicateKey",
  found: `the field ${JSON.stringify(name)} a second time in one mapping`,
  expected: "each field once",
  next: "remove one of the two, or start the next list item with -",
});

function follow(alias: Alias, conversion: Conversion): Omit<Converted, "node"> {
  const target = conversion.anchors.get(alias.source);
  if (target === undefined || target === null) {
    conversion.troubles.push(unresolved(alias));
    return NOTHING;
  }
  conversion.targets.set(alias, target.node);
  const before = conversion.aliasedNodes;
  conversion.aliasedNodes += target.size;
  if (conversion.aliasedNodes <= ALIASED_NODES_MAX) return target;
  if (before <= ALIASED_NODES_MAX) conversion.troubles.push(excessive(alias));
  return NOTHING;
}

const unresolved = (alias: Alias): Trouble => ({
  offset: offsetOf(alias),
  code: "roadmap.badAlias",
  found: `the alias *${alias.source} without a finished anchor &${alias.source} before it`,
  expected: "an alias of something above it",
  next: "write the value out, or put a text that begins with * in quotes",
});

const excessive = (alias: Alias): Trouble => ({
  offset: offsetOf(alias),
  code: "roadmap.aliasBomb",
  found: `aliases that stand for more than ${ALIASED_NODES_MAX} values`,
  expected: `at most ${ALIASED_NODES_MAX} values by way of aliases`,
  next: "write the values out instead of nesting aliases",
});
