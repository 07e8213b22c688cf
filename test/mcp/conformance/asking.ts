/**
 * Tools and a prompt of the conformance scenarios that ask the client something before they answer:
 * written once, and served to both eras by the SDK.
 */
import { CLIENT_CAPABILITIES_META_KEY, inputRequired } from "@modelcontextprotocol/server";
import type {
  CallToolResult,
  InputRequests,
  McpServer,
  ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { DEFAULTS, ENUMS, form, text } from "./answers.ts";
import { state } from "./state.ts";

type Asked = Readonly<Record<string, { readonly content?: unknown; readonly action?: string }>>;
type Ask = ReturnType<typeof inputRequired>;

const answersIn = ({ mcpReq }: ServerContext): Asked => (mcpReq.inputResponses ?? {}) as Asked;
const ask = (inputRequests: InputRequests): Ask => inputRequired({ inputRequests });
const tell = (said: string): CallToolResult => ({ content: [text(said)] });
const form1 = (message: string, ...names: readonly string[]) =>
  inputRequired.elicit({ message, requestedSchema: form(...names) });
const sample = (said: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: text(said) }], maxTokens });

/** Says what the client answered to the one question that was asked. */
function askOnce(context: ServerContext, requests: InputRequests, say: (answer: never) => string) {
  const [name = ""] = Object.keys(requests);
  const answer = answersIn(context)[name];
  return answer === undefined ? ask(requests) : tell(say(answer as never));
}

interface Answered {
  readonly action?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

export function furnishAsking(server: McpServer): void {
  furnishOldAsking(server);
  furnishOneQuestion(server);
  furnishStates(server);
  const prompt = "test_input_required_result_prompt";
  server.registerPrompt(prompt, { description: "asks for context" }, (context) => {
    const answer = answersIn(context)["user_context"] as Answered | undefined;
    const question = form1("What context should the prompt use?", "context");
    if (answer === undefined) return ask({ user_context: question });
    const said = text(`Use this context: ${String(answer.content?.["context"])}`);
    return { messages: [{ role: "user", content: said }] };
  });
}

function furnishOldAsking(server: McpServer): void {
  const prompted = { description: "asks a model", inputSchema: z.object({ prompt: z.string() }) };
  server.registerTool("test_sampling", prompted, ({ prompt }, context) =>
    askOnce(context, { answer: sample(prompt, 100) }, ({ content }: { content: unknown }) => {
      const [first] = [content].flat() as { readonly text?: string }[];
      return `LLM response: ${first?.text}`;
    }),
  );
  const asked = { description: "asks a person", inputSchema: z.object({ message: z.string() }) };
  server.registerTool("test_elicitation", asked, ({ message }, context) => {
    const question = inputRequired.elicit({ message, requestedSchema: form("username", "email") });
    return askOnce(context, { answer: question }, ({ action, content }: Answered) => {
      return `User response: action=${action}, content=${JSON.stringify(content)}`;
    });
  });
  const forms = { sep1034_defaults: DEFAULTS, sep1330_enums: ENUMS };
  for (const [name, requestedSchema] of Object.entries(forms)) {
    server.registerTool(`test_elicitation_${name}`, { description: name }, (context) => {
      const question = inputRequired.elicit({
        message: "Please fill this in",
        requestedSchema: requestedSchema as never,
      });
      return askOnce(context, { answer: question }, ({ action, content }: Answered) => {
        return `Elicitation completed: action=${action}, content=${JSON.stringify(content)}`;
      });
    });
  }
}

function furnishOneQuestion(server: McpServer): void {
  const named = (name: string) => `test_input_required_result_${name}`;
  server.registerTool(named("elicitation"), { description: "asks a name" }, (context) => {
    const answer = answersIn(context)["user_name"] as Answered | undefined;
    const name = answer?.content?.["name"];
    if (typeof name !== "string") return ask({ user_name: form1("What is your name?", "name") });
    return tell(`Hello, ${name}!`);
  });
  server.registerTool(named("sampling"), { description: "asks a model" }, (context) =>
    askOnce(
      context,
      { capital_question: sample("What is the capital of France?", 100) },
      (answer) => JSON.stringify(answer),
    ),
  );
  server.registerTool(named("list_roots"), { description: "asks for roots" }, (context) =>
    askOnce(context, { client_roots: inputRequired.listRoots() }, (answer) =>
      JSON.stringify(answer),
    ),
  );
  const model = { description: "needs a model" };
  server.registerTool("test_missing_capability", model, (context) =>
    askOnce(context, { answer: sample("Are you there?", 10) }, (answer) => JSON.stringify(answer)),
  );
  const streamed = { description: "asks in a stream" };
  server.registerTool("test_streaming_elicitation", streamed, (context) =>
    askOnce(context, { answer: form1("Are you there?", "word") }, (answer) =>
      JSON.stringify(answer),
    ),
  );
  server.registerTool(named("capabilities"), { description: "asks what it may" }, (context) => {
    if (Object.keys(answersIn(context)).length > 0) return tell("It was answered.");
    const { elicitation, sampling } = capabilitiesOf(context);
    return ask({
      ...(elicitation === undefined ? {} : { user_name: form1("What is your name?", "name") }),
      ...(sampling === undefined ? {} : { greeting: sample("Generate a greeting", 50) }),
    });
  });
}

interface Capabilities {
  readonly elicitation?: object;
  readonly sampling?: object;
}

const capabilitiesOf = ({ mcpReq }: ServerContext): Capabilities =>
  ((mcpReq.envelope as Asked | undefined)?.[CLIENT_CAPABILITIES_META_KEY] ?? {}) as Capabilities;

function furnishStates(server: McpServer): void {
  const named = (name: string) => `test_input_required_result_${name}`;
  const confirm = {
    confirm: inputRequired.elicit({
      message: "Please confirm",
      requestedSchema: {
        type: "object",
        properties: { ok: { type: "boolean" } },
        required: ["ok"],
      },
    }),
  };
  for (const name of ["request_state", "tampered_state"]) {
    server.registerTool(named(name), { description: name }, async (context) => {
      const known = context.mcpReq.requestState<{ round: number }>();
      if (known?.round === 1) return tell("state-ok");
      const requestState = await state.mint({ round: 1 });
      return inputRequired({ inputRequests: confirm, requestState });
    });
  }
  server.registerTool(named("multiple_inputs"), { description: "asks three" }, async (context) => {
    const inputRequests = {
      user_name: form1("What is your name?", "name"),
      greeting: sample("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    };
    const answers = answersIn(context);
    const isWhole = Object.keys(inputRequests).every((name) => answers[name] !== undefined);
    if (isWhole) return tell(JSON.stringify(answers));
    return inputRequired({ inputRequests, requestState: await state.mint({ round: 1 }) });
  });
  server.registerTool(named("multi_round"), { description: "asks twice" }, async (context) => {
    const round = context.mcpReq.requestState<{ round: number }>()?.round ?? 0;
    const answers = answersIn(context);
    if (round === 2 && answers["step2"] !== undefined) return tell("Both were answered.");
    const [step, question] =
      round === 1 && answers["step1"] !== undefined
        ? [2, form1("Step 2: What is your favorite color?", "color")]
        : [1, form1("Step 1: What is your name?", "name")];
    const requestState = await state.mint({ round: step });
    return inputRequired({ inputRequests: { [`step${step}`]: question }, requestState });
  });
}
