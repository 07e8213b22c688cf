/** Real file systems for tests of full and read-only disks. They need the right to mount. */
import { execFileSync } from "node:child_process";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { emptyFolder } from "../support/workbench.ts";

function system(program: string, args: readonly string[]): void {
  try {
    execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (thrown) {
    const line = [program, ...args].join(" ");
    const need = "this test needs a real file system of its own: run it as root";
    throw new Error(`${line} failed; ${need}`, { cause: thrown });
  }
}

/** An empty file system in memory, of so many KiB, that goes away with the test. */
export function mountMemory(sizeKib: number): string {
  const folder = emptyFolder();
  system("mount", ["-t", "tmpfs", "-o", `size=${sizeKib}k`, "tmpfs", folder]);
  // Lazily: a store that the test leaves open must not keep it.
  onTestFinished(() => system("umount", ["-l", folder]));
  return folder;
}

/** From here on nothing can be written to what is mounted there. */
export const makeReadOnly = (folder: string): void => system("mount", ["-o", "remount,ro", folder]);

const BLOCK = Buffer.alloc(4_096);

/** Takes up what is left, to the last block; gives back how to free it again. */
export function stuff(folder: string): () => void {
  const path = join(folder, "ballast");
  while (!isFull(() => appendFileSync(path, BLOCK)));
  return () => rmSync(path);
}

function isFull(write: () => void): boolean {
  try {
    write();
    return false;
  } catch (thrown) {
    if (String(thrown).includes("ENOSPC")) return true;
    throw thrown;
  }
}

/** Makes one file unchangeable, even for root. */
export function freeze(path: string): void {
  system("chattr", ["+i", path]);
  onTestFinished(() => system("chattr", ["-i", path]));
}

/** Runs a program where the system gives out no file watches. */
export function runUnwatched(program: string, arg: string): string {
  const node = `exec '${process.execPath}' '${program}' '${arg}'`;
  const script = `echo 0 > /proc/sys/user/max_inotify_instances && ${node}`;
  const args = ["--user", "--map-root-user", "sh", "-c", script];
  return execFileSync("unshare", args, { encoding: "utf8" });
}
