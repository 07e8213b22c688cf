/**
 * `wvo agent stop ID`: ends the run of an agent. Its work is kept and its task goes back without a
 * failed attempt; where no `wvo run` is at work, the program is ended here.
 */
import { actorId } from "../../../machines/protocol.ts";
import { FaultError } from "../../fault.ts";
import { endRun } from "../../processes/supervise.ts";
import type { Store } from "../../store/port.ts";
import { command } from "../command.ts";
import { insist, speaking } from "../speaker.ts";
import { loadHere } from "../workspace.ts";
import { meantRun } from "./runs.ts";
import type { MeantRun } from "./runs.ts";

export const stopCommand = () =>
  command<{ reason: string }>(
    { name: "stop", summary: "end the run of an agent; its task goes back" },
    async ({ out, args, options: { reason } }) => {
      const [id = ""] = args;
      const config = loadHere();
      const stopped = await speaking(config, async (speaker, store) => {
        const run = meantRun(config, store.views, id);
        const { agentId, runId } = run;
        if (agentId === null) throw isOver(run);
        const event = { type: "stop", runId, reason } as const;
        const { state } = insist(await speaker.send(actorId.agent(agentId), event));
        // Nobody carries out what the chart asks for, and the program is not to go on until then.
        const isEnded = await isOurs(store);
        if (isEnded) await endRun(run.folder);
        return { agent: agentId, task: run.taskId, run: runId, state, ended: isEnded };
      });
      out.result(stopped, () =>
        stopped.ended
          ? `${stopped.run} is ended; its task goes back when wvo run goes on`
          : `${stopped.agent} ends ${stopped.run}, and its task goes back`,
      );
    },
  )
    .argument("<id>", "an agent, its task or its run")
    .option("--reason <text>", "why, for the record", "stopped by a person");

/** True where this command itself owns the database: no `wvo run` is at work. */
const isOurs = async (store: Store): Promise<boolean> =>
  (await store.owner())?.process.pid === process.pid;

const isOver = ({ runId }: MeantRun): FaultError =>
  new FaultError({
    code: "agent.over",
    kind: "notAccepted",
    where: runId,
    found: "a run that is over",
    expected: "an agent at work",
    next: "wvo agents shows who is at work",
  });
