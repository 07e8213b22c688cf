/**
 * The crash matrix: each crash is a real death of a real process on a real file, taken up by another
 * process that goes on to the end.
 *
 * M1 A process that dies does nothing else, so every crash has a process of its own.
 * M2 Where an effect was started, and where the taking up is killed too, a new process takes it up.
 *    Crashes around a commit without effects are taken up by the process of the test: it is not the
 *    one that died, knows nothing of it, and saves half a minute.
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Breakage } from "./breakages.ts";
import { judge } from "./judging.ts";
import type { Remains } from "./judging.ts";
import type { Kill } from "./killing.ts";
import { live } from "./life.ts";
import type { Death } from "./death.ts";
import { startsPath } from "./birth.ts";
import type { Birth } from "./birth.ts";
import type { CrashPath, CrashPoint } from "./points.ts";
import { linesOf, World } from "./world.ts";

/** Lives at a time. */
const AT_ONCE = 2;
/** A life takes a fifth of a second; on a starved machine it gets this. */
const LIFE_MAX_MS = 60_000;
const CHILD = join(import.meta.dirname, "child.ts");

export interface MatrixSetting {
  /** Where everything is put; whoever gives it removes it. */
  readonly folder: string;
  readonly charts: Birth["charts"];
  /** Deaths of the processes that take up the first crash, one after the other. */
  readonly kills?: readonly Kill[];
  readonly breakage?: Breakage;
  /** What is wrong with a life that had a crash, given the one that had none. */
  readonly judge?: typeof judge;
}

export interface Matrix {
  /** Crashes that happened, each the first of its life. */
  readonly crashes: number;
  /** Crashes while taking up an earlier one. */
  readonly more: number;
  readonly problems: readonly string[];
}

/** Puts a chart through the crashes, each against the same life without a crash. */
export async function runMatrix(
  points: readonly CrashPoint[],
  setting: MatrixSetting,
): Promise<Matrix> {
  const wholes = new Map<CrashPath, Promise<Remains>>();
  const outcomes = await pooled(points.entries(), async ([index, point]) => {
    const { path } = point;
    const birth = { charts: setting.charts, script: path.script, plans: path.plans };
    const whole =
      wholes.get(path) ?? liveWhole({ ...birth, ...folderOf(setting, `whole-${index}`) });
    wholes.set(path, whole);
    const crash = { ...birth, ...folderOf(setting, `crash-${index}`) };
    return crashAt(point, { birth: crash, setting, whole });
  });
  return {
    crashes: outcomes.filter(({ deaths }) => deaths > 0).length,
    more: outcomes.reduce((sum, { deaths }) => sum + Math.max(0, deaths - 1), 0),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

type Unkilled = Omit<Birth, "kill" | "breakage">;

function folderOf({ folder: root }: MatrixSetting, name: string): { readonly folder: string } {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  return { folder };
}

/** The life that a crash is judged by; it can be lived here. */
const liveWhole = async (birth: Unkilled): Promise<Remains> =>
  remainsOf(birth, await live({ ...birth, kill: null, breakage: null }));

interface Crash {
  readonly birth: Unkilled;
  readonly setting: MatrixSetting;
  readonly whole: Promise<Remains>;
}

async function crashAt(point: CrashPoint, { birth, setting, whole }: Crash) {
  const { breakage = null, kills = [], judge: judged = judge } = setting;
  const { at, which } = point.kill;
  const where = `${point.path.transition}, crash ${at} of ${which}`;
  let deaths = 0;
  try {
    for (const kill of [point.kill, ...kills, null]) {
      const isHere = kill === null && point.effect === null && kills.length === 0;
      const next = { ...birth, kill, breakage };
      const death = isHere ? await live(next) : await lifeOf(next);
      if (death === "killed") {
        deaths += 1;
        continue;
      }
      if (deaths === 0) return { deaths, problems: [`${where}: it was never come to`] };
      const problems = judged(remainsOf(birth, death), await whole);
      return { deaths, problems: problems.map((each) => `${where}: ${each}`) };
    }
    throw new Error("it was killed without being told to");
  } catch (thrown) {
    return { deaths, problems: [`${where}: ${String(thrown)}`] };
  }
}

const remainsOf = ({ folder }: Unkilled, death: Death): Remains => ({
  death,
  acts: new World(folder).acts,
  starts: linesOf(startsPath(folder)),
});

/** Lives one life in a new process, to its end or to its kill. */
function lifeOf(birth: Birth): Promise<Death | "killed"> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(birth.folder, "..", "compiled") };
  const options = { env, timeout: LIFE_MAX_MS, killSignal: "SIGTERM" } as const;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CHILD, JSON.stringify(birth)], options, (fault, stdout, stderr) => {
      if (fault === null) resolve(JSON.parse(stdout) as Death);
      else if (fault.signal === "SIGKILL") resolve("killed");
      else reject(new Error(`${fault.signal ?? fault.code}: ${stderr.trim().slice(0, 2_000)}`));
    });
  });
}

/** Does a few at a time, in order. */
async function pooled<Item, Result>(
  items: IterableIterator<Item>,
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const worker = async (): Promise<void> => {
    for (const item of items) results.push(await act(item));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
