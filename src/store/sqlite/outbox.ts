/**
 * The outbox: effects that a committed step asked for and that have not reported yet. A claim is
 * the right to carry one out; its token grows with every claim, so an old holder is recognised.
 */
import { LeaseLost } from "../port.ts";
import type { Claim, ClaimRequest, NewEffect } from "../port.ts";
import type { Connection } from "./database.ts";

interface EffectRow {
  readonly id: string;
  readonly actor: string;
  readonly kind: string;
  readonly body: string;
  readonly token: number;
  readonly attempt: number;
  readonly worker: string | null;
  readonly until: number | null;
}

export function openOutbox(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO outbox (id, actor, kind, body, token, attempt, worker, until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare("DELETE FROM outbox WHERE id = ?");
  const removeHeld = db.prepare("DELETE FROM outbox WHERE id = ? AND token = ?");
  const extend = db.prepare("UPDATE outbox SET until = ? WHERE id = ? AND token = ?");
  const free = db.prepare<[string, number, number], EffectRow>(
    `SELECT * FROM outbox
     WHERE kind IN (SELECT value FROM json_each(?)) AND (until IS NULL OR until <= ?)
     ORDER BY rowid LIMIT ?`,
  );
  const take = db.prepare(
    "UPDATE outbox SET token = ?, attempt = ?, worker = ?, until = ? WHERE id = ?",
  );
  const lapse = db.prepare("UPDATE outbox SET until = 0 WHERE until IS NOT NULL");
  return {
    add(actor: string, { id, kind, body, claimFor }: NewEffect, nowMs: number): void {
      if (claimFor === null) insert.run(id, actor, kind, body, 0, 0, null, null);
      else insert.run(id, actor, kind, body, 1, 1, claimFor.worker, nowMs + claimFor.leaseMs);
    },
    cancel(id: string): void {
      remove.run(id);
    },
    /** Whoever held a claim in an earlier term holds it no more. */
    lapseAll(): void {
      lapse.run();
    },
    claim({ worker, kinds, limit, leaseMs }: ClaimRequest, nowMs: number): readonly Claim[] {
      const untilMs = nowMs + leaseMs;
      return free.all(JSON.stringify(kinds), nowMs, limit).map((row) => {
        const [token, attempt] = [row.token + 1, row.attempt + 1];
        take.run(token, attempt, worker, untilMs, row.id);
        const { id: effect, actor, kind, body } = row;
        return { effect, actor, kind, body, token, attempt, untilMs };
      });
    },
    beat({ effect, token }: Claim, untilMs: number): void {
      if (extend.run(untilMs, effect, token).changes === 0) throw lost(effect);
    },
    finish({ effect, token }: Claim): void {
      if (removeHeld.run(effect, token).changes === 0) throw lost(effect);
    },
  };
}
export type Outbox = ReturnType<typeof openOutbox>;

const lost = (effect: string): LeaseLost =>
  new LeaseLost(`the claim on ${effect} is not the newest, or the effect was cancelled`);
