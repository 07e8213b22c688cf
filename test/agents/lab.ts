/** Programs that stand in for the real ones: real processes that say what was recorded. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../support/workbench.ts";
import type { Recording } from "./recordings.ts";

export interface StandIn {
  readonly folder: string;
  /** What a provider names as its program. */
  readonly program: readonly string[];
}

const VERSIONS = { claude: "2.1.329 (Claude Code)", codex: "codex-cli 0.169.0" };

/** Shell lines that a program runs; `--version` is answered before them. */
export function standIn(cli: "claude" | "codex", lines: readonly string[]): StandIn {
  const folder = emptyFolder();
  const path = join(folder, cli);
  const version = `[ "$1" = --version ] && echo '${VERSIONS[cli]}' && exit 0`;
  writeFileSync(path, ["#!/bin/sh", version, ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
  mkdirSync(join(folder, "home"));
  return { folder, program: [path] };
}

/** A program that says what was recorded, and ends as it ended. */
export const replaying = ({ meta, path, stderrPath }: Recording): StandIn =>
  standIn(meta.cli, [
    `cat '${path}'`,
    `cat '${stderrPath}' >&2`,
    meta.signal === null ? `exit ${meta.exitCode}` : `kill -s ${meta.signal.slice(3)} $$`,
  ]);
