/** The stub model that Claude Code talks to: Anthropic's Messages API, as a stream. */
import { resolve } from "node:path";
import type { ServerResponse } from "node:http";
import { emit } from "./model-server.ts";
import type { Protocol } from "./model-server.ts";
import { nextStep, OWN_SERVER, wishedCalls, wishedFile } from "./script.ts";
import type { Fault } from "./script.ts";

interface Block {
  readonly type: string;
  readonly text?: string;
}
interface Message {
  readonly role: string;
  readonly content: string | readonly Block[];
}
interface Body {
  readonly model: string;
  readonly system?: unknown;
  readonly messages: readonly Message[];
}

const blocksOf = ({ content }: Message): readonly Block[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : content;
const textOf = (message: Message): string =>
  blocksOf(message)
    .map(({ text }) => text ?? "")
    .join("\n");

/** Where the program works: it says so in what it tells its model, and its tools need whole paths. */
function worktreeOf({ system, messages }: Body): string {
  const told = [JSON.stringify(system ?? ""), ...messages.map(textOf)]
    .join("\n")
    .replaceAll("\\n", "\n");
  return /working directory[^:\n]*:\s*`?([^\s`"]+)/i.exec(told)?.[1] ?? "";
}

export const anthropic: Protocol<Body> = {
  path: /^\/v1\/messages(\?|$)/,
  read: ({ messages }) => {
    const at = messages.findLastIndex((message) => wishedFile(textOf(message)) !== null);
    const prompt = at < 0 ? "" : textOf(messages[at] as Message);
    const blocks = messages.slice(at + 1).flatMap(blocksOf);
    const results = blocks.filter(({ type }) => type === "tool_result");
    return {
      file: wishedFile(prompt),
      calls: wishedCalls(prompt),
      step: results.length,
      heard: JSON.stringify(results.at(-1) ?? null),
    };
  },
  answer: (response, body, asked) => {
    const step = nextStep(asked);
    begin(response, body);
    if (step.kind === "call") writeTool(response, `${OWN_SERVER}__${step.name}`, step.args);
    else if (step.kind === "write") writeTool(response, "Write", fileInput(body, step.file));
    else writeText(response, "It is done.");
    emit(response, "content_block_stop", { index: 0 });
    const delta = {
      stop_reason: step.kind === "end" ? "end_turn" : "tool_use",
      stop_sequence: null,
    };
    emit(response, "message_delta", { delta, usage: { output_tokens: 20 } });
    emit(response, "message_stop", {});
    response.end();
  },
  refuse: (response, fault) => {
    const error = { type: "rate_limit_error", message: "This request would exceed a limit." };
    response.writeHead(429, { "content-type": "application/json", ...limitHeaders(fault) });
    response.end(JSON.stringify({ type: "error", error }));
  },
};

function begin(response: ServerResponse, { model }: Body): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const usage = { input_tokens: 1_000, output_tokens: 1 };
  const message = { id: "msg_stub", type: "message", role: "assistant", model, content: [] };
  emit(response, "message_start", { message: { ...message, stop_reason: null, usage } });
}

const fileInput = (body: Body, file: string): object => ({
  file_path: resolve(worktreeOf(body), file),
  content: `${file}\n`,
});

function writeTool(response: ServerResponse, name: string, input: object): void {
  const block = { type: "tool_use", id: `toolu_${process.hrtime.bigint()}`, name, input: {} };
  emit(response, "content_block_start", { index: 0, content_block: block });
  const delta = { type: "input_json_delta", partial_json: JSON.stringify(input) };
  emit(response, "content_block_delta", { index: 0, delta });
}

function writeText(response: ServerResponse, text: string): void {
  emit(response, "content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  emit(response, "content_block_delta", { index: 0, delta: { type: "text_delta", text } });
}

/** A subscription's window that is used up is told in headers; the program then does not retry. */
function limitHeaders(fault: Fault): Record<string, string> {
  if (fault.kind === "rate_limited") return { "retry-after": String(fault.retryAfterS) };
  const reset = String(Math.ceil(fault.resetsAtMs / 1000));
  const unified = "anthropic-ratelimit-unified";
  return {
    "x-should-retry": "false",
    [`${unified}-status`]: "rejected",
    [`${unified}-representative-claim`]: "five_hour",
    [`${unified}-reset`]: reset,
    [`${unified}-5h-status`]: "rejected",
    [`${unified}-5h-reset`]: reset,
    [`${unified}-5h-utilization`]: "1.0",
    [`${unified}-overage-status`]: "rejected",
    [`${unified}-overage-disabled-reason`]: "org_level_disabled",
  };
}
