/**
 * What an agent program prints, line by line, for people who look in on it. What its run came to is
 * judged elsewhere, and from all of it.
 */
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { tellClaude } from "./claude/telling.ts";
import { tellCodex } from "./codex/telling.ts";
import { jsonOf } from "./lines.ts";

/** One thing that an agent said or did. */
export interface Told {
  readonly kind: "text" | "tool" | "file" | "note" | "trouble";
  readonly text: string;
}

const ours = z.object({
  wvo: z.string(),
  text: z.string().optional(),
  reason: z.string().optional(),
  bytes: z.number().optional(),
});

/** A program that prints a line without an end is not to fill a screen with it. */
const CHARS_MAX = 10_000;
/** Of control characters only these are let through: output is no command to a terminal. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

/**
 * What one line of output tells. Of a program that tells events, nothing where the event tells people
 * nothing; of any other, the line itself.
 */
export function tell(line: string, isEvent: boolean): readonly Told[] {
  const json = jsonOf(line);
  const told = tellOurs(json) ?? (isEvent ? tellEvent(line, json) : plain(line));
  return told.map(({ kind, text }) => ({
    kind,
    text: stripVTControlCharacters(text).replaceAll(CONTROLS, "").slice(0, CHARS_MAX),
  }));
}

const tellEvent = (line: string, json: unknown): readonly Told[] =>
  tellClaude(json) ?? tellCodex(json) ?? (line.startsWith("{") ? [] : plain(line));

const plain = (line: string): readonly Told[] =>
  line === "" ? [] : [{ kind: "text", text: line }];

/** The lines of docs/command-agent.md, and the one that stands for what was dropped. */
function tellOurs(json: unknown): readonly Told[] | null {
  const parsed = ours.safeParse(json);
  if (!parsed.success) return null;
  const { wvo, text, reason, bytes } = parsed.data;
  switch (wvo) {
    case "progress":
      return [{ kind: "text", text: text ?? "" }];
    case "limit":
      return [{ kind: "trouble", text: `limited: ${reason ?? "its account"}` }];
    case "dropped":
      return [{ kind: "note", text: `${bytes ?? 0} bytes were not kept` }];
    default:
      return [];
  }
}
