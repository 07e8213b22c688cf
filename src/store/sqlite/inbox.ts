/**
 * The inbox: events that were made durable before any actor took them, in order of arrival. The
 * results of effects and events from other processes come this way.
 */
import type { Delivery, Envelope } from "../port.ts";
import type { Connection } from "./database.ts";

export function openInbox(db: Connection) {
  const insert = db.prepare<[Envelope]>(
    `INSERT INTO inbox (id, actor, body, cause) SELECT @id, @actor, @body, @cause
     WHERE NOT EXISTS (SELECT 1 FROM events WHERE event_key = @id)
       AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE id = @id)
     ON CONFLICT (id) DO NOTHING`,
  );
  const remove = db.prepare("DELETE FROM inbox WHERE id = ?");
  const first = db.prepare<[number], Envelope>(
    "SELECT id, actor, body, cause FROM inbox ORDER BY seq LIMIT ?",
  );
  const one = db.prepare<[string], { id: string }>("SELECT id FROM inbox WHERE id = ?");
  const any = db.prepare<[], { seq: number }>("SELECT seq FROM inbox LIMIT 1");
  return {
    /** An event that is known already, whether it waits, was taken or was laid aside, is dropped. */
    add(event: Envelope): void {
      insert.run(event);
    },
    remove(id: string): void {
      remove.run(id);
    },
    deliveries: (limit: number): readonly Delivery[] =>
      first.all(limit).map((event) => ({ from: "inbox", event })),
    isEmpty: (): boolean => any.get() === undefined,
    has: (id: string): boolean => one.get(id) !== undefined,
  };
}
export type Inbox = ReturnType<typeof openInbox>;
