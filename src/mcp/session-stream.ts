/** The rest of a connection, after its first line, as the stream of bytes that the SDK reads. */
import { Readable } from "node:stream";
import type { Lines } from "../supervisor/lines.ts";

/** Nothing more comes once `isOver` says so: whoever is next is asked again. */
export function sessionStream(lines: Lines, isOver: () => boolean = () => false): Readable {
  return Readable.from(texts(lines, isOver), { objectMode: false });
}

/** The supervisor has answered lines that are too long: none comes this far. */
async function* texts(lines: Lines, isOver: () => boolean): AsyncGenerator<Buffer> {
  for await (const line of lines) {
    if (line.kind === "line" && !isOver()) yield Buffer.from(`${line.text}\n`);
  }
}
