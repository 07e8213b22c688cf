/**
 * One at a time: work on the same thing waits for its turn, in the order in which it was asked for.
 * It holds within this process; other processes are held off by git's own locks.
 *
 * P1 At most one piece of work of a key runs, and a failed one does not hold up the next.
 */
import { FaultError } from "../fault.ts";

/** More than this can't be agents at work; something asks in a loop. */
const WAITING_MAX = 1_000;

const lines = new Map<string, { last: Promise<unknown>; length: number }>();

export async function inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
  const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 };
  if (line.length >= WAITING_MAX) throw tooMany(key);
  const turn = line.last.then(work);
  line.last = turn.catch(() => {});
  line.length += 1;
  lines.set(key, line);
  try {
    return await turn;
  } finally {
    line.length -= 1;
    if (line.length === 0) lines.delete(key);
  }
}

function tooMany(key: string): FaultError {
  return new FaultError({
    code: "git.tooManyWaiting",
    where: key,
    found: `${WAITING_MAX} pieces of work that wait for their turn`,
    expected: "fewer",
    next: "find out who asks so often: wvo status",
    retriable: true,
  });
}
