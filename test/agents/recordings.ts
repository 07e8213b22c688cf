/** The recorded runs of the real programs: what they wrote, and what an adapter should make of it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { claudeAdapter } from "../../src/agents/claude/adapter.ts";
import { codexAdapter } from "../../src/agents/codex/adapter.ts";
import { TranscriptReader } from "../../src/agents/transcript.ts";
import type { Adapter } from "../../src/agents/transcript.ts";
import type { RunFacts, Verdict } from "../../src/agents/verdict.ts";

const FOLDER = new URL("../fixtures/agent-cli/", import.meta.url).pathname;

const metaSchema = z.object({
  cli: z.enum(["claude", "codex"]),
  argv: z.array(z.string()),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  killed: z.object({ signal: z.string(), why: z.string() }).nullable(),
  expect: z.object({
    outcome: z.string(),
    errorClass: z.string().nullable().default(null),
    permissionDenials: z.number().optional(),
    mcpDenied: z.number().optional(),
    mcpFailed: z.array(z.string()).optional(),
    structured: z.boolean().optional(),
  }),
});

export interface Recording {
  readonly name: string;
  readonly path: string;
  readonly stderrPath: string;
  readonly stdout: Buffer;
  readonly meta: z.output<typeof metaSchema>;
  readonly facts: RunFacts;
}

export const recordings: readonly Recording[] = readdirSync(FOLDER).map((name) => {
  const file = (each: string): string => join(FOLDER, name, each);
  const meta = metaSchema.parse(JSON.parse(readFileSync(file("meta.json"), "utf8")));
  const lines = file("stdout.jsonl");
  const path = existsSync(lines) ? lines : file("stdout.json");
  const stderrPath = file("stderr.txt");
  const facts: RunFacts = {
    code: meta.exitCode,
    signal: meta.signal,
    stderr: readFileSync(stderrPath, "utf8"),
    endedBy: meta.killed?.why === "runner cap" ? "wallLimit" : "itself",
    endedAtMs: null,
    lacksEnd: false,
    before: null,
    wantsSchema: meta.argv.includes("--output-schema"),
  };
  return { name, path, stderrPath, stdout: readFileSync(path), meta, facts };
});

export function recording(name: string): Recording {
  const found = recordings.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no recording ${name}`);
  return found;
}

/** What the adapter makes of these bytes, given in these pieces. */
export function verdictOn(
  { meta, facts }: Recording,
  pieces: readonly Uint8Array[],
  change: Partial<RunFacts> = {},
): Verdict {
  const all = { ...facts, ...change };
  return meta.cli === "claude"
    ? verdictBy(claudeAdapter, pieces, all)
    : verdictBy(codexAdapter, pieces, all);
}

function verdictBy<T>(adapter: Adapter<T>, pieces: readonly Uint8Array[], facts: RunFacts) {
  const reader = new TranscriptReader(adapter);
  for (const piece of pieces) reader.push(piece);
  return adapter.judge(reader.end(), facts);
}
