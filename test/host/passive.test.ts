/** A passive host: it takes what is said to it, and leaves the rest to the one that stays. */
import { expect, test } from "vitest";
import { BOIL_MS, newPlace, openHall, SWITCH } from "./hall.ts";

test("it takes calls and messages, and leaves timers alone", async () => {
  const first = await openHall();
  await first.host.send("egg:1", { type: "heat" });
  await first.host.close();
  const { path, clock } = first;
  clock.advance(BOIL_MS);
  const passiveHandlers = { something: async () => null };
  const place = { path, clock, isPassive: true, passiveHandlers };
  const passive = await openHall(undefined, place);
  await passive.host.quiet();
  await passive.leave("lamp:hall", SWITCH);
  await passive.host.quiet();
  expect(await passive.valueOf("lamp:hall")).toBe("on");
  expect(await passive.switchOn()).toMatchObject({ ok: true, state: "off" });
  expect(await passive.valueOf("egg:1")).toBe("boiling");
  await passive.host.close();
  const last = await openHall(undefined, { path, clock });
  await last.host.quiet();
  expect(await last.valueOf("egg:1")).toBe("done");
});

test("one that carries nothing out does not listen: messages wait for the one that stays", async () => {
  const place = newPlace();
  const passive = await openHall(undefined, { ...place, isPassive: true });
  await passive.host.quiet();
  await passive.leave("lamp:hall", SWITCH);
  await passive.host.quiet();
  expect(await passive.valueOf("lamp:hall")).toBe("off");
  await passive.host.close();
  const last = await openHall(undefined, place);
  await last.host.quiet();
  expect(await last.valueOf("lamp:hall")).toBe("on");
});

test("it carries out what it was asked for itself, and nothing that waited before", async () => {
  const place = newPlace();
  const begun: string[] = [];
  const work = async (_input: never, { actor }: { readonly actor: string }): Promise<string> => {
    begun.push(actor);
    return "done";
  };
  const first = await openHall(undefined, { ...place, handlers: {} });
  await first.host.start("job:1", {});
  await first.host.send("job:1", { type: "begin" });
  await first.host.close();
  const passiveHandlers = { work };
  const passive = await openHall(undefined, { ...place, isPassive: true, passiveHandlers });
  await passive.host.quiet();
  expect(begun).toEqual([]);
  await passive.host.start("job:2", {});
  await passive.host.send("job:2", { type: "begin" });
  await passive.host.quiet();
  expect([begun, await passive.valueOf("job:2")]).toEqual([["job:2"], "idle"]);
});
