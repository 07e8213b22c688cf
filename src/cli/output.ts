/**
 * How results reach people and programs: results on standard output, progress on standard error,
 * colour where a terminal wants it. What is said is the commands' business.
 */
import { styleText } from "node:util";
import { FaultError } from "../fault.ts";
import { terminal } from "./terminal.ts";

type Style = Parameters<typeof styleText>[0];

/** Where a command writes; `json` is the form for programs. */
export interface Output {
  readonly json: boolean;
  /** The result: one value as JSON, or text for people. */
  result(value: unknown, text: () => string): void;
  /** A text that must arrive byte for byte, or its JSON form. */
  raw(value: unknown, text: string): void;
  /** One element of a stream: a line of NDJSON, or a line of text. */
  line(value: unknown, text: () => string): void;
  /** What goes on meanwhile, for people. */
  progress(text: string): void;
  paint(style: Style, text: string): string;
}

export function openOutput(json: boolean): Output {
  const { out, err, styles } = terminal();
  const paint = (style: Style, text: string): string => styleText(style, text, styles.out);
  const print = (text: string): void => out(`${text}\n`);
  return {
    json,
    result: (value, text) => print(json ? JSON.stringify(value, null, 2) : text()),
    raw: (value, text) => out(json ? `${JSON.stringify(value)}\n` : text),
    line: (value, text) => print(json ? JSON.stringify(value) : text()),
    progress: (text) => err(`${text}\n`),
    paint,
  };
}

/** Tells a fault on standard error, as text or as JSON. */
export function tellFault(thrown: unknown, json: boolean): void {
  const text = thrown instanceof FaultError ? faultText(thrown) : bugText(thrown);
  const { code, details } = thrown instanceof FaultError ? thrown : BUG;
  const extra =
    thrown instanceof Error && "problems" in thrown ? { problems: thrown.problems } : {};
  const { where, found, expected, next } = details;
  const data = { error: { code, where, found, expected, next, ...extra } };
  terminal().err(`${json ? JSON.stringify(data) : text}\n`);
}

function faultText({ details: { where, found, expected, next } }: FaultError): string {
  const label = styleText("red", "wvo:", terminal().styles.err);
  return `${label} ${where}\n  found     ${found}\n  expected  ${expected}\n  next      ${next}`;
}

const BUG = {
  code: "bug",
  details: {
    where: "WeatherVane",
    found: "a bug",
    expected: "none",
    next: "report it with the text",
  },
};

const bugText = (thrown: unknown): string => {
  const trace = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return `wvo: this is a bug of WeatherVane; nothing that was promised is lost.\n${trace}`;
};

/** A table with aligned columns; the last column takes what is left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}
