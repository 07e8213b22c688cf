/**
 * How clients find a `wvo run` that works without a supervisor: a file beside the supervisor's lock.
 *
 * N1 Only who has the database writes it, so a later one writes over an earlier one's.
 * N2 Nobody removes it: one whose process has ended names nobody.
 */
import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { identityOf, isAlive } from "../processes/identity.ts";
import { version } from "../version.ts";
import { readHolder } from "./lock.ts";
import type { Holder } from "./lock.ts";
import { folderOf } from "./place.ts";
import type { Place } from "./place.ts";

const FILE = "run.json";
const SOCKET = /^run-\d{1,9}\.sock$/;
const OWNER_ONLY_FILE = 0o600;

/** The run that lives, or null. */
export function findRun(stateRoot: string): Holder | null {
  const holder = readHolder(join(folderOf(stateRoot), FILE));
  return holder !== null && isAlive(holder.process) ? holder : null;
}

/** Where this process may listen; sockets of runs that were killed are taken away. */
export function runSocket({ sockets }: Place): string {
  const left = readdirSync(sockets).filter((name) => SOCKET.test(name));
  for (const name of left) rmSync(join(sockets, name), { force: true });
  return join(sockets, `run-${process.pid}.sock`);
}

/** Tells clients of this process, which listens there. */
export function announceRun({ folder }: Place, socket: string): void {
  const self = identityOf(process.pid);
  if (self === null) throw new Error("this process is not in the process table");
  const draft = join(folder, `draft.${systemClock.newId()}`);
  const told: Holder = { process: self, socket, version };
  writeFileSync(draft, JSON.stringify(told), { mode: OWNER_ONLY_FILE });
  renameSync(draft, join(folder, FILE));
}
