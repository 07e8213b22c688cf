/** What is asked about messages between agents and about what they wrote down. */
import { expect, test } from "vitest";
import { openTerm } from "../place.ts";
import type { MakePlace } from "../place.ts";
import { entry, entryRow, sentMessage, step, visitor } from "../samples.ts";

const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] =>
  rows.map(({ id }) => id);

export function describeVisits(makePlace: MakePlace): void {
  test("messages that wait come to whom they are for, the oldest first", async () => {
    const { store, commit } = await openTerm(makePlace());
    const views = [
      sentMessage("late", { sent_at: 9 }),
      sentMessage("early", { sent_at: 1 }),
      sentMessage("any", { sent_at: 5, recipient: "*" }),
      sentMessage("other", { recipient: "b" }),
      sentMessage("held", { status: "claimed", holder: "a" }),
    ];
    await commit(step("x:1", 0, { views }));
    expect(idsOf(store.views.messagesFor("a", 9))).toEqual(["early", "any", "late"]);
    expect(idsOf(store.views.messagesFor("a", 1))).toEqual(["early"]);
    expect(store.views.countMessages()).toEqual({ waiting: 4, claimed: 1, done: 0, dead: 0 });
    expect(store.views.message("held")).toMatchObject({ holder: "a" });
    expect(store.views.message("none")).toBeNull();
  });

  test("a task is in the hands of one visitor", async () => {
    const { store, commit } = await openTerm(makePlace());
    await commit(step("x:1", 0, { views: [visitor("v", "T1"), visitor("w", null)] }));
    const clash = step("x:2", 0, { views: [visitor("u", "T1")] });
    await expect(commit(clash)).rejects.toThrow(/unique/i);
    expect(store.views.visitors().map(({ name }) => name)).toEqual(["v", "w"]);
  });

  test("entries are found by their words, the best match first, while they are in force", async () => {
    const { store, commit } = await openTerm(makePlace());
    const rows = [
      entryRow(1, { topic: "storage", content: "one SQLite file, one writer" }),
      entryRow(2, { kind: "learning", content: "writing twice loses; a writer writes once" }),
      entryRow(3, { content: "one writer", superseded_by: "c1" }),
      entryRow(4, { topic: "colours", content: "the dashboard is green" }),
    ];
    await commit(step("x:1", 0, { views: rows.map(entry) }));
    const { views } = store;
    expect(idsOf(views.searchEntries(["writer"], null, 9)).toSorted()).toEqual(["c1", "c2"]);
    expect(idsOf(views.searchEntries(["writers", "dashboards"], "decision", 9)).toSorted()).toEqual(
      ["c1", "c4"],
    );
    expect(idsOf(views.searchEntries(["green"], null, 1))).toEqual(["c4"]);
    expect(views.searchEntries([], null, 9)).toEqual([]);
    expect(views.searchEntries(['"', "*", "NOT", "topic:"], null, 9)).toEqual([]);
    expect(views.entry("c3")).toMatchObject({ superseded_by: "c1" });
    expect(idsOf(views.entriesSince("decision", 0, 9)).toSorted()).toEqual(["c1", "c4"]);
  });

  test("an entry that changed is found by its present words, also after a rebuilding", async () => {
    const term = await openTerm(makePlace());
    await term.commit(step("x:1", 0, { views: [entry(entryRow(1, { content: "apples" }))] }));
    await term.commit(step("x:1", 1, { views: [entry(entryRow(1, { content: "pears" }))] }));
    const found = (word: string) => idsOf(term.store.views.searchEntries([word], null, 9));
    expect([found("apples"), found("pears")]).toEqual([[], ["c1"]]);
    await term.store.rebuildViews(term.fence, [entry(entryRow(2, { content: "plums" }))]);
    expect([found("pears"), found("plums")]).toEqual([[], ["c2"]]);
    expect(await term.store.check()).toEqual([]);
  });
}
