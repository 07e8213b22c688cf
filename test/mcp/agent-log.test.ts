/** What an agent writes is read under its address while it writes, by who is no worker. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../support/live-run.ts";
import { openMcpYard } from "../support/mcp-yard.ts";

const AT_WORK = 'echo hello; echo ill >&2; while [ ! -e "$NOTES/go" ]; do sleep 0.05; done';
const TEST_LIMIT_MS = 3 * 60_000;

test(
  "the end of both streams of the present run",
  async () => {
    const config = (notes: string) => {
      const program = ["/bin/sh", "-c", AT_WORK];
      return { providers: { command: { kind: "command", program, env: { NOTES: notes } } } };
    };
    const yard = await openMcpYard([{ id: "T1", title: "First" }], { config });
    const { client } = await yard.connect();
    const uri = "wvo://agents/worker-01/log";
    await expect(client.readResource({ uri })).rejects.toThrow(/not found/i);
    await yard.app.begin();
    const read = async () => {
      if (yard.app.store.views.agents()[0]?.run_id == null) return null;
      const [first] = (await client.readResource({ uri })).contents;
      const log = JSON.parse(first !== undefined && "text" in first ? first.text : "{}") as {
        readonly stdout: string;
        readonly stderr: string;
      };
      return log.stdout === "" || log.stderr === "" ? null : log;
    };
    expect(await eventually(read)).toEqual({
      agent_id: "worker-01",
      run_id: "T1.1",
      task_id: "T1",
      stdout: "hello\n",
      stderr: "ill\n",
    });
    const ref = { type: "ref/resource", uri: "wvo://agents/{id}/log" } as const;
    const { completion } = await client.complete({ ref, argument: { name: "id", value: "w" } });
    expect(completion.values).toEqual(["worker-01"]);
    const worker = await yard.connect({ role: "worker", agentId: "ann" });
    await expect(worker.client.readResource({ uri })).rejects.toThrow(/not found/i);
    writeFileSync(join(yard.notes, "go"), "");
    await yard.app.drain();
  },
  TEST_LIMIT_MS,
);
