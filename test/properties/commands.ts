/** What can be done to an actor in its host, at random; what it means depends on where it stands. */
import { array, constant, nat, oneof, record } from "fast-check";
import type { Arbitrary } from "fast-check";

/** What is meant by the number is chosen among what there is at that moment. */
export interface Command {
  readonly do:
    /** An event that brings the actor to another state. */
    | "go"
    /** Any event of the chart. */
    | "tell"
    /** An event that was told before, anew. */
    | "echo"
    /** A call that was made before, under its key. */
    | "repeat"
    /** An effect under way ends. */
    | "end"
    /** A result of an effect that nobody waits for any more. */
    | "end late"
    /** A result that was told before, under its key. */
    | "end again"
    /** The next timer is due. */
    | "ring"
    /** A timer of an earlier visit is delivered. */
    | "ring late"
    /** Half of the time until the next timer goes by. */
    | "wait"
    /** The host is closed, and opened by another. */
    | "restart"
    /** Another host takes over while this one lives. */
    | "take over";
  readonly pick: number;
}

const WEIGHTS: Readonly<Record<Command["do"], number>> = {
  go: 12,
  tell: 4,
  echo: 3,
  repeat: 3,
  end: 10,
  "end late": 2,
  "end again": 1,
  ring: 4,
  "ring late": 2,
  wait: 1,
  restart: 1,
  "take over": 1,
};

const PICK_MAX = 1_000;
const AT_ONCE_MAX = 4;
const MOMENTS_MAX = 12;

const command: Arbitrary<Command> = record({
  do: oneof(
    ...Object.entries(WEIGHTS).map(([word, weight]) => {
      return { arbitrary: constant(word as Command["do"]), weight };
    }),
  ),
  pick: nat(PICK_MAX),
});

/** Moments, at each of which a few things happen at once; most often it is one thing. */
export const commands: Arbitrary<readonly (readonly Command[])[]> = array(
  oneof(
    { arbitrary: array(command, { minLength: 1, maxLength: 1 }), weight: 3 },
    { arbitrary: array(command, { minLength: 2, maxLength: AT_ONCE_MAX }), weight: 1 },
  ),
  { minLength: 1, maxLength: MOMENTS_MAX, size: "max" },
);
