/** The processes of a run: who belongs to it, also after hiding, and who never does. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { identityOf, isAlive, signalProcess } from "../../src/processes/identity.ts";
import { endTree, watchTree } from "../../src/processes/tree.ts";
import { eventually } from "./lab.ts";

/** A program that is nobody's run: the test ends it. */
function start(script: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  const all = { PATH: process.env["PATH"], ...env };
  const child = spawn("sh", ["-c", script], { env: all, stdio: "ignore", detached: true });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const rootOf = ({ pid = 0 }: ChildProcess) => identityOf(pid);
const isGone = (child: ChildProcess) => (child.exitCode ?? child.signalCode) !== null;

test("a member that was seen once belongs to the tree, however it hides later", async () => {
  const child = start("env -i /usr/bin/setsid /bin/sleep 300 & exec sleep 300");
  const view = watchTree({ root: rootOf(child), isParent: false, marks: [] });
  const both = await eventually(() => (view().length === 2 ? view() : null));
  onTestFinished(() => both.forEach((member) => signalProcess(member, "SIGKILL")));
  child.kill("SIGKILL");
  await eventually(() => (isGone(child) ? true : null));
  const hidden = both.filter(({ pid }) => pid !== child.pid);
  expect(view()).toEqual(hidden);
  expect(await endTree(view, 1_000)).toEqual([]);
  expect(hidden.map((member) => isAlive(member))).toEqual([false]);
});

test("a mark is the whole of an entry, and the one who asks is no member", async () => {
  const [mark, longer] = [`WVO_RUN_ID=a${process.pid}`, `WVO_RUN_ID=a${process.pid}0`];
  const bearer = start("exec sleep 300", { WVO_RUN_ID: `a${process.pid}` });
  const view = watchTree({ root: null, isParent: false, marks: [mark] });
  await eventually(() => (view().length === 1 ? true : null));
  expect(view()).toEqual([rootOf(bearer)]);
  expect(watchTree({ root: null, isParent: false, marks: [longer, mark.slice(0, -1)] })()).toEqual(
    [],
  );
  const self = watchTree({ root: identityOf(process.pid), isParent: true, marks: [] })();
  expect(self.map(({ pid }) => pid)).not.toContain(process.pid);
  bearer.kill("SIGKILL");
});

test("a session whose leader's pid went to somebody else is not the tree's", () => {
  const stranger = start("exec sleep 300");
  const now = rootOf(stranger);
  if (now === null) throw new Error("no stranger");
  const earlier = { ...now, startTicks: "1" };
  expect(watchTree({ root: earlier, isParent: true, marks: [] })()).toEqual([]);
  expect(watchTree({ root: { ...now, bootId: "before" }, isParent: true, marks: [] })()).toEqual(
    [],
  );
  expect(watchTree({ root: now, isParent: false, marks: [] })()).toContainEqual(now);
});
