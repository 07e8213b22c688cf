/**
 * The token that lets a reader in: random, in a file for the user's eyes only, gone with its
 * server.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const TOKEN_BYTES = 32;

export const makeToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

/** Writes the token beside the file and moves it there, so that nobody else ever opens it. */
export function writeToken(path: string, token: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  // With `wx` a file or link that is there already is never written to.
  writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: "wx" });
  renameSync(draft, path);
}

/** Takes as long for a wrong token as for a right one, whatever its length. */
export function isToken(given: string | null, token: string): boolean {
  return timingSafeEqual(digestOf(given ?? ""), digestOf(token));
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();
