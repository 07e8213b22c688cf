/**
 * Installs the exact versions of the real agent programs into a scratch folder, once: they are too
 * big for dependencies, and only the opt-in test needs them.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The versions that the adapters were made for (docs/providers.md). */
const PROGRAMS = { "@anthropic-ai/claude-code": "2.1.329", "@openai/codex": "0.169.0" } as const;
const SCRATCH = new URL("../../.real-agents", import.meta.url).pathname;
const INSTALL_LIMIT_MS = 15 * 60_000;

export type RealProgram = "claude" | "codex";

/** The folder with the programs' commands. */
export function installPrograms(): string {
  const missing = Object.entries(PROGRAMS).filter(([name, version]) => versionOf(name) !== version);
  if (missing.length > 0) {
    mkdirSync(SCRATCH, { recursive: true });
    writeFileSync(join(SCRATCH, "package.json"), '{ "private": true }\n');
    const wanted = Object.entries(PROGRAMS).map(([name, version]) => `${name}@${version}`);
    execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...wanted], {
      cwd: SCRATCH,
      stdio: ["ignore", "ignore", "inherit"],
      timeout: INSTALL_LIMIT_MS,
    });
  }
  return join(SCRATCH, "node_modules/.bin");
}

export const versions: Readonly<Record<RealProgram, string>> = {
  claude: PROGRAMS["@anthropic-ai/claude-code"],
  codex: PROGRAMS["@openai/codex"],
};

function versionOf(name: string): string | null {
  try {
    const path = join(SCRATCH, "node_modules", name, "package.json");
    return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
  } catch {
    return null; // It is not there yet.
  }
}
