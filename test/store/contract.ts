/**
 * The contract suite: what every implementation of the store's port passes. The guarantees G1 to
 * G11 of docs/decisions/0003-store-port.md stand here as tests, one file a topic.
 */
import { describe } from "vitest";
import { describeBodies } from "./contract/bodies.ts";
import { describeCrash } from "./contract/crash.ts";
import { describeEffects } from "./contract/effects.ts";
import { describeInbox } from "./contract/inbox.ts";
import { describeOwnership } from "./contract/ownership.ts";
import { describeRecords } from "./contract/records.ts";
import { describeSteps } from "./contract/steps.ts";
import { describeTimers } from "./contract/timers.ts";
import { describeViews } from "./contract/views.ts";
import { describeVisits } from "./contract/visits.ts";
import { describeWake } from "./contract/wake.ts";
import type { MakePlace } from "./place.ts";

/** `makePlace` gives each test an empty store of its own. */
export function describeStore(name: string, makePlace: MakePlace): void {
  describe(`${name}: steps`, () => {
    describeSteps(makePlace);
  });
  describe(`${name}: inbox`, () => {
    describeInbox(makePlace);
  });
  describe(`${name}: ownership`, () => {
    describeOwnership(makePlace);
  });
  describe(`${name}: effects`, () => {
    describeEffects(makePlace);
  });
  describe(`${name}: timers`, () => {
    describeTimers(makePlace);
  });
  describe(`${name}: wake`, () => {
    describeWake(makePlace);
  });
  describe(`${name}: records`, () => {
    describeRecords(makePlace);
  });
  describe(`${name}: views`, () => {
    describeViews(makePlace);
  });
  describe(`${name}: visits`, () => {
    describeVisits(makePlace);
  });
  describe(`${name}: bodies`, () => {
    describeBodies(makePlace);
  });
  describe(`${name}: crash`, () => {
    describeCrash(makePlace);
  });
}
