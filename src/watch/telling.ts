/** Tells one row of the journal in frames: the actor that begins, the event, where it leads. */
import { eventOf } from "../host/happening.ts";
import { recordOf } from "../host/kernel.ts";
import type { LiveActor } from "../host/kernel.ts";
import type { Happening } from "../host/record.ts";
import type { JournalRow } from "../store/port.ts";
import { actorFrame, eventFrame, snapshotFrame } from "./frame.ts";
import type { ActorFrame, Frame, FrameEvent, FrameSnapshot, Place } from "./frame.ts";
import type { Scene } from "./stage.ts";

/** What the frames of a row say besides the row. */
export interface Teller {
  readonly rootId: string;
  /** The actor that a message came from. */
  readonly sourceId: string | undefined;
}

/** The event, the effects that begin with it, where it leads, and the effects that end with it. */
export function framesOf(scene: Scene, teller: Teller): readonly Frame[] {
  const { row, happening, live, requests } = scene;
  const { rootId } = teller;
  const place: Place = { sessionId: row.actor, rootId, seq: row.seq, atMs: row.atMs };
  const event = frameEventOf(happening, row.atMs);
  const snapshot = live === null ? journalSnapshot(row) : snapshotOf(live);
  return [
    eventFrame(place, { event, sourceId: effectOf(happening) ?? teller.sourceId }),
    ...requests.effects.map(({ id, child, input }) => effectFrame(place, { id, child, input })),
    snapshotFrame(place, { event, snapshot }),
    ...endsOf(scene).map(([id, how]) =>
      snapshotFrame({ ...place, sessionId: id }, { event, snapshot: how }),
    ),
  ];
}

/** An effect is told as an actor of its own, as XState tells what it invokes. */
export function effectFrame(
  place: Place,
  { id, child, input }: { readonly id: string; readonly child: string; readonly input?: unknown },
): ActorFrame {
  const definition = JSON.stringify({ id: child });
  const snapshot = { status: "active", input };
  const told = { name: child, parentId: place.sessionId, definition, snapshot };
  return actorFrame({ ...place, sessionId: id }, told);
}

/** A snapshot in the form in which XState gives it to inspectors. */
export function snapshotOf(live: LiveActor): FrameSnapshot {
  const { status, value, context, children } = recordOf(live);
  const names = Object.keys(children);
  return {
    status,
    value,
    context,
    children: Object.fromEntries(names.map((id) => [id, { xstate$$type: 1, id }])),
    historyValue: {},
    tags: [...(live.snapshot?.tags ?? [])],
    output: live.snapshot?.output,
  };
}

/** All that the journal itself knows: the state as text. */
export const journalSnapshot = ({ toState }: JournalRow): FrameSnapshot => ({
  status: "active",
  value: toState,
  context: { unknown: "the chart of this version does not come to this state" },
});

function frameEventOf(happening: Happening, atMs: number): FrameEvent {
  if (happening.kind === "start") return { type: "xstate.init", input: happening.input };
  if (happening.kind === "migrated") return { type: "weathervane.migrated" };
  return eventOf(happening, atMs);
}

const effectOf = (happening: Happening): string | undefined =>
  happening.kind === "done" || happening.kind === "failed" ? happening.effect : undefined;

type End = readonly [effect: string, snapshot: FrameSnapshot];

function endsOf({ happening, requests }: Scene): readonly End[] {
  const stopped = requests.cancelledEffects.map((id): End => [id, { status: "stopped" }]);
  if (happening.kind === "done") {
    return [[happening.effect, { status: "done", output: happening.output }], ...stopped];
  }
  if (happening.kind === "failed") {
    return [[happening.effect, { status: "error", error: happening.error }], ...stopped];
  }
  return stopped;
}
