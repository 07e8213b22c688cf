/**
 * How a short command changes something: in the worker that it runs in, as the owner of the database
 * for a moment, or, while a running `wvo run` owns it, by an event in its inbox. Either way the
 * answer is the chart's.
 */
import { INBOX_CAUSE } from "../app/unanswered.ts";
import { join } from "node:path";
import { catalog } from "../catalog/catalog.ts";
import { pause, stopwatch, systemClock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import { refuse } from "../host/answer.ts";
import type { Answer } from "../host/answer.ts";
import { Host } from "../host/host.ts";
import type { HostSetting } from "../host/host.ts";
import { ownerHere } from "../host/owner.ts";
import type { Happening } from "../host/record.ts";
import { ignoreState } from "../app/state-root.ts";
import { standUp } from "../app/roadmap-import.ts";
import type { Speaker } from "../app/roadmap-import.ts";
import type { Fate, Store } from "../store/port.ts";
import { openStore } from "../store/sqlite/store.ts";
import { terminal } from "./terminal.ts";

/** An owner takes an event from its inbox within milliseconds; one that is stuck is told of. */
const ANSWER_LIMIT_MS = 20_000;
const ANSWER_POLL_MS = 20;

export const databasePath = (config: Config): string => join(config.state_root, "orchestrator.db");

/**
 * Calls `act` with a way to speak to the actors, and closes it afterwards. Where nobody else owns the
 * database, the effects that `handlersFor` names are carried out here, and no others.
 */
export async function speaking<Result>(
  config: Config,
  act: (speaker: Speaker, store: Store) => Promise<Result>,
  handlersFor: (store: Store) => NonNullable<HostSetting["passiveHandlers"]> = () => ({}),
): Promise<Result> {
  const { engine } = terminal();
  if (engine !== null) return act(engine.app.host, engine.app.store);
  const store = openStore(databasePath(config));
  ignoreState(config);
  const owner = await store.owner();
  if (owner?.alive === true) {
    try {
      return await act(byInbox(store), store);
    } finally {
      await store.close();
    }
  }
  const passiveHandlers = handlersFor(store);
  const parts = { store, clock: systemClock, charts: catalog, handlers: {}, passiveHandlers };
  const host = await Host.open({ ...parts, isPassive: true, owner: ownerHere("wvo") });
  try {
    await standUp(host);
    const result = await act(host, store);
    await host.quiet();
    return result;
  } finally {
    await host.close();
  }
}

function byInbox(store: Store): Speaker {
  const deliver = async (actor: string, happening: Happening): Promise<Answer> => {
    const id = `cli:${systemClock.newId()}`;
    await store.send([{ id, actor, body: JSON.stringify(happening), cause: INBOX_CAUSE }]);
    return awaitFate(store, id, actor);
  };
  return {
    start: (actor, input) => deliver(actor, { kind: "start", input }),
    send: (actor, event) => {
      const parse = catalog.find(({ name }) => actor.startsWith(`${name}:`) || actor === name);
      return deliver(actor, { kind: "event", event: parse?.parseEvent?.(event) ?? event });
    },
  };
}

/** Taken between two looks of one question it seems unknown; what is gone is in the journal by now. */
async function fateOf(store: Store, id: string): Promise<Fate> {
  const fate = await store.fate(id);
  return fate.kind === "unknown" ? store.fate(id) : fate;
}

async function awaitFate(store: Store, id: string, actor: string): Promise<Answer> {
  const waitedMs = stopwatch();
  while (waitedMs() < ANSWER_LIMIT_MS) {
    const fate = await fateOf(store, id);
    if (fate.kind === "taken") {
      const { version, toState: state } = fate;
      return { ok: true, actor, version, state, repeated: false };
    }
    if (fate.kind === "dead") {
      const code = fate.why === "unknown-actor" ? "unknown-actor" : "not-accepted";
      return refuse(actor, code, {
        refusal: fate.detail,
        hint: "wvo task show says where it stands",
      });
    }
    // Sent and gone without a row: it was taken and changed nothing.
    if (fate.kind === "unknown") return { ok: true, actor, version: 0, state: "", repeated: false };
    await pause(ANSWER_POLL_MS);
  }
  const owner = await store.owner();
  throw new FaultError({
    code: "cli.no-answer",
    where: `${owner?.name ?? "the owner"} (pid ${owner?.process.pid ?? "unknown"})`,
    found: `no answer within ${ANSWER_LIMIT_MS / 1_000} s; the event waits in its inbox`,
    expected: "an answer",
    next: "look at its output; when it goes on, the event is taken",
    retriable: true,
  });
}

/** Turns a refusal into the fault that gives the right exit code. */
export function insist(answer: Answer): Extract<Answer, { readonly ok: true }> {
  if (answer.ok) return answer;
  throw new FaultError({
    code: `host.${answer.code}`,
    kind: KINDS[answer.code] ?? "failed",
    where: answer.actor,
    found: answer.refusal,
    expected: answer.accepts.length > 0 ? `one of ${answer.accepts.join(", ")}` : "another state",
    next: answer.hint,
  });
}

const KINDS = {
  "not-accepted": "notAccepted",
  exists: "notAccepted",
  "unknown-actor": "notFound",
  invalid: "invalid",
  "mailbox-full": "failed",
  poison: "failed",
  stale: "failed",
  closed: "failed",
} as const;
