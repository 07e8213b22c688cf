/** Who watches an actor is told of its steps, of its end and of a fault, until it watches no more. */
import type { AnyMachineSnapshot } from "xstate";
import { expect, test } from "vitest";
import { Observers } from "../../src/host/actor-ref.ts";
import type { SnapshotObserver } from "../../src/host/actor-ref.ts";

const snapshotOf = (status: string) => ({ status }) as unknown as AnyMachineSnapshot;
const active = snapshotOf("active");
const done = snapshotOf("done");

function watching(): { readonly seen: unknown[]; readonly observer: SnapshotObserver } {
  const seen: unknown[] = [];
  const observer: SnapshotObserver = {
    next: ({ status }) => seen.push(status),
    error: (fault) => seen.push(fault),
    complete: () => seen.push("complete"),
  };
  return { seen, observer };
}

test("each step is told to those who watch this actor, and to no others", () => {
  const observers = new Observers();
  const [ann, bob, eve] = [watching(), watching(), watching()];
  observers.add("a", ann.observer);
  observers.add("a", bob.observer);
  observers.add("b", eve.observer);
  observers.tell("a", active);
  observers.tell("nobody", active);
  expect([ann.seen, bob.seen, eve.seen]).toEqual([["active"], ["active"], []]);
});

test("the end is told once, after the last step", () => {
  const observers = new Observers();
  const { seen, observer } = watching();
  observers.add("a", observer);
  observers.tell("a", active);
  observers.tell("a", done);
  expect(seen).toEqual(["active", "done", "complete"]);
});

test("who has left is told nothing, and those who stay go on", () => {
  const observers = new Observers();
  const [ann, bob] = [watching(), watching()];
  const leave = observers.add("a", ann.observer);
  const leaveToo = observers.add("a", bob.observer);
  leave();
  observers.tell("a", active);
  leaveToo();
  observers.tell("a", active);
  leave();
  observers.add("a", ann.observer);
  observers.tell("a", done);
  expect([ann.seen, bob.seen]).toEqual([["done", "complete"], ["active"]]);
});

test("a fault is told to everybody, whatever they watch and whatever they listen to", () => {
  const observers = new Observers();
  const [ann, bob] = [watching(), watching()];
  observers.add("a", ann.observer);
  observers.add("b", bob.observer);
  observers.add("a", {});
  observers.tell("a", done);
  observers.fail("the disk is gone");
  expect([ann.seen, bob.seen]).toEqual([
    ["done", "complete", "the disk is gone"],
    ["the disk is gone"],
  ]);
});
