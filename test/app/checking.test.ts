/** Checks as an effect of a gate, on a real host: where they run, and when they are ended. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Checking } from "../../src/app/checking.ts";
import { catalog } from "../../src/catalog/catalog.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openRepository } from "../../src/git/repository.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { endChecks } from "../../src/quality/gate.ts";
import type { Store } from "../../src/store/port.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { eventually } from "../support/live-run.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { proveNoOrphans } from "../support/proofs.ts";
import { makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

const TEST_LIMIT_MS = 3 * 60_000;
const GATE = "gate:T1.1";

interface Yard extends Workspace {
  readonly commit: string;
  readonly folder: string;
  readonly checkout: string;
}

function makeYard(...runs: readonly string[]): Yard {
  const checks = runs.map((run, at) => ({ name: `check-${at}`, run }));
  const roadmap = { version: 1, tasks: [] };
  const files = { "text.txt": "first\n", "lib/other.txt": "first\n" };
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"], config: { checks }, files });
  const folder = join(yard.repo, "state/runs/gate@T1.1");
  onTestFinished(() => endChecks(folder));
  const checkout = join(yard.repo, "../worktrees/checks/gate@T1.1");
  return { ...yard, commit: yard.git("rev-parse", "HEAD"), folder, checkout };
}

interface Opened {
  readonly host: Host;
  readonly checking: Checking;
  readonly store: Store;
  readonly state: () => Promise<string>;
}

/** The product's own gate, with its checks as the only effect. */
async function openHost(yard: Yard): Promise<Opened> {
  const clock = new ManualClock();
  const store = openStore(join(yard.repo, "state/orchestrator.db"), clock);
  const config = loadConfig(yard.repo, yard.env);
  const repository = await openRepository(yard.repo);
  const checking = new Checking({ config, repository, store });
  const runChecks = (request: never, { signal }: { readonly signal: AbortSignal }) =>
    checking.run(request, signal);
  // Without doors, since the test speaks to the gate as its task does.
  const charts = catalog.map(({ parseEvent: _door, ...chart }) => chart);
  const setting = { store, clock, owner: ownerHere("test"), charts };
  const host = await Host.open({ ...setting, handlers: { runChecks } });
  onTestFinished(() => host.close());
  const state = async () => String((await host.actor(GATE))?.getSnapshot().value);
  return { host, checking, store, state };
}

const startGate = ({ host }: Opened, { commit }: Yard) =>
  host.start(GATE, { id: GATE, taskId: "T1", commit, replyTo: "task:T1" });
const noted = (yard: Yard, name: string): Promise<boolean> =>
  eventually(() => (existsSync(join(yard.notes, name)) ? true : null));

test(
  "a check may do to its checkout what it wants: nothing of it is seen anywhere else",
  async () => {
    const vandal = `echo changed > text.txt; rm -r lib; echo new > new.txt
      git -c user.name=x -c user.email=x@x commit --quiet --all --message=mine`;
    const yard = makeYard(vandal, "test ! -e lib && test -e new.txt");
    const before = [yard.git("for-each-ref"), yard.git("status", "--porcelain")];
    const opened = await openHost(yard);
    await startGate(opened, yard);
    await opened.host.quiet();
    expect(await opened.state()).toBe("passed");
    expect([yard.git("for-each-ref"), yard.git("status", "--porcelain")]).toEqual(before);
    expect(yard.file("lib/other.txt")).toBe("first\n");
    expect(existsSync(yard.checkout)).toBe(false);
    expect(yard.git("worktree", "list").split("\n")).toHaveLength(1);
  },
  TEST_LIMIT_MS,
);

test(
  "what another check left in the checkout is gone before the first one looks",
  async () => {
    const yard = makeYard('test "$(cat text.txt)" = first && test ! -e left && echo left > left');
    const opened = await openHost(yard);
    for (const id of [GATE, "gate:T2.1"]) {
      await opened.host.start(id, { id, taskId: "T1", commit: yard.commit, replyTo: "task:T1" });
      await opened.host.quiet();
      expect((await opened.host.actor(id))?.getSnapshot().value).toBe("passed");
    }
  },
  TEST_LIMIT_MS,
);

describe("a check that is at work", () => {
  const slow =
    "echo $$ > ../../../notes/began; while ! test -e ../../../notes/go; do sleep 0.05; done";

  test(
    "goes on when the host closes, and the next host reads its result",
    async () => {
      const yard = makeYard(slow);
      const first = await openHost(yard);
      await startGate(first, yard);
      await noted(yard, "began");
      await first.host.close();
      expect(existsSync(join(yard.folder, "check-0-1/exit.json"))).toBe(false);
      const next = await openHost(yard);
      writeFileSync(join(yard.notes, "go"), "");
      await next.host.quiet();
      expect(await next.state()).toBe("passed");
      const runs = readdirSync(yard.folder).filter((name) => name.startsWith("check"));
      expect(runs).toEqual(["check-0-1"]);
      await proveNoOrphans(yard);
    },
    TEST_LIMIT_MS,
  );

  test(
    "is ended when the gate is cancelled, and its checkout is gone",
    async () => {
      const yard = makeYard(slow);
      const opened = await openHost(yard);
      await startGate(opened, yard);
      await noted(yard, "began");
      expect(await opened.host.send(GATE, { type: "cancel" })).toMatchObject({ ok: true });
      await opened.host.quiet();
      expect(await opened.state()).toBe("cancelled");
      await proveNoOrphans(yard);
      expect(existsSync(yard.checkout)).toBe(false);
    },
    TEST_LIMIT_MS,
  );

  test(
    "is ended when a person stops it, leaves nothing, and begins anew with the next host",
    async () => {
      const yard = makeYard(slow);
      const first = await openHost(yard);
      await startGate(first, yard);
      await noted(yard, "began");
      await first.checking.stop();
      await proveNoOrphans(yard);
      expect([yard.folder, yard.checkout].filter((path) => existsSync(path))).toEqual([]);
      expect(await first.state()).toBe("running");
      const began = readFileSync(join(yard.notes, "began"), "utf8");
      await first.host.close();
      writeFileSync(join(yard.notes, "go"), "");
      const next = await openHost(yard);
      await next.host.quiet();
      expect(await next.state()).toBe("passed");
      expect(readFileSync(join(yard.notes, "began"), "utf8")).not.toBe(began);
    },
    TEST_LIMIT_MS,
  );
});
