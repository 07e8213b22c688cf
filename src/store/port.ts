/**
 * The storage port: what the host needs of a store, and nothing of how it is done. Bodies are JSON
 * text the store never reads; identifiers are made by the caller and stable; times are milliseconds
 * since 1970. The guarantees G1 to G11 stand in docs/decisions/0003-store-port.md, and every
 * implementation passes the contract suite in test/store/contract.ts.
 */
import type { ProcessIdentity } from "../processes/identity.ts";
import type { ViewSlice } from "./views/tables.ts";
import type { Views } from "./views/views.ts";

/** Who writes: a name for people, and the process, so that a dead owner is known to be dead. */
export interface Owner {
  readonly name: string;
  readonly process: ProcessIdentity;
}

/** Proof of ownership. `epoch` only grows, one per term; every write of the owner carries it. */
export interface Fence {
  readonly epoch: number;
  readonly owner: string;
}

/** An event on its way. `id` is the idempotency key: an id already known is dropped. */
export interface Envelope {
  readonly id: string;
  readonly actor: string;
  readonly body: string;
  /** The step or call this follows from. */
  readonly cause: string | null;
}

/** A waiting event, or a timer that is due. It repeats until a step consumes it. */
export type Delivery =
  | { readonly from: "inbox"; readonly event: Envelope }
  | {
      readonly from: "timer";
      readonly actor: string;
      readonly timer: string;
      readonly setBy: number;
      readonly dueMs: number;
    };

export interface Stored {
  readonly actor: string;
  readonly chart: string;
  readonly chartVersion: number;
  readonly version: number;
  readonly savedAtMs: number;
  readonly snapshot: string;
}

/** Something to do in the world. With `claimFor` it is born claimed, which saves one commit. */
export interface NewEffect {
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  readonly claimFor: { readonly worker: string; readonly leaseMs: number } | null;
}

/** One transition of one actor. All of it becomes durable together, or none of it. */
export interface Step {
  readonly actor: string;
  /** The version this step follows; 0 creates. The step's own version is one more. */
  readonly expect: number;
  /** The idempotency key of what caused it; null where nobody could repeat it. */
  readonly key: string | null;
  readonly cause: string | null;
  readonly atMs: number;
  readonly chart: string;
  readonly chartVersion: number;
  readonly snapshot: string;
  /** What happened, for the journal, and the states before and after as text. */
  readonly happening: string;
  readonly fromState: string;
  readonly toState: string;
  /** True where the key came by the inbox, which then forgets it. */
  readonly fromInbox: boolean;
  readonly effects: readonly NewEffect[];
  readonly cancelledEffects: readonly string[];
  readonly timers: readonly { readonly name: string; readonly dueMs: number }[];
  readonly cancelledTimers: readonly string[];
  readonly sends: readonly Envelope[];
  readonly views: readonly ViewSlice[];
}

export type StepResult =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly why: "conflict" | "duplicate" };

/** An event that no chart could take: kept, so that nothing is lost, and out of the way. */
export interface DeadLetter {
  readonly envelope: Envelope;
  readonly why: "poison" | "refused" | "unknown-actor" | "stale";
  readonly detail: string;
  readonly atMs: number;
}

/** A timer as it was set by that version of its actor. */
export interface SpentTimer {
  readonly actor: string;
  readonly name: string;
  readonly setBy: number;
}

/** What one disk sync makes durable: steps, and events laid aside. */
export interface Group {
  readonly steps: readonly Step[];
  readonly dead: readonly DeadLetter[];
  /** Inbox events that were taken and changed nothing. */
  readonly spentInbox: readonly string[];
  /** Timers that fired and could not be taken. One that was set anew since is another one. */
  readonly spentTimers: readonly SpentTimer[];
}

/** The right to carry out one effect until `untilMs`. Tokens grow, so an old claim is known. */
export interface Claim {
  readonly effect: string;
  readonly actor: string;
  readonly kind: string;
  readonly body: string;
  readonly token: number;
  /** 1 for the first time; more means that an earlier claim lapsed. */
  readonly attempt: number;
  readonly untilMs: number;
}

/** A row of the journal. */
export interface JournalRow {
  readonly seq: number;
  readonly actor: string;
  readonly version: number;
  readonly key: string | null;
  readonly cause: string | null;
  readonly atMs: number;
  readonly fromState: string;
  readonly toState: string;
  readonly happening: string;
}

/** What became of an event, by its id. */
export type Fate =
  | {
      readonly kind: "taken";
      readonly actor: string;
      readonly version: number;
      readonly toState: string;
      readonly cause: string | null;
    }
  | { readonly kind: "dead"; readonly why: DeadLetter["why"]; readonly detail: string }
  | { readonly kind: "waiting" }
  | { readonly kind: "unknown" };

/** A chart as the database last saw it. */
export interface ChartRow {
  readonly chart: string;
  readonly chartVersion: number;
  readonly hash: string;
}

export interface JournalQuery {
  readonly actor?: string;
  /** Only rows after this sequence number. */
  readonly after?: number;
  readonly limit: number;
}

/** What anyone may read, also while another process owns the store. */
export interface StoreReader {
  readonly views: Views;
  read(actor: string): Promise<Stored | null>;
  /** Actors in the order of their names, after the given one. */
  actors(after: string, limit: number): Promise<readonly Stored[]>;
  journal(query: JournalQuery): Promise<readonly JournalRow[]>;
  fate(id: string): Promise<Fate>;
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  timersOf(actor: string): Promise<readonly { readonly name: string; readonly dueMs: number }[]>;
  owner(): Promise<(Owner & { readonly epoch: number; readonly alive: boolean }) | null>;
  /** Problems the store finds in itself; none is good. */
  check(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Store extends StoreReader {
  readonly traits: { readonly bodyBytesMax: number; readonly wakeBoundMs: number };

  /** A new term. Throws a fault naming the owner while another one's process lives. */
  acquire(owner: Owner, takeOver?: boolean): Promise<Fence>;
  release(fence: Fence): Promise<void>;

  /** From anywhere: durable when it resolves. */
  send(events: readonly Envelope[]): Promise<void>;

  /**
   * The owner's: everything below throws Fenced once a later term has begun. A pull gives at most
   * `limit` events and as many timers, the oldest first, so that neither keeps the other away.
   */
  pull(fence: Fence, limit: number): Promise<readonly Delivery[]>;
  load(fence: Fence, actor: string): Promise<Stored | null>;
  commit(fence: Fence, group: Group): Promise<readonly StepResult[]>;
  nextDue(fence: Fence): Promise<number | null>;
  charts(): Promise<readonly ChartRow[]>;
  recordChart(fence: Fence, row: ChartRow): Promise<void>;
  rebuildViews(fence: Fence, slices: readonly ViewSlice[]): Promise<void>;

  /** A worker's: no fence, a claim instead. */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  beat(claim: Claim, leaseMs: number): Promise<void>;
  finish(claim: Claim, result: Envelope): Promise<void>;

  /** Writes what is committed now into a file of its own, whole and looked through. */
  copyTo(path: string): Promise<{ readonly seq: number }>;

  /** A hint that something waits; it may be lost, late or doubled. Returns how to stop it. */
  onWake(wake: () => void): () => void;
}

export interface ClaimRequest {
  readonly worker: string;
  readonly kinds: readonly string[];
  readonly limit: number;
  readonly leaseMs: number;
}

/** The code of the fault for a body over `bodyBytesMax`: it concerns that body alone. */
export const TOO_LARGE = "store.too-large";

/** Another owner has a later epoch: stop every actor, answer nobody. */
export class Fenced extends Error {
  readonly code = "store.fenced";
}

/** The claim's token is not the newest, or its effect is gone: the result must be dropped. */
export class LeaseLost extends Error {
  readonly code = "store.lease-lost";
}
