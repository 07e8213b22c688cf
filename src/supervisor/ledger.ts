/**
 * What one MCP session has open: calls without an answer, and what another worker must be told
 * before it can go on with the session. It only keeps books; lines are moved by `relay.ts`.
 *
 * B1 A call is answered to the client at most once, whoever answers.
 * B2 A call carries the same key however often it is sent, so that it is done once.
 * B3 Progress that a client sees only grows, also after a call was sent again.
 */
import { createHash } from "node:crypto";
import { answeredId, errorText, INVALID_REQUEST, metaOf, paramsOf } from "./envelope.ts";
import { parseEnvelope, UNAVAILABLE, unreadable } from "./envelope.ts";
import type { Envelope, Fields, Id } from "./envelope.ts";

/** Calls of one session that may wait for their answers at a time. */
export const CALLS_MAX = 256;
/** Under this name the key of a call travels; the worker answers a known one from its record. */
export const CALL_KEY = "dev.weathervane/callKey";
const SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId";
const LISTEN = "subscriptions/listen";
const OWN_ID = "wvo:";
const SUBSCRIPTIONS_MAX = 1_024;
/** A longer id of a client goes into its key as a hash. */
const KEY_ID_CHARS_MAX = 64;

export interface Call {
  readonly id: Id;
  readonly text: string;
  readonly method: string;
  readonly progressToken: unknown;
  /** The connection it was sent on, or null while it was not. */
  sentOn: number | null;
  progress: number;
}

/** What follows from a line of the client's. */
export type Taken =
  | { readonly kind: "call"; readonly call: Call }
  | { readonly kind: "pass"; readonly text: string }
  | { readonly kind: "answer"; readonly text: string }
  /** It answers a question of a worker that is gone. */
  | { readonly kind: "drop" };

/** A line that brings a new worker up to date; with an id its answer is awaited. */
export interface Greeting {
  readonly text: string;
  readonly id: string | null;
}

type Request = Extract<Envelope, { kind: "request" }>;
type Notification = Extract<Envelope, { kind: "notification" }>;
type Response = Extract<Envelope, { kind: "response" }>;

export class Ledger {
  readonly #session: string;
  readonly #calls = new Map<Id, Call>();
  /** Ids of our own that a worker still has to answer; the client never sees them. */
  readonly #own = new Set<Id>();
  readonly #subscribed = new Map<string, Fields>();
  readonly #reopened = new Set<Id>();
  #initialize: Fields | null = null;
  #initialized: string | null = null;
  #level: Fields | null = null;

  constructor(session: string) {
    this.#session = session;
  }

  /** True while a call waits for an answer. A stream that only listens waits for none. */
  get isBusy(): boolean {
    // Asked at every line: the first call that is found says it, and no list is made.
    for (const { method } of this.#calls.values()) if (method !== LISTEN) return true;
    return false;
  }

  get open(): readonly Call[] {
    return [...this.#calls.values()];
  }

  /** True while a worker has not answered what was said to bring it up to date. */
  get isGreeting(): boolean {
    return this.#own.size > 0;
  }

  /** `connection` is the one that is open now. */
  fromClient(text: string, connection: number): Taken {
    const envelope = parseEnvelope(text);
    if (envelope.kind === "request") return this.#called(envelope, text);
    if (envelope.kind === "notification") return this.#noted(envelope, text);
    if (envelope.kind === "response") return passAnswer(envelope, connection);
    return { kind: "answer", text: unreadable(envelope) };
  }

  #called({ id, method, body }: Request, text: string): Taken {
    if (this.#calls.has(id)) {
      const why = "a call with this id is under way. Next: give each call an id of its own";
      return { kind: "answer", text: errorText(id, INVALID_REQUEST, why) };
    }
    if (this.#calls.size >= CALLS_MAX) {
      const why = `${CALLS_MAX} calls of this session are under way. Next: await some answers`;
      return { kind: "answer", text: errorText(id, UNAVAILABLE, why) };
    }
    this.#remember(method, body);
    const progressToken = metaOf(body)["progressToken"];
    const keyed = this.#keyed(body, id) ?? text;
    const call: Call = {
      id,
      text: keyed,
      method,
      progressToken,
      sentOn: null,
      progress: -Infinity,
    };
    this.#calls.set(id, call);
    return { kind: "call", call };
  }

  /** The line with the key of the call in it; null where it has that already, or can have none. */
  #keyed(body: Fields, id: Id): string | null {
    const [key, meta] = [this.#keyOf(id), metaOf(body)];
    // The relay before this one has said it: most calls come that way.
    if (meta[CALL_KEY] === key || Array.isArray(body["params"])) return null;
    const params = { ...paramsOf(body), _meta: { ...meta, [CALL_KEY]: key } };
    return JSON.stringify({ ...body, params });
  }

  #keyOf(id: Id): string {
    const name = JSON.stringify(id);
    const isShort = name.length <= KEY_ID_CHARS_MAX;
    const mark = isShort ? name : createHash("sha256").update(name).digest("hex");
    return `${this.#session}:${mark}`;
  }

  /** What a connection is asked once and stays as it is. */
  #remember(method: string, body: Fields): void {
    const { uri } = paramsOf(body);
    if (method === "initialize") this.#initialize = body;
    if (method === "logging/setLevel") this.#level = body;
    if (typeof uri !== "string") return;
    const mayKeep = this.#subscribed.size < SUBSCRIPTIONS_MAX;
    if (method === "resources/subscribe" && mayKeep) this.#subscribed.set(uri, body);
    if (method === "resources/unsubscribe") this.#subscribed.delete(uri);
  }

  #noted({ method, body }: Notification, text: string): Taken {
    if (method === "notifications/initialized") this.#initialized = text;
    const { requestId } = paramsOf(body);
    if (method === "notifications/cancelled") this.#calls.delete(requestId as Id);
    return { kind: "pass", text };
  }

  /** The line as the client is to see it; null where it is not to see it. */
  fromWorker(text: string, connection: number): string | null {
    // Most lines are answers, and the larger part of what a line costs is to read it.
    const answered = answeredId(text);
    if (answered !== null) return this.#answered(answered, text);
    const envelope = parseEnvelope(text);
    if (envelope.kind === "response") return this.#answered(envelope.id, text);
    if (envelope.kind === "notification") return this.#told(envelope) ? text : null;
    // A line that is none is a fault of the worker's, of which the client can make nothing.
    if (envelope.kind === "invalid") return null;
    return JSON.stringify({ ...envelope.body, id: ours(envelope.id, connection) });
  }

  #answered(id: Id, text: string): string | null {
    if (this.#own.delete(id)) return null;
    return this.#calls.delete(id) ? text : null;
  }

  #told({ method, body }: Notification): boolean {
    if (method === "notifications/progress") return this.#progressed(paramsOf(body));
    if (method !== "notifications/subscriptions/acknowledged") return true;
    return !this.#reopened.delete(metaOf(body)[SUBSCRIPTION_ID] as Id);
  }

  #progressed({ progressToken, progress }: Fields): boolean {
    const call = this.open.find((each) => each.progressToken === progressToken);
    if (call === undefined || typeof progress !== "number") return true;
    if (progress <= call.progress) return false;
    call.progress = progress;
    return true;
  }

  /** What a new worker is told before anything else: nothing where the session keeps no state. */
  greeting(connection: number): readonly Greeting[] {
    this.#own.clear();
    const { open } = this;
    const isOpening = open.some(({ method }) => method === "initialize");
    if (this.#initialize === null || isOpening) return [];
    const bodies = [this.#initialize, this.#level, ...this.#subscribed.values()];
    const [initialize, ...others] = bodies
      .filter((body) => body !== null)
      .map((body, index) => {
        const id = `${OWN_ID}${connection}:${index}`;
        return { text: JSON.stringify({ ...body, id }), id };
      });
    const initialized = this.#initialized === null ? [] : [{ text: this.#initialized, id: null }];
    return [...(initialize === undefined ? [] : [initialize]), ...initialized, ...others];
  }

  /** The answer to this is ours and not the client's. */
  expect({ id }: Greeting): void {
    if (id !== null) this.#own.add(id);
  }

  /** Calls that go to a new worker, in the order in which they came. */
  resend(connection: number): readonly string[] {
    return this.open.map((call) => {
      if (call.sentOn !== null && call.method === LISTEN) this.#reopened.add(call.id);
      call.sentOn = connection;
      return call.text;
    });
  }

  /** Gives every open call up, with an answer that says why. */
  giveUp(why: string): readonly string[] {
    const answers = this.open.map(({ id }) => errorText(id, UNAVAILABLE, why));
    this.#calls.clear();
    return answers;
  }
}

/** Two workers may number their questions alike: the client sees whose each is. */
const ours = (id: Id, connection: number): string => `w${connection}:${JSON.stringify(id)}`;

function passAnswer({ id, body }: Response, connection: number): Taken {
  const mark = `w${connection}:`;
  const name = String(id);
  if (!name.startsWith(mark)) return { kind: "drop" };
  try {
    const own = JSON.parse(name.slice(mark.length)) as Id;
    return { kind: "pass", text: JSON.stringify({ ...body, id: own }) };
  } catch {
    return { kind: "drop" };
  }
}
