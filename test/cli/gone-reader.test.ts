/** Results that nobody reads any more: `wvo log | head` ends quietly. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { makeWorkspace } from "../support/workspace.ts";

const TASKS = 400;
const tasks = Array.from({ length: TASKS }, (_, n) => ({ id: `T-${n}`, title: `Task ${n}` }));

test("a reader that goes ends the command without a trace", async () => {
  const yard = makeWorkspace({ roadmap: { version: 1, tasks }, agent: "worker.mjs" });
  expect((await yard.wvo("roadmap", "import")).code).toBe(0);
  const child = yard.start("log", "--limit", "100000");
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(child.stdout ?? child, "data");
  child.stdout?.destroy();
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect({ code, signal, said }).toEqual({ code: null, signal: "SIGTERM", said: "" });
});
