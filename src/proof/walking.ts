/**
 * The two questions asked of `@xstate/graph`, about any graph of nodes with named edges. It walks;
 * what a node or an edge is, is the business of whoever asks.
 */
import { getAdjacencyMap, getSimplePaths } from "@xstate/graph";
import { fromTransition } from "xstate";

export interface Spot {
  readonly key: string;
}
export interface Way<Place extends Spot> {
  readonly label: string;
  readonly to: Place;
}
type Ways<Place extends Spot> = (from: Place) => readonly Way<Place>[];

/** The library walks through actors, so a place is dressed as one that stands there. */
function asActor<Place extends Spot>(root: Place, waysFrom: Ways<Place>) {
  interface Go {
    readonly type: string;
    readonly to: Place;
  }
  const logic = fromTransition((_from: Place, { to }: Go) => to, root);
  const options = {
    serializeState: ({ context }: { readonly context: Place }) => context.key,
    serializeEvent: ({ type }: Go) => type,
    events: ({ context }: { readonly context: Place }) =>
      waysFrom(context).map(({ label, to }): Go => ({ type: label, to })),
  };
  return [logic, options] as const;
}

/** Asks for the ways of every place that can be reached, once each, level by level. */
export function visitAll<Place extends Spot>(root: Place, waysFrom: Ways<Place>): void {
  getAdjacencyMap(...asActor(root, waysFrom));
}

/** Every path from the root that comes to no place twice, as the labels of its steps. */
export function simplePathsFrom<Place extends Spot>(
  root: Place,
  waysFrom: Ways<Place>,
): readonly (readonly string[])[] {
  const paths = getSimplePaths(...asActor(root, waysFrom));
  // The first step of the library's paths is how the actor came to be.
  return paths.map(({ steps }) => steps.slice(1).map(({ event }) => event.type));
}
