/**
 * What the system shows of its processes: /proc where there is one, otherwise `ps`. It only reads;
 * who belongs to a run is decided in `tree.ts`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** One living process as it was seen. Zombies have ended and are never shown. */
export interface Sighting {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** When it was started, in the system's own words; compared, never calculated with. */
  readonly startTicks: string;
}

const PS_LIMIT_MS = 5_000;
const PS_OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
/** Places in /proc/PID/stat, counted from the word after the command's closing parenthesis. */
const STAT = { state: 0, parent: 1, session: 3, startTicks: 19 } as const;
/** What reading the files of a process says that ended, or that is somebody else's. */
const GONE = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);
const ENDED_STATES = new Set(["Z", "X", "x"]);

const hasProc = existsSync("/proc/self/stat");

/** Tells one start of the machine from the next: start ticks count from there. */
export const bootId: string = hasProc ? readBootId() : "";

/** One process, or null where none lives under this pid. */
export function readProcess(pid: number): Sighting | null {
  return hasProc ? readProcStat(String(pid)) : (readPs(["-p", String(pid)])[0] ?? null);
}

/** Every living process. */
export function readTable(): readonly Sighting[] {
  if (!hasProc) return readPs(["-A"]);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProcStat(pid)).filter((seen) => seen !== null);
}

/** The pids whose environment holds one of these `NAME=value` entries. */
export function bearersOf(entries: readonly string[]): ReadonlySet<number> {
  return hasProc ? bearersInProc(entries) : bearersInPs(entries);
}

function readBootId(): string {
  return readOrNull("/proc/sys/kernel/random/boot_id")?.toString("utf8").trim() ?? "";
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (thrown) {
    // Ended meanwhile, or somebody else's. Not being able to look must never look like an end.
    if (GONE.has((thrown as NodeJS.ErrnoException).code ?? "")) return null;
    throw thrown;
  }
}

function readProcStat(pid: string): Sighting | null {
  const text = readOrNull(`/proc/${pid}/stat`)?.toString("latin1");
  if (text === undefined) return null;
  const words = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (ENDED_STATES.has(words[STAT.state] ?? "Z")) return null;
  return {
    pid: Number(pid),
    parent: Number(words[STAT.parent]),
    session: Number(words[STAT.session]),
    startTicks: words[STAT.startTicks] ?? "",
  };
}

function bearersInProc(entries: readonly string[]): ReadonlySet<number> {
  const needles = entries.map((entry) => Buffer.from(`\0${entry}\0`));
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const bears = (pid: string): boolean => {
    const environment = readOrNull(`/proc/${pid}/environ`);
    if (environment === null || environment.length === 0) return false;
    const framed = Buffer.concat([Buffer.of(0), environment, Buffer.of(0)]);
    return needles.some((needle) => framed.includes(needle));
  };
  return new Set(pids.filter((pid) => bears(pid)).map(Number));
}

function ps(args: readonly string[]): readonly string[] {
  const limits = { timeout: PS_LIMIT_MS, maxBuffer: PS_OUTPUT_BYTES_MAX };
  try {
    return execFileSync("ps", args, { ...limits, encoding: "utf8" }).split("\n");
  } catch (thrown) {
    // `ps -p` fails with 1 where there is no such process.
    if ((thrown as { status?: unknown }).status === 1) return [];
    throw thrown;
  }
}

/** Sessions have no portable name in `ps`; the process group comes nearest. */
export function readPs(which: readonly string[]): readonly Sighting[] {
  const lines = ps([...which, "-o", "pid=,ppid=,pgid=,stat=,lstart="]);
  return lines.flatMap((line) => {
    const [, pid, parent, session, state, startTicks] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (startTicks === undefined || state === undefined || ENDED_STATES.has(state.charAt(0)))
      return [];
    return [{ pid: Number(pid), parent: Number(parent), session: Number(session), startTicks }];
  });
}

/** `ps` shows the environment after the command, parted by spaces. */
export function bearersInPs(entries: readonly string[]): ReadonlySet<number> {
  const flags = process.platform === "darwin" ? "-axEww" : "axeww";
  const lines = ps([flags, "-o", "pid=,command="]);
  const bears = (line: string): boolean =>
    entries.some((entry) => `${line} `.includes(` ${entry} `));
  return new Set(lines.filter((line) => bears(line)).map((line) => Number.parseInt(line, 10)));
}
