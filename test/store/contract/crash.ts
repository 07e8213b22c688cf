/** An owner is killed in the middle of its commits, again and again: nothing is half there. */
import { expect, test } from "vitest";
import { ownerHere } from "../../../src/host/owner.ts";
import { openAt } from "../place.ts";
import type { MakePlace } from "../place.ts";
import { proveEffects, proveWhole } from "../wholeness.ts";

const KILLS = 12;
/** After how many acknowledged commits each process is killed; the moment itself is chance. */
const COMMITS = [1, 5, 2, 9, 3, 14];

export function describeCrash(makePlace: MakePlace): void {
  test(`an owner killed ${KILLS} times in the middle of its commits leaves all of it whole`, async () => {
    const place = makePlace();
    let least = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const remote = place.startRemote();
      await remote.churn(await remote.acquire(), COMMITS[kill % COMMITS.length] ?? 1);
      await remote.kill();
      const store = openAt(place);
      const fence = await store.acquire(ownerHere("test"));
      const version = await proveWhole(store, fence);
      expect(version).toBeGreaterThanOrEqual(remote.acknowledged);
      expect(version).toBeGreaterThan(least);
      least = version;
      await store.release(fence);
      await store.close();
    }
    await proveEffects(openAt(place), least);
  });
}
