/** The stub model that Codex talks to: OpenAI's Responses API, as a stream. */
import type { Protocol } from "./model-server.ts";
import { emit } from "./model-server.ts";
import { wishedFile } from "./script.ts";

interface Item {
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | readonly { readonly text?: string }[];
}
interface Body {
  readonly model: string;
  readonly input: readonly Item[];
  readonly tools?: readonly { readonly name?: string; readonly type: string }[];
}

const textOf = ({ content = "" }: Item): string =>
  typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("\n");

/** The tool for commands has another name, and another shape, from model to model. */
function commandCall({ tools = [] }: Body, command: string): object {
  const names = new Set(tools.map(({ name, type }) => name ?? type));
  const call = (name: string, input: object) => ({
    type: "function_call",
    id: `fc_${process.hrtime.bigint()}`,
    call_id: `call_${process.hrtime.bigint()}`,
    name,
    arguments: JSON.stringify(input),
    status: "completed",
  });
  if (names.has("shell_command")) return call("shell_command", { command });
  if (names.has("shell")) return call("shell", { command: ["bash", "-c", command] });
  return call("exec_command", { cmd: command });
}

const message = (text: string) => ({
  type: "message",
  id: "msg_stub",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});

export const openai: Protocol<Body> = {
  path: /\/responses$/,
  read: ({ input }) => {
    const at = input.findLastIndex(
      (item) => item.role === "user" && wishedFile(textOf(item)) !== null,
    );
    return {
      file: at < 0 ? null : wishedFile(textOf(input[at] as Item)),
      step: input.slice(at + 1).filter(({ type }) => type?.endsWith("_output") === true).length,
    };
  },
  answer: (response, body, { file, step }) => {
    const isWriting = file !== null && step === 0;
    const command = `mkdir -p "$(dirname '${file}')" && echo '${file}' > '${file}'`;
    const item = isWriting ? commandCall(body, command) : message("It is done.");
    const about = { id: "resp_stub", object: "response", model: body.model };
    const usage = {
      input_tokens: 1_000,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 1_020,
    };
    response.writeHead(200, { "content-type": "text/event-stream" });
    emit(response, "response.created", {
      response: { ...about, status: "in_progress", output: [] },
    });
    emit(response, "response.output_item.added", { output_index: 0, item });
    emit(response, "response.output_item.done", { output_index: 0, item });
    const done = { ...about, status: "completed", output: [item], usage };
    emit(response, "response.completed", { response: done });
    response.end();
  },
  refuse: (response, fault) => {
    response.writeHead(429, { "content-type": "application/json", ...headersOf(fault) });
    response.end(JSON.stringify({ error: errorOf(fault) }));
  },
};

const headersOf = (fault: Parameters<typeof openai.refuse>[1]): Record<string, string> =>
  fault.kind === "rate_limited" ? { "retry-after": String(fault.retryAfterS) } : {};

const errorOf = (fault: Parameters<typeof openai.refuse>[1]): object =>
  fault.kind === "rate_limited"
    ? { type: "requests", code: "rate_limit_exceeded", message: "Rate limit reached for requests." }
    : {
        type: "usage_limit_reached",
        message: "The usage limit has been reached",
        plan_type: "plus",
        resets_at: Math.ceil(fault.resetsAtMs / 1000),
      };
