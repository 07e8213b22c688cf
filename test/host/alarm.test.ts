/** The alarm of the host: it rings once for the earliest time it was set to, and never too early. */
import { expect, test } from "vitest";
import { Alarm } from "../../src/host/alarm.ts";
import { ManualClock } from "../support/manual-clock.ts";

function makeAlarm() {
  const clock = new ManualClock();
  const startedMs = clock.now();
  const rings: number[] = [];
  const alarm = new Alarm(clock, () => rings.push(clock.now() - startedMs));
  const setIn = (delayMs: number): void => alarm.setBy(startedMs + delayMs);
  return { clock, alarm, rings, setIn };
}

test("it rings once, when it is due", () => {
  const { clock, alarm, rings, setIn } = makeAlarm();
  expect(alarm.isSet).toBe(false);
  setIn(1_000);
  expect(alarm.isSet).toBe(true);
  clock.advance(999);
  expect(rings).toEqual([]);
  clock.advance(1);
  expect([rings, alarm.isSet]).toEqual([[1_000], false]);
  clock.advance(10_000);
  expect(rings).toEqual([1_000]);
});

test.each<[string, readonly number[], number]>([
  ["an earlier time moves it", [1_000, 400], 400],
  ["a later one does not", [400, 1_000], 400],
  ["nor does the same one", [400, 400], 400],
])("%s", (_title, delays, first) => {
  const { clock, rings, setIn } = makeAlarm();
  for (const delay of delays) setIn(delay);
  clock.advance(5_000);
  expect(rings).toEqual([first]);
});

test("no time at all sets nothing and takes nothing back", () => {
  const { clock, alarm, rings, setIn } = makeAlarm();
  alarm.setBy(null);
  expect(alarm.isSet).toBe(false);
  setIn(400);
  alarm.setBy(null);
  clock.advance(400);
  expect(rings).toEqual([400]);
});

test("what is taken back does not ring, and may be set again", () => {
  const { clock, alarm, rings, setIn } = makeAlarm();
  setIn(400);
  alarm.clear();
  expect(alarm.isSet).toBe(false);
  clock.advance(1_000);
  setIn(2_000);
  clock.advance(1_000);
  expect(rings).toEqual([2_000]);
});

test("a time far away is waited for, however often it is looked at meanwhile", () => {
  const { clock, alarm, rings, setIn } = makeAlarm();
  setIn(10 * 60_000);
  for (let minute = 1; minute < 10; minute += 1) clock.advance(60_000);
  expect([rings, alarm.isSet]).toEqual([[], true]);
  clock.advance(60_000);
  expect(rings).toEqual([10 * 60_000]);
});
