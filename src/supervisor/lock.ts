/**
 * One supervisor a workspace. A lock is a file that names its holder's process; the lock of a
 * process that has ended holds nobody up.
 *
 * L1 The holder is the living process of the file with the highest number. A file is made whole, by
 *    a link, and only where there was none: of two who find the same stale lock one gets the next
 *    number, and the other one sees that and gives way.
 * L2 Nobody removes a lock with a higher number than his own.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { FaultError } from "../fault.ts";
import { identityOf, isAlive } from "../processes/identity.ts";
import type { ProcessIdentity } from "../processes/identity.ts";

/** What others learn of the supervisor from its lock. */
export interface Holder {
  readonly process: ProcessIdentity;
  /** Where it listens. */
  readonly socket: string;
  readonly version: string;
}

export interface Lock {
  readonly release: () => void;
}

/** Each time somebody else was faster; then the lock is theirs, and that is told. */
const TRIES_MAX = 20;
const NAME = /^lock\.(\d{1,12})$/;
const OWNER_ONLY_FILE = 0o600;

/** The supervisor that lives, or null. */
export const holderIn = (folder: string): Holder | null => livingOf(folder, numbersIn(folder));

function livingOf(folder: string, numbers: readonly number[]): Holder | null {
  for (const number of numbers.toReversed()) {
    const holder = readHolder(join(folder, `lock.${number}`));
    if (holder !== null && isAlive(holder.process)) return holder;
  }
  return null;
}

/** Takes the lock, or throws a fault that names the one who has it. */
export function takeLock(folder: string, told: Omit<Holder, "process">): Lock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const self = identityOf(process.pid);
  if (self === null) throw new Error("this process is not in the process table");
  const draft = join(folder, `draft.${systemClock.newId()}`);
  writeFileSync(draft, JSON.stringify({ ...told, process: self }), { mode: OWNER_ONLY_FILE });
  try {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      // Of one look: a number after a lock that was not looked at would take it from who lives.
      const numbers = numbersIn(folder);
      const holder = livingOf(folder, numbers);
      if (holder !== null) throw held(folder, holder);
      const number = (numbers.at(-1) ?? 0) + 1;
      if (linkNew(draft, join(folder, `lock.${number}`))) return settle(folder, number);
    }
    throw new Error(
      `the lock in ${folder} changed hands ${TRIES_MAX} times while it was looked at`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whoever has another number and lives was faster, between our look and our link. */
function settle(folder: string, number: number): Lock {
  const path = join(folder, `lock.${number}`);
  const others = numbersIn(folder).filter((each) => each !== number);
  const holder = livingOf(folder, others);
  if (holder !== null) {
    rmSync(path, { force: true });
    throw held(folder, holder);
  }
  const earlier = others.filter((each) => each < number);
  for (const each of earlier) rmSync(join(folder, `lock.${each}`), { force: true });
  return { release: () => rmSync(path, { force: true }) };
}

function numbersIn(folder: string): readonly number[] {
  const names = namesIn(folder);
  const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  return numbers.toSorted((a, b) => a - b);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // there is none yet, and so no supervisor
  }
}

/** Null where it has gone meanwhile, or was damaged: a lock is never half written. */
export function readHolder(path: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder> | null;
    const isWhole = typeof holder?.process?.pid === "number" && typeof holder.socket === "string";
    return isWhole ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

function linkNew(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw thrown;
  }
}

const held = (folder: string, { process: { pid } }: Holder): FaultError =>
  new FaultError({
    code: "supervisor.held",
    where: folder,
    found: `a supervisor at work (pid ${pid})`,
    expected: "one supervisor a workspace",
    next: "use it: wvo status, wvo run; or end it with wvo down",
  });
