/** `wvo agent explain`: what an adapter makes of a recorded transcript, or of a run of ours. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { REACTIONS } from "../../agents/error-classes.ts";
import { lastWords } from "../../agents/lines.ts";
import { TRANSCRIPTS } from "../../agents/providers.ts";
import { factsOf } from "../../agents/run-verdict.ts";
import type { RunFacts, Verdict } from "../../agents/verdict.ts";
import { isoTime } from "../../clock.ts";
import { FaultError } from "../../fault.ts";
import type { FaultKind } from "../../fault.ts";
import { FILE, readExit, readSpec } from "../../processes/run-folder.ts";
import { command } from "../command.ts";
import { table } from "../output.ts";
import { fromHere } from "../workspace.ts";

interface Options {
  readonly provider: string;
  readonly exit?: string;
  readonly signal?: string;
  readonly stderr?: string;
}

export const explainCommand = () =>
  command<Options>(
    { name: "explain", summary: "what is made of a recorded run", isLocal: true },
    ({ out, args, options }) => {
      const [given = ""] = args;
      const path = existing(given);
      const verdict = explain(path, options);
      const version = versionOf(path);
      const known = version === null ? {} : { version };
      out.result({ ...dataOf(verdict), ...known }, () => render(verdict, version));
    },
  )
    .argument("<transcript>", "what the program wrote to standard output, or a run's folder")
    .requiredOption("--provider <claude|codex>", "the program that wrote it")
    .option("--exit <code>", "the exit code of the program")
    .option("--signal <name>", "the signal that ended it, such as SIGTERM")
    .option("--stderr <file>", "what it wrote to standard error");

/** The program's version, as it was found before the run; a bare transcript comes without it. */
function versionOf(path: string): string | null {
  const version = statSync(path).isDirectory() ? readSpec(path)?.notes?.["version"] : null;
  return typeof version === "string" ? version : null;
}

type Transcriber = keyof typeof TRANSCRIPTS;
const transcribers = Object.keys(TRANSCRIPTS) as readonly Transcriber[];

function explain(path: string, options: Options): Verdict {
  const provider = transcribers.find((each) => each === options.provider);
  if (provider === undefined) throw unknownProvider(options.provider);
  const isRun = statSync(path).isDirectory();
  const facts = isRun ? factsOfRun(path, options) : factsGiven(options);
  const file = isRun ? join(path, FILE.stdout) : path;
  const heard = TRANSCRIPTS[provider](file);
  if (heard.hasSpoken) return heard.judge(facts);
  // A program that refused to begin wrote nothing; another program's words are a mistake.
  const other = transcribers.find((each) => TRANSCRIPTS[each](file).hasSpoken);
  if (other !== undefined) throw wrongProvider(path, provider, other);
  return heard.judge(facts);
}

function factsGiven({ exit, signal, stderr }: Options): RunFacts {
  if (exit !== undefined && signal !== undefined)
    throw usage("--exit and --signal", "both", "one of them: how the program ended");
  return {
    code: exit === undefined ? null : codeOf(exit),
    signal: signal === undefined ? null : signalOf(signal),
    stderr: stderr === undefined ? "" : lastWords(existing(stderr)),
    endedBy: "unknown",
    endedAtMs: null,
    lacksEnd: false,
    before: null,
    wantsSchema: false,
  };
}

/** A run's folder has all of it; what is given besides could only contradict. */
function factsOfRun(folder: string, { exit, signal, stderr }: Options): RunFacts {
  if (exit !== undefined || signal !== undefined || stderr !== undefined)
    throw usage(folder, "--exit, --signal or --stderr with a run's folder", "the folder alone");
  return factsOf(readExit(folder), folder);
}

const CODE_MAX = 255;

function codeOf(text: string): number {
  const code = Number(text);
  if (/^\d{1,3}$/.test(text) && code <= CODE_MAX) return code;
  throw usage("--exit", text, `a number from 0 to ${CODE_MAX}`);
}

function signalOf(text: string): string {
  const name = text.toUpperCase().replace(/^(?:SIG)?/, "SIG");
  if (/^SIG[A-Z][A-Z0-9]{1,9}$/.test(name)) return name;
  throw usage("--signal", text, "the name of a signal, such as SIGTERM");
}

function existing(given: string): string {
  const path = fromHere(given);
  if (existsSync(path)) return path;
  throw fault("notFound", {
    where: path,
    found: "no such file",
    expected: "what an agent program wrote, or the folder of a run",
    next: "runs lie in state/runs/, each in a folder of its own",
  });
}

const unknownProvider = (name: string): FaultError =>
  usage("--provider", name, `one of ${transcribers.join(", ")}`);

const wrongProvider = (path: string, provider: string, other: string): FaultError =>
  fault("invalid", {
    where: path,
    found: `a transcript of ${other}`,
    expected: `one of ${provider}`,
    next: `wvo agent explain --provider ${other} ${path}`,
  });

const usage = (where: string, found: string, expected: string): FaultError =>
  fault("usage", { where, found, expected, next: "wvo agent explain --help" });

type Words = Pick<FaultError["details"], "where" | "found" | "expected" | "next">;
const CODES = { usage: "cli.usage", notFound: "cli.no-file", invalid: "agents.wrong-provider" };

const fault = (kind: FaultKind & keyof typeof CODES, words: Words): FaultError =>
  new FaultError({ code: CODES[kind], kind, ...words });

function dataOf(verdict: Verdict) {
  const { outcome, errorClass, retryAfterMs, resetsAtMs, sessionId, usage: used } = verdict;
  const { denials, findings } = verdict;
  const resetsAt = resetsAtMs;
  return {
    outcome,
    errorClass,
    retryAfterMs,
    resetsAt,
    sessionId,
    usage: used,
    denials,
    findings,
  };
}

function render(verdict: Verdict, version: string | null): string {
  const { outcome, errorClass, detail, usage: used, retryAfterMs, resetsAtMs } = verdict;
  const reaction = errorClass === null ? "its work is looked at" : REACTIONS[errorClass].reaction;
  const rows = [
    ["outcome", errorClass === null ? outcome : `${outcome}: ${errorClass}`],
    ["because", detail],
    ["then", reaction],
    ["retry after", retryAfterMs === null ? "-" : `${retryAfterMs} ms`],
    ["resets at", resetsAtMs === null ? "-" : isoTime(resetsAtMs)],
    ["session", verdict.sessionId ?? "-"],
    ...(version === null ? [] : [["version", version]]),
    ["tokens in", String(used?.inputTokens ?? "-")],
    ["tokens out", String(used?.outputTokens ?? "-")],
    ["cost", typeof used?.costUsd === "number" ? `${used.costUsd} USD` : "-"],
    ...verdict.findings.map(({ source, text }) => ["finding", `${source}: ${text}`]),
  ];
  return table(["WHAT", "VALUE"], rows);
}
