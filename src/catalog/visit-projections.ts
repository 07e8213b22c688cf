/** What people see of visitors, of messages between agents and of what agents wrote down. */
import type { EntryContext } from "../../machines/context.ts";
import type { MessageContext } from "../../machines/message.ts";
import type { VisitorContext } from "../../machines/visitor-setup.ts";
import type { Projected } from "../host/charts.ts";
import { stateText } from "../host/record.ts";
import type { ViewSlice } from "../store/views/tables.ts";
import type { MessageRow, VisitorRow } from "../store/views/visit-tables.ts";

export function projectVisitor({ record }: Projected): readonly ViewSlice[] {
  const { id, work, leaseUntilMs, note, reason } = record.context as VisitorContext;
  const row: VisitorRow = {
    name: id,
    status: stateText(record.value),
    task_id: work?.taskId ?? null,
    run_id: work?.runId ?? null,
    lease_until: leaseUntilMs,
    note,
    reason,
  };
  return [{ table: "visitors", owner: id, rows: [row] }];
}

export function projectMessage({ record }: Projected): readonly ViewSlice[] {
  const context = record.context as MessageContext;
  const { id, to, topic, payload, sender, claims, holder, error } = context;
  const row: MessageRow = {
    id,
    status: stateText(record.value) as MessageRow["status"],
    recipient: to,
    topic,
    payload,
    sender,
    sent_at: context.sentAtMs,
    claims,
    holder,
    lease_until: context.leaseUntilMs,
    error,
  };
  return [{ table: "messages", owner: id, rows: [row] }];
}

/** As many hexadecimal digits as a number holds without rounding. */
const NUMBER_DIGITS = 13;
/** The digits of an id: `c` and a hash, in hexadecimal. */
const numberOf = (id: string): number => Number.parseInt(id.slice(1, 1 + NUMBER_DIGITS), 16);

export function projectEntry({ record }: Projected): readonly ViewSlice[] {
  const { id, kind, topic, text, relatedTasks, confidence, author, supersededBy, atMs } =
    record.context as EntryContext;
  const row = {
    number: numberOf(id),
    id,
    kind,
    topic,
    content: text,
    related_tasks: JSON.stringify(relatedTasks),
    confidence,
    author,
    superseded_by: supersededBy,
    at: atMs,
  };
  return [{ table: "context_entries", owner: id, rows: [row] }];
}
