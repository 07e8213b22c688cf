/** Writes what ran with the real programs into docs/providers.md, where it was asked for. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { isoTime, systemClock } from "../../src/clock.ts";
import { versions } from "./install.ts";

const PAGE = new URL("../../docs/providers.md", import.meta.url).pathname;
const TITLE = "## What ran with the real programs";

/** What was done, and what came of it, in the order in which it was shown. */
export class Recording {
  readonly #rows: string[] = [];

  add(what: string, outcome: string): void {
    this.#rows.push(`| ${what} | ${outcome} |`);
  }

  /** `WVO_RECORD=1 npm run test:real-agents`; else no page is touched. */
  write(): void {
    if (process.env["WVO_RECORD"] !== "1") return;
    const page = readFileSync(PAGE, "utf8");
    const start = page.indexOf(TITLE);
    const before = start < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, start);
    writeFileSync(PAGE, `${before}${this.#section()}`);
  }

  #section(): string {
    const day = isoTime(systemClock.now()).slice(0, "2026-01-01".length);
    return [
      TITLE,
      "",
      "Written by `WVO_RECORD=1 npm run test:real-agents`, which installs the programs into a scratch folder",
      "and gives them stub models on loopback (`test/support/models/`): no account, and nothing is spent.",
      "",
      `Claude Code ${versions.claude}, Codex ${versions.codex}, ${day}, ${cpus().length} cores:`,
      "",
      "| what | what came of it |",
      "|---|---|",
      ...this.#rows,
      "",
    ].join("\n");
  }
}
