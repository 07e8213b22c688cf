/** Who a process is, read from /proc and, as on systems without it, from `ps`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { identityOf, isAlive, signalProcess } from "../../src/processes/identity.ts";
import { bearersInPs, bearersOf, readProcess, readPs } from "../../src/processes/process-table.ts";
import { eventually } from "./lab.ts";

const PID_NEVER = 2 ** 30;

test("this process is itself, and nobody else is", () => {
  const self = identityOf(process.pid);
  expect(self).toMatchObject({ pid: process.pid });
  if (self === null) return;
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, startTicks: "1" })).toBe(false);
  expect(isAlive({ ...self, bootId: "another" })).toBe(false);
  expect(isAlive({ ...self, pid: PID_NEVER })).toBe(false);
  expect(JSON.parse(JSON.stringify(self))).toEqual(self);
  expect(identityOf(PID_NEVER)).toBe(null);
});

test("a process that ended is not alive, also before its parent has taken notice", async () => {
  // The shell becomes a program that never waits for its child: a zombie.
  const parent = spawn("sh", ["-c", "sleep 0.05 & echo $!; exec sleep 300"]);
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const child = identityOf(Number(line));
  if (child === null) throw new Error("the child was gone too soon");
  await eventually(() => (isAlive(child) ? null : true));
  expect(identityOf(child.pid)).toBe(null);
  expect(signalProcess(child, "SIGKILL")).toBe(false);
});

test("`ps` tells the same as /proc", async () => {
  const mark = `WVO_RUN_ID=ps-${process.pid}`;
  const env = { PATH: process.env["PATH"], WVO_RUN_ID: `ps-${process.pid}` };
  const child = spawn("sleep", ["300"], { env, stdio: "ignore", detached: true });
  onTestFinished(() => void child.kill("SIGKILL"));
  const pid = child.pid ?? 0;
  const [seen] = readPs(["-p", String(pid)]);
  expect(seen).toMatchObject({ pid, parent: process.pid, session: pid });
  expect(seen?.startTicks).toMatch(/^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}$/);
  expect(readPs(["-A"]).map((each) => each.pid)).toContain(pid);
  expect(readPs(["-p", String(PID_NEVER)])).toEqual([]);
  expect(readProcess(pid)).toMatchObject({ pid, parent: process.pid, session: pid });
  expect([...bearersOf([mark])]).toEqual([pid]);
  expect([...bearersInPs([mark])]).toEqual([pid]);
  expect([...bearersInPs([`${mark}1`]), ...bearersOf([mark.slice(0, -1)])]).toEqual([]);
});
