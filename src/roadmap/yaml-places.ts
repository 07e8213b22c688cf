/**
 * Where in a roadmap's text a piece of its data stands. A field is found under either of its
 * spellings; an alias is followed to what it stands for.
 */
import { isAlias, isMap, isNode, isSeq } from "yaml";
import type { Node, Pair, YAMLMap } from "yaml";
import type { Place } from "./problems.ts";
import { namesOf } from "./spellings.ts";
import { nameOfKey } from "./yaml-data.ts";
import type { YamlText } from "./yaml-text.ts";

/** Field names and list positions, from the top. */
export type Path = readonly PropertyKey[];

/** The node where a path leads, or null where the text has nothing there. */
export function nodeAt(source: YamlText, path: Path): Node | null {
  let node: Node | null = source.root;
  for (const step of path) {
    const child = childOf(node, step);
    node = isAlias(child) ? (source.targets.get(child) ?? null) : child;
  }
  return node;
}

function childOf(node: Node | null, step: PropertyKey): Node | null {
  const child = isSeq(node)
    ? node.items[Number(step)]
    : isMap(node)
      ? pairOf(node, String(step))?.value
      : null;
  return isNode(child) ? child : null;
}

/** A field of a mapping, under either of its spellings. */
export function pairOf(map: YAMLMap, field: string): Pair | null {
  for (const name of namesOf(field)) {
    const pair = map.items.find(({ key }) => nameOfKey(key) === name);
    if (pair !== undefined) return pair;
  }
  return null;
}

/** The place of a value; where there is none, of the nearest thing around it. */
export function placeAt(source: YamlText, path: Path): Place {
  const node = nodeAt(source, path);
  if (node?.range) return source.placeOf(node.range[0]);
  return path.length === 0 ? source.placeOf(0) : placeAt(source, path.slice(0, -1));
}

/** The places of the names in a mapping; a mapping may have very many. */
export function namePlaces(source: YamlText, path: Path): (name: string) => Place {
  const map = nodeAt(source, path);
  const keys = new Map(isMap(map) ? map.items.map(({ key }) => [nameOfKey(key), key]) : []);
  return (name) => {
    const key = keys.get(name);
    return isNode(key) && key.range ? source.placeOf(key.range[0]) : placeAt(source, path);
  };
}
