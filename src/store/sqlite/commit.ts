/**
 * One disk sync for many steps. Each step lands whole or not at all; what a group sets and takes
 * back again is never written.
 */
import type { Envelope, Fence, Group, NewEffect, Step, StepResult } from "../port.ts";
import type { ViewSlice } from "../views/tables.ts";
import { whileWriting } from "./database.ts";
import type { Connection, WriteFlag } from "./database.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { Inbox } from "./inbox.ts";
import type { Journal } from "./journal.ts";
import type { Outbox } from "./outbox.ts";
import type { OwnerTable } from "./owner.ts";
import type { Head, Snapshots } from "./snapshots.ts";
import type { Timers } from "./timers.ts";
import type { ViewTables } from "./view-tables.ts";

export interface CommitTables {
  readonly owner: OwnerTable;
  readonly journal: Journal;
  readonly snapshots: Snapshots;
  readonly inbox: Inbox;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly deadLetters: DeadLetters;
  readonly viewTables: ViewTables;
}

interface Latest {
  readonly step: Step;
  readonly head: Head;
  readonly event: number;
}

/** What the steps of a group amount to, besides their journal rows. */
class Net {
  /** The last step of each actor: the only snapshot worth writing. */
  readonly last = new Map<string, Latest>();
  readonly sends = new Map<string, Envelope>();
  readonly effects = new Map<string, { actor: string; effect: NewEffect; atMs: number }>();
  /** The last rows of each actor in each table. */
  readonly views = new Map<string, ViewSlice>();
  /** True where an event of this group may wait in the inbox. */
  readonly mayWait: boolean;

  constructor(mayWait: boolean) {
    this.mayWait = mayWait;
  }

  add(step: Step, head: Head, event: number): void {
    this.last.set(step.actor, { step, head, event });
    for (const envelope of step.sends) this.sends.set(envelope.id, envelope);
    for (const effect of step.effects) {
      this.effects.set(effect.id, { actor: step.actor, effect, atMs: step.atMs });
    }
    for (const slice of step.views) this.views.set(`${slice.table} ${slice.owner}`, slice);
  }
}

export function openCommit(db: Connection, flag: WriteFlag, tables: CommitTables) {
  const { owner, journal, snapshots, inbox, timers, outbox, deadLetters, viewTables } = tables;

  function apply(step: Step, net: Net): StepResult {
    const known = net.last.get(step.actor);
    const head = known
      ? { row: known.head.row, version: known.step.expect + 1, lastEvent: known.event }
      : snapshots.headOf(step.actor);
    if (head.version !== step.expect) return { ok: false, why: "conflict" };
    const event = journal.add(step, head.lastEvent);
    // Its key is taken now or was before, by this way or another one: it waits no more.
    if (step.key !== null && net.mayWait) inbox.remove(step.key);
    if (event === null) return { ok: false, why: "duplicate" };
    if (step.key !== null) net.sends.delete(step.key);
    for (const id of step.cancelledEffects) if (!net.effects.delete(id)) outbox.cancel(id);
    for (const name of step.cancelledTimers) timers.cancel(step.actor, name);
    for (const { name, dueMs } of step.timers) {
      timers.set(step.actor, name, { setBy: step.expect + 1, dueMs });
    }
    net.add(step, head, event);
    return { ok: true, version: step.expect + 1 };
  }

  function write(net: Net): void {
    for (const { step, head, event } of net.last.values()) snapshots.save(step, head, event);
    for (const envelope of net.sends.values()) inbox.add(envelope);
    for (const { actor, effect, atMs } of net.effects.values()) outbox.add(actor, effect, atMs);
    viewTables.replace([...net.views.values()]);
  }

  function spend(group: Group, net: Net): void {
    const spent = [...group.spentInbox, ...group.dead.map(({ envelope }) => envelope.id)];
    for (const id of spent) if (!net.sends.delete(id)) inbox.remove(id);
    for (const letter of group.dead) deadLetters.add(letter);
  }

  const transact = db.transaction((fence: Fence, group: Group): StepResult[] => {
    owner.verify(fence);
    for (const timer of group.spentTimers) timers.spend(timer);
    const net = new Net(!inbox.isEmpty());
    const results = group.steps.map((step) => apply(step, net));
    spend(group, net);
    write(net);
    return results;
  });

  return (fence: Fence, group: Group): readonly StepResult[] => {
    try {
      return whileWriting(flag, () => transact.immediate(fence, group));
    } catch (thrown) {
      snapshots.forgetHeads();
      throw thrown;
    }
  };
}
