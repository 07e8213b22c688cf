/** Timers: absolute due times, so that a restart neither forgets nor restarts a delay (P5). */
import type { Delivery, SpentTimer } from "../port.ts";
import type { Connection } from "./database.ts";

interface TimerRow {
  readonly actor: string;
  readonly name: string;
  readonly set_by: number;
  readonly due: number;
}

export function openTimers(db: Connection) {
  const put = db.prepare(
    `INSERT INTO timers (actor, name, set_by, due) VALUES (?, ?, ?, ?)
     ON CONFLICT (actor, name) DO UPDATE SET set_by = excluded.set_by, due = excluded.due`,
  );
  const remove = db.prepare("DELETE FROM timers WHERE actor = ? AND name = ?");
  const removeSet = db.prepare("DELETE FROM timers WHERE actor = ? AND name = ? AND set_by = ?");
  const due = db.prepare<[number, number], TimerRow>(
    "SELECT * FROM timers WHERE due <= ? ORDER BY due LIMIT ?",
  );
  const next = db.prepare<[], { due: number | null }>("SELECT min(due) AS due FROM timers");
  const ofActor = db.prepare<[string], { name: string; dueMs: number }>(
    "SELECT name, due AS dueMs FROM timers WHERE actor = ? ORDER BY due",
  );
  return {
    set(actor: string, name: string, setting: { setBy: number; dueMs: number }): void {
      put.run(actor, name, setting.setBy, setting.dueMs);
    },
    cancel(actor: string, name: string): void {
      remove.run(actor, name);
    },
    spend({ actor, name, setBy }: SpentTimer): void {
      removeSet.run(actor, name, setBy);
    },
    deliveries: (nowMs: number, limit: number): readonly Delivery[] =>
      due.all(nowMs, limit).map(({ actor, name: timer, set_by: setBy, due: dueMs }) => {
        return { from: "timer", actor, timer, setBy, dueMs };
      }),
    nextDue: (): number | null => next.get()?.due ?? null,
    of: (actor: string) => ofActor.all(actor),
  };
}
export type Timers = ReturnType<typeof openTimers>;
