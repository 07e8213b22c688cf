/**
 * The wire format of the Stately inspector: three kinds of JSON frames. Its shape is compared with
 * the library's own frames in test/watch/wire-format.test.ts.
 */

/** The release of @statelyai/inspect whose format this is. */
const WIRE_VERSION = "0.7.2";

interface Base {
  /** The actor that the frame is about. */
  readonly sessionId: string;
  /** The first of the actors that started each other. */
  readonly rootId: string;
  /** Milliseconds since 1970, as text. */
  readonly createdAt: string;
  readonly id: string;
  readonly _version: string;
}

/** An actor comes into view, with its chart as JSON text. */
export interface ActorFrame extends Base {
  readonly type: "@xstate.actor";
  readonly name: string;
  readonly parentId: string | undefined;
  readonly definition: string;
  readonly snapshot: FrameSnapshot;
}

/** An event reaches an actor. */
export interface EventFrame extends Base {
  readonly type: "@xstate.event";
  readonly event: FrameEvent;
  readonly sourceId: string | undefined;
}

/** Where an actor stands after an event. */
export interface SnapshotFrame extends Base {
  readonly type: "@xstate.snapshot";
  readonly event: FrameEvent;
  readonly snapshot: FrameSnapshot;
}

export type Frame = ActorFrame | EventFrame | SnapshotFrame;

export interface FrameEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface FrameSnapshot {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly [field: string]: unknown;
}

/** What all frames of one actor at one row of the journal share. */
export interface Place {
  readonly sessionId: string;
  readonly rootId: string;
  readonly seq: number;
  readonly atMs: number;
}

/** The same row gives the same ids, in every replay. */
const base = ({ sessionId, rootId, seq, atMs }: Place, kind: string): Base => ({
  sessionId,
  rootId,
  createdAt: String(atMs),
  id: `${seq}/${kind}/${sessionId}`,
  _version: WIRE_VERSION,
});

type Told<Whole extends Frame> = Omit<Whole, keyof Base | "type">;

export const actorFrame = (place: Place, told: Told<ActorFrame>): ActorFrame => {
  return { type: "@xstate.actor", ...told, ...base(place, "actor") };
};

export const eventFrame = (place: Place, told: Told<EventFrame>): EventFrame => {
  return { type: "@xstate.event", ...told, ...base(place, "event") };
};

export const snapshotFrame = (place: Place, told: Told<SnapshotFrame>): SnapshotFrame => {
  return { type: "@xstate.snapshot", ...told, ...base(place, "snapshot") };
};

/** A frame larger than this loses its largest part. */
export const FRAME_BYTES_MAX = 1024 * 1024;

/** A frame as it travels. What is too large for a reader is left out, and the frame says so. */
export function textOf(frame: Frame): string {
  const text = JSON.stringify(frame);
  const bytes = Buffer.byteLength(text);
  if (bytes <= FRAME_BYTES_MAX) return text;
  const leftOut = `${bytes} bytes are more than a frame takes; wvo replay shows them`;
  const event = "event" in frame ? { event: { type: frame.event.type, leftOut } } : {};
  const snapshot =
    "snapshot" in frame ? { snapshot: { ...frame.snapshot, ...without(leftOut) } } : {};
  return JSON.stringify({ ...frame, ...event, ...snapshot });
}

const without = (leftOut: string) => ({
  context: { leftOut },
  output: undefined,
  error: undefined,
});
