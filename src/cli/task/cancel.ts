/** `wvo task cancel ID`: the task is not wanted any more; a run of it is ended first. */
import { actorId } from "../../../machines/protocol.ts";
import { command } from "../command.ts";
import { insist, speaking } from "../speaker.ts";
import { loadHere } from "../workspace.ts";
import { knownTask } from "./known.ts";

export const cancelCommand = () =>
  command<{ reason: string }>(
    { name: "cancel", summary: "the task is not wanted any more" },
    async ({ out, args, options }) => {
      const [id = ""] = args;
      const event = { type: "cancel", reason: options.reason } as const;
      const answer = await speaking(loadHere(), (speaker, store) => {
        knownTask(store.views, id);
        return speaker.send(actorId.task(id), event);
      });
      const { state } = insist(answer);
      out.result({ id, state }, () => `${id} is ${state}`);
    },
  )
    .argument("<id>", "the task")
    .option("--reason <text>", "why, for the record", "cancelled by a person");
