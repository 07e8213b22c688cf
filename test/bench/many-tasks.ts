/**
 * The cost of deciding must not grow with what is finished: the same ready work among 1,000 and
 * among 100,000 tasks; and a database of 100,000 actors must open at once.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { catalog } from "../../src/catalog/catalog.ts";
import { stopwatch, systemClock } from "../../src/clock.ts";
import { loadConfig } from "../../src/config/load.ts";
import { planViewOf } from "../../src/app/dispatch.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { planNext } from "../../src/planning/plan.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import type { Store } from "../../src/store/port.ts";
import { BARE_SPEC } from "../support/specs.ts";
import { inFolder, median } from "./measure.ts";
import type { Figure } from "./measure.ts";

const FEW = 1_000;
const MANY = 100_000;
const READY = 100;
const SAMPLES = 200;
const RATIO_MAX = 2;
const OPEN_MAX_MS = 1_000;
const MEMORY_MAX_MB = 300;
const CHUNK = 500;

export const manyTasks = (): Promise<readonly Figure[]> =>
  inFolder(async (folder) => {
    const [few, many] = [join(folder, "few.db"), join(folder, "many.db")];
    const fewMs = await decisions(few, FEW);
    const manyMs = await decisions(many, MANY);
    const ratio = (key: keyof typeof fewMs): number => manyMs[key] / fewMs[key];
    const opening = openElsewhere(many);
    const times = (name: string, value: number): Figure => {
      const promise = `at most ${RATIO_MAX}`;
      return { name, value, unit: "times", promise, kept: value <= RATIO_MAX };
    };
    return [
      {
        name: `ready query and plan, ${FEW} tasks`,
        value: fewMs.plan,
        unit: "ms",
        promise: "",
        kept: null,
      },
      times(`ready query and plan, ${MANY} tasks against ${FEW}`, ratio("plan")),
      { name: `claim, ${FEW} tasks`, value: fewMs.claim, unit: "ms", promise: "", kept: null },
      times(`claim, ${MANY} tasks against ${FEW}`, ratio("claim")),
      below(`open ${MANY} actors`, opening.openMs, { unit: "ms", most: OPEN_MAX_MS }),
      below(`memory after opening ${MANY} actors`, opening.memoryMb, {
        unit: "MB",
        most: MEMORY_MAX_MB,
      }),
    ];
  });

function below(
  name: string,
  value: number,
  { unit, most }: { unit: string; most: number },
): Figure {
  return { name, value, unit, promise: `under ${most}`, kept: value < most };
}

/** Medians of planning and of a claim, with `size` tasks of which all but a few are settled. */
async function decisions(path: string, size: number) {
  const store = openStore(path);
  const setting = { store, clock: systemClock, owner: ownerHere("bench") };
  const host = await Host.open({ ...setting, charts: catalog, handlers: {}, isPassive: true });
  for (const one of ["coordinator", "refinery", "roadmap"]) await host.start(one, {});
  await host.start("agent:worker-01", { id: "worker-01" });
  await fill(host, size);
  const config = loadConfig("/nowhere", {});
  const plan = sample(() => planNext(planViewOf(store.views, config, 0)));
  const claim = await claims(host, store);
  await host.close();
  return { plan, claim };
}

async function fill(host: Host, size: number): Promise<void> {
  for (let from = 0; from < size; from += CHUNK) {
    const tasks = Array.from({ length: Math.min(CHUNK, size - from) }, (_, index) => from + index);
    await Promise.all(
      tasks.map((n) => {
        const status = n < READY ? "pending" : n % 10 === 0 ? "blocked" : "done";
        return host.start(`task:T${n}`, { id: `T${n}`, spec: BARE_SPEC, status, reason: null });
      }),
    );
  }
}

function sample(act: () => unknown): number {
  const taken = Array.from({ length: SAMPLES }, () => {
    const elapsedMs = stopwatch();
    act();
    return elapsedMs();
  });
  return median(taken.slice(SAMPLES / 4));
}

/** The whole of a dispatch's commit: the claim, the assignment and what they project to. */
async function claims(host: Host, store: Store): Promise<number> {
  const taken: number[] = [];
  const claim = { type: "claim", agentId: "worker-01", provider: "command", tier: "low" } as const;
  const estimate = { inputTokens: 0, outputTokens: 0, microUsd: null, price: null };
  for (let n = 0; n < READY; n += 1) {
    const event = { ...claim, runId: `T${n}.1`, rationale: "bench", estimate };
    const body = JSON.stringify({ kind: "event", event });
    const elapsedMs = stopwatch();
    await store.send([{ id: `claim-${n}`, actor: `task:T${n}`, body, cause: null }]);
    await host.send("coordinator", { type: "wake" });
    await host.quiet();
    taken.push(elapsedMs());
  }
  return median(taken.slice(READY / 4));
}

/** In a process of its own, whose memory holds nothing else. */
function openElsewhere(path: string): { readonly openMs: number; readonly memoryMb: number } {
  const program = new URL("./open-database.ts", import.meta.url).pathname;
  return JSON.parse(execFileSync(process.execPath, [program, path], { encoding: "utf8" })) as {
    openMs: number;
    memoryMb: number;
  };
}
