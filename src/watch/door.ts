/** Who may read: whoever has the token, from this machine, and not by way of somebody's website. */
import type { IncomingMessage } from "node:http";
import { isToken } from "./token.ts";

export const FRAMES_PATH = "/frames";

/** A request that is let in may name the row to begin after. */
export type Admission =
  | { readonly ok: true; readonly after: number | null }
  | { readonly ok: false; readonly status: number; readonly reason: string };

export interface Door {
  readonly token: string;
  /** The page that may read from a browser; null where no page may. */
  readonly origin: string | null;
}

/** Judges a request for frames. */
export function admit({ url, headers }: IncomingMessage, { token, origin }: Door): Admission {
  const address = URL.parse(url ?? "/", "http://127.0.0.1");
  if (address?.pathname !== FRAMES_PATH) return refuse(404, `frames are at ${FRAMES_PATH}`);
  // A browser always says where a page comes from; programs say nothing.
  if (headers.origin !== undefined && headers.origin !== origin) {
    return refuse(403, `pages of ${headers.origin.slice(0, SHOWN_MAX)} may not read here`);
  }
  const { searchParams } = address;
  const given = searchParams.get("token") ?? bearerOf(headers.authorization);
  if (!isToken(given, token)) {
    const how = "as ?token=TOKEN or as Authorization: Bearer TOKEN";
    return refuse(
      401,
      `${given === null ? "the token is missing" : "wrong token"}; send it ${how}`,
    );
  }
  const after = searchParams.get("after");
  if (after === null) return { ok: true, after };
  if (!/^\d{1,15}$/.test(after)) return refuse(400, "after must be the number of a journal row");
  return { ok: true, after: Number(after) };
}
const SHOWN_MAX = 200;

const refuse = (status: number, reason: string): Admission => ({ ok: false, status, reason });

const bearerOf = (header = ""): string | null => /^Bearer (.+)$/i.exec(header)?.[1] ?? null;
