/**
 * What shows that a program goes on. Of most programs any output does; of one that tells events, a
 * new event alone: half a line, noise on standard error, or the same keep-alive over and over come
 * also from a program that hangs.
 */
import { LineSplitter } from "./lines.ts";
import type { RunSpec } from "./run-spec.ts";

export type Stream = "stdout" | "stderr";
/** True where these bytes of a stream show that the program goes on. */
export type LifeSigns = (stream: Stream, bytes: Uint8Array) => boolean;

/** A longer line is a tool's result; nobody repeats that to stay awake, so it is not looked into. */
const LOOKED_INTO_BYTES_MAX = 64 * 1024;
/** Differs in every line of Claude Code, whatever the line says. */
const LINE_ID = /"uuid":"[^"]*"/;

export function lifeSigns({ signs = "output" }: Pick<RunSpec, "signs">): LifeSigns {
  if (signs === "output") return () => true;
  const splitter = new LineSplitter(LOOKED_INTO_BYTES_MAX);
  let last = "";
  const isNews = (line: string): boolean => {
    const told = line.replace(LINE_ID, "");
    const isSame = told === last;
    last = told;
    return !isSame && isEvent(line);
  };
  return (stream, bytes) => {
    if (stream === "stderr") return false;
    const longBefore = splitter.dropped;
    const news = splitter.push(bytes).filter((line) => isNews(line));
    return news.length > 0 || splitter.dropped > longBefore;
  };
}

/** Also one that no adapter knows: programs learn new events with every version. */
function isEvent(line: string): boolean {
  if (!line.startsWith("{")) return false;
  try {
    const { type } = JSON.parse(line) as { readonly type?: unknown };
    return typeof type === "string";
  } catch {
    return false; // a line that only begins like an event
  }
}
