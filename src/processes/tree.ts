/**
 * The processes of one run: the program, everything it started, and whatever of that went off on
 * its own. It finds them and ends them; when to do so is decided by the runner and by `endRun`.
 *
 * P1 A process once seen in a tree belongs to it until it ends, whatever becomes of its parent,
 *    session or environment.
 * P2 No pid is signalled whose start ticks were not compared right before.
 * P3 The process that asks is never a member, and neither is pid 1.
 */
import { pause, stopwatch } from "../clock.ts";
import { isAlive, signalProcess } from "./identity.ts";
import type { ProcessIdentity } from "./identity.ts";
import { bearersOf, bootId, readTable } from "./process-table.ts";
import type { Sighting } from "./process-table.ts";

/** What a tree is known by. */
export interface TreeSeed {
  /** The program itself, where its pid is on record. */
  readonly root: ProcessIdentity | null;
  /** True for the root's own parent: the root's session then counts even after the root ended. */
  readonly isParent: boolean;
  /** Entries of the environment, `NAME=value`, that only members bear. */
  readonly marks: readonly string[];
}

/** Every living member of a tree, read anew at each call. */
export type TreeView = () => readonly ProcessIdentity[];

/** Killing takes effect in microseconds; what lives this long after it can't be killed. */
export const KILL_LIMIT_MS = 5_000;
const LOOK_FIRST_MS = 10;
const LOOK_MAX_MS = 200;

/** Watches a tree: each look also remembers what it saw (P1). */
export function watchTree(seed: TreeSeed): TreeView {
  let known: readonly ProcessIdentity[] = seed.root === null ? [] : [seed.root];
  return () => {
    const table = new Map(readTable().map((seen) => [seen.pid, seen]));
    const isSame = ({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean =>
      boot === bootId && table.get(pid)?.startTicks === startTicks;
    const living = known.filter((identity) => isSame(identity)).map(({ pid }) => pid);
    const members = new Set([...living, ...bearersOf(seed.marks)]);
    grow(members, sessionOf(seed, table), table);
    known = [...members].flatMap((pid) => identify(table.get(pid)));
    return known;
  };
}

function identify(seen: Sighting | undefined): readonly ProcessIdentity[] {
  if (seen === undefined || seen.pid === process.pid || seen.pid === 1) return [];
  return [{ pid: seen.pid, startTicks: seen.startTicks, bootId }];
}

/** The root's session, unless its number may have gone to somebody else since. */
function sessionOf(seed: TreeSeed, table: ReadonlyMap<number, Sighting>): number | null {
  if (seed.root === null || seed.root.bootId !== bootId) return null;
  const leader = table.get(seed.root.pid);
  if (leader === undefined) return seed.isParent ? seed.root.pid : null;
  return leader.startTicks === seed.root.startTicks ? seed.root.pid : null;
}

/** Adds children and sessions of members until nobody new is found. */
function grow(members: Set<number>, session: number | null, table: ReadonlyMap<number, Sighting>) {
  members.delete(process.pid); // P3: and so what we started otherwise is no member either
  members.delete(1);
  let before = -1;
  while (members.size > before) {
    before = members.size;
    for (const seen of table.values()) {
      const isMember = members.has(seen.parent) || members.has(seen.session);
      if ((isMember || seen.session === session) && seen.pid !== process.pid) members.add(seen.pid);
    }
  }
}

/**
 * Ends a tree: SIGTERM to everyone, `graceMs` to obey, then SIGKILL until nobody is left. Gives
 * back who survived even that.
 */
export async function endTree(view: TreeView, graceMs: number): Promise<TreeEnd> {
  for (const member of view()) signalProcess(member, "SIGTERM");
  await untilGone(view, graceMs);
  return untilGone(() => {
    const left = view();
    for (const member of left) signalProcess(member, "SIGKILL");
    return left;
  }, KILL_LIMIT_MS);
}
type TreeEnd = readonly ProcessIdentity[];

/**
 * Two empty looks in a row mean gone: between fork and exec a child is not yet known by its own
 * environment, and between two /proc entries a tree can slip past one look.
 */
async function untilGone(view: TreeView, limitMs: number): Promise<TreeEnd> {
  const waitedMs = stopwatch();
  let waitMs = LOOK_FIRST_MS;
  let emptyLooks = 0;
  let left = view();
  while (waitedMs() < limitMs) {
    emptyLooks = left.length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === 2) return [];
    await pause(waitMs);
    waitMs = Math.min(LOOK_MAX_MS, waitMs * 2);
    left = view();
  }
  return left.filter((member) => isAlive(member));
}
