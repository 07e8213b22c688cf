/** JSON-RPC envelopes: who asks, who answers, and errors of our own. What is inside is not read. */

export type Id = string | number;
export type Fields = Readonly<Record<string, unknown>>;

export type Envelope =
  | { readonly kind: "request"; readonly id: Id; readonly method: string; readonly body: Fields }
  | { readonly kind: "notification"; readonly method: string; readonly body: Fields }
  | { readonly kind: "response"; readonly id: Id; readonly body: Fields }
  /** Not JSON, or no message of JSON-RPC; `id` where one can be seen. */
  | { readonly kind: "invalid"; readonly code: number; readonly id: Id | null };

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
/** The supervisor's own: nobody is there to answer, or too much is under way. */
export const UNAVAILABLE = -32_000;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is Id =>
  typeof value === "string" || (typeof value === "number" && Number.isFinite(value));

export function parseEnvelope(text: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "invalid", code: PARSE_ERROR, id: null };
  }
  return isObject(value) ? sorted(value) : { kind: "invalid", code: INVALID_REQUEST, id: null };
}

function sorted(body: Fields): Envelope {
  const { jsonrpc, id, method } = body;
  if (jsonrpc !== "2.0") return invalid(id);
  if (typeof method === "string") {
    if (!("id" in body)) return { kind: "notification", method, body };
    return isId(id) ? { kind: "request", id, method, body } : invalid(id);
  }
  const isAnswer = "result" in body || "error" in body;
  return isAnswer && isId(id) ? { kind: "response", id, body } : invalid(id);
}

const invalid = (id: unknown): Envelope => {
  return { kind: "invalid", code: INVALID_REQUEST, id: isId(id) ? id : null };
};

const ANSWER_START = '{"result":';
/** The end of an answer as the SDK writes it. It closes the line, so these are the message's own members. */
const ANSWER_END = /,"jsonrpc":"2\.0","id":(-?(?:0|[1-9]\d{0,14})|"[ !#-[\]-~]{1,128}")\}$/;
const ANSWER_END_CHARS = 160;

/**
 * The id of an answer as the worker's SDK writes it, `{"result":...,"jsonrpc":"2.0","id":7}`, seen
 * without reading what lies between: a worker is trusted to write whole JSON, and no `method` beside a
 * `result`. Null where a line must be read.
 */
export function answeredId(text: string): Id | null {
  if (!text.startsWith(ANSWER_START)) return null;
  const [, id] = ANSWER_END.exec(text.slice(-ANSWER_END_CHARS)) ?? [];
  return id === undefined ? null : (JSON.parse(id) as Id);
}

/** What a message says beside its method; empty where it says nothing. */
export const paramsOf = (body: Fields): Fields => {
  const { params } = body;
  return isObject(params) ? params : {};
};

export const metaOf = (body: Fields): Fields => {
  const { _meta: meta } = paramsOf(body);
  return isObject(meta) ? meta : {};
};

export const errorText = (id: Id | null, code: number, message: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });

/** The message where the other side could not be read. */
export const unreadable = ({ id, code }: Extract<Envelope, { kind: "invalid" }>): string =>
  errorText(
    id,
    code,
    code === PARSE_ERROR
      ? "this line is not JSON. Next: send one JSON-RPC message a line, in UTF-8"
      : 'this is no JSON-RPC message. Next: send {"jsonrpc":"2.0","id":...,"method":...}, no batches',
  );

const ID = '("(?:[^"\\\\]|\\\\.){0,128}"|-?\\d{1,17})';
const ID_FIRST = new RegExp(
  `^\\s*\\{\\s*(?:"jsonrpc"\\s*:\\s*"2\\.0"\\s*,\\s*)?"id"\\s*:\\s*${ID}`,
);
const ID_LAST = new RegExp(`"id"\\s*:\\s*${ID}\\s*(?:,\\s*"jsonrpc"\\s*:\\s*"2\\.0"\\s*)?\\}\\s*$`);

/** The error for a line that was too long to be read; its id is looked for where ids stand. */
export function tooLong({ head, tail }: { readonly head: string; readonly tail: string }): string {
  const id = ID_FIRST.exec(head)?.[1] ?? ID_LAST.exec(tail)?.[1] ?? "null";
  const message =
    "a message over 1 MB is not taken. Next: put the text into a file of the worktree and pass its path";
  return errorText(JSON.parse(id) as Id | null, INVALID_REQUEST, message);
}
