/** Events that nobody could take and whose sender does not know it: what a person has to look at. */
import type { DeadLetter, StoreReader } from "../store/port.ts";

/** The cause of what a command has put into the inbox. */
export const INBOX_CAUSE = "cli";

/** Looked at for this: the newest ones. */
const LETTERS_LOOKED_AT = 1_000;

/** The newest dead letters. A command that was refused has said so, and is none of them. */
export async function unansweredLetters(
  store: StoreReader,
  limit: number,
): Promise<readonly DeadLetter[]> {
  const letters = await store.deadLetters(LETTERS_LOOKED_AT);
  return letters.filter(({ envelope }) => envelope.cause !== INBOX_CAUSE).slice(0, limit);
}
