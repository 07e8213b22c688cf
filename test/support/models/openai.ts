/** The stub model that Codex talks to: OpenAI's Responses API, as a stream. */
import type { Protocol } from "./model-server.ts";
import { emit } from "./model-server.ts";
import { nextStep, OWN_SERVER, wishedCalls, wishedFile } from "./script.ts";
import type { Step } from "./script.ts";

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
  if (names.has("shell_command")) return call("shell_command", { command });
  if (names.has("shell")) return call("shell", { command: ["bash", "-c", command] });
  return call("exec_command", { cmd: command });
}

const call = (name: string, input: object): object => ({
  type: "function_call",
  id: `fc_${process.hrtime.bigint()}`,
  call_id: `call_${process.hrtime.bigint()}`,
  name,
  arguments: JSON.stringify(input),
  status: "completed",
});

function itemFor(step: Step, body: Body): object {
  if (step.kind === "end") return message("It is done.");
  // Tools of servers are called by the server's name and their own.
  if (step.kind === "call") return { ...call(step.name, step.args), namespace: OWN_SERVER };
  const { file } = step;
  return commandCall(body, `mkdir -p "$(dirname '${file}')" && echo '${file}' > '${file}'`);
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
    const prompt = at < 0 ? "" : textOf(input[at] as Item);
    const results = input.slice(at + 1).filter(({ type }) => type?.endsWith("_output") === true);
    return {
      file: wishedFile(prompt),
      calls: wishedCalls(prompt),
      step: results.length,
      heard: JSON.stringify(results.at(-1) ?? null),
    };
  },
  answer: (response, body, asked) => {
    const item = itemFor(nextStep(asked), body);
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
