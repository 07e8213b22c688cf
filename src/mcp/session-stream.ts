/** The rest of a connection, after its first line, as the stream of bytes that the SDK reads. */
import { Readable } from "node:stream";
import type { Lines } from "../supervisor/lines.ts";

export function sessionStream(lines: Lines): Readable {
  return Readable.from(texts(lines), { objectMode: false });
}

/** The supervisor has answered lines that are too long: none comes this far. */
async function* texts(lines: Lines): AsyncGenerator<Buffer> {
  for await (const line of lines) if (line.kind === "line") yield Buffer.from(`${line.text}\n`);
}
