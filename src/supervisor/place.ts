/**
 * Where the supervisor of a workspace keeps what others find it by: its lock, its sockets and its
 * log. Everything lies in one folder that only its owner may enter.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { FaultError } from "../fault.ts";

/** A socket's path may have 107 bytes on Linux and 103 on macOS; the shorter holds everywhere. */
export const SOCKET_PATH_BYTES_MAX = 103;
/** As long as any name that is used, so that one folder is short enough for all. */
const LONGEST_NAME = "worker-0000000.sock";
const OWNER_ONLY = 0o700;

export interface Place {
  /** Lock, log and tokens. */
  readonly folder: string;
  /** Sockets: the same folder, or a short one where its path is too long for a socket. */
  readonly sockets: string;
}

/** The folder of the supervisor; it need not be there. */
export const folderOf = (stateRoot: string): string => join(stateRoot, "supervisor");

/** Makes the folders. Throws a fault where no path is short enough, or a folder is not ours. */
export function makePlace(stateRoot: string): Place {
  const folder = folderOf(stateRoot);
  makeOwn(folder);
  if (isShort(folder)) return { folder, sockets: folder };
  const sockets = shortFolder(folder);
  if (!isShort(sockets)) throw tooLong(sockets);
  makeOwn(sockets);
  return { folder, sockets };
}

const isShort = (folder: string): boolean =>
  Buffer.byteLength(join(folder, LONGEST_NAME)) <= SOCKET_PATH_BYTES_MAX;

/** One of its own for each workspace, told apart by the long path. */
function shortFolder(folder: string): string {
  const runtime = process.env["XDG_RUNTIME_DIR"] ?? "";
  const root = runtime.startsWith("/") && isShort(runtime) ? runtime : tmpdir();
  const mark = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  return join(root, `wvo-${userInfo().uid}-${mark}`);
}

/** A folder that somebody else made, or may write to, could hold somebody else's socket. */
function makeOwn(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
  const seen = lstatSync(folder);
  const isOwn = seen.isDirectory() && seen.uid === userInfo().uid && (seen.mode & 0o077) === 0;
  if (isOwn) return;
  throw new FaultError({
    code: "supervisor.folder",
    where: folder,
    found: `mode ${(seen.mode & 0o777).toString(8)}, of user ${seen.uid}`,
    expected: "a folder of your own that nobody else may enter",
    next: `chmod 700 ${folder}, or remove it when it is not yours`,
  });
}

const tooLong = (folder: string): FaultError =>
  new FaultError({
    code: "supervisor.socket-path",
    where: folder,
    found: `a folder too long for a socket: with its name over ${SOCKET_PATH_BYTES_MAX} bytes`,
    expected: "a short folder for temporary files",
    next: "set XDG_RUNTIME_DIR or TMPDIR to a folder with a short path",
  });
