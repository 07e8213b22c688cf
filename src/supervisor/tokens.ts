/**
 * Who a client over HTTP is: one token for each role, in files that only their owner reads. They
 * stay the same over restarts, since clients have them in their configuration.
 */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isToken, makeToken, writeToken } from "../watch/token.ts";
import type { Role } from "./hello.ts";
import { ROLES } from "./hello.ts";

export type Tokens = ReadonlyMap<Role, string>;

export const tokenFile = (folder: string, role: Role | "ROLE"): string =>
  join(folder, `http-${role}.token`);

/** Reads the tokens, and makes those that are not there or that others could have read. */
export function openTokens(folder: string): Tokens {
  return new Map(ROLES.map((role) => [role, tokenIn(tokenFile(folder, role))]));
}

function tokenIn(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const isOwn = found?.isFile() === true && (found.mode & 0o077) === 0;
  const kept = isOwn ? readFileSync(path, "utf8").trim() : "";
  if (kept.length >= TOKEN_CHARS_MIN) return kept;
  const token = makeToken();
  writeToken(path, token);
  return token;
}
/** A shorter one was not made here, or was cut off. */
const TOKEN_CHARS_MIN = 32;

/** The role of whoever shows this header; null where the token is nobody's. */
export function roleOf(authorization: string | undefined, tokens: Tokens): Role | null {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1] ?? null;
  // All are compared, so that the time taken says nothing.
  const roles = [...tokens].filter(([, token]) => isToken(given, token)).map(([role]) => role);
  return roles[0] ?? null;
}
