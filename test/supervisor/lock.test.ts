/** One supervisor a workspace, also where another one is faster between two looks. */
import fs, { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { identityOf } from "../../src/processes/identity.ts";
import { takeLock } from "../../src/supervisor/lock.ts";
import { emptyFolder } from "../support/workbench.ts";

const TOLD = { socket: "/tmp/s.sock", version: "1" };

test("who links while another one looks has the lock", () => {
  const folder = join(emptyFolder(), "supervisor");
  mkdirSync(folder);
  const other = JSON.stringify({ ...TOLD, process: identityOf(process.ppid) });
  let seen = 0;
  const look = fs.readdirSync;
  onTestFinished(() => replaceLook(look));
  replaceLook(((path: string) => {
    const found = look(path);
    seen += 1;
    if (seen === 1) writeFileSync(join(folder, "lock.1"), other, { flag: "wx" });
    return found;
  }) as typeof fs.readdirSync);
  expect(() => takeLock(folder, TOLD)).toThrow(`pid ${process.ppid}`);
  expect(readdirSync(folder)).toEqual(["lock.1"]);
});

function replaceLook(readdir: typeof fs.readdirSync): void {
  Object.assign(fs, { readdirSync: readdir });
  syncBuiltinESMExports();
}
