/** `wvo task unblock ID`: a person has seen to what blocked it; it starts with a clean count. */
import { actorId } from "../../../machines/protocol.ts";
import { command } from "../command.ts";
import { insist, speaking } from "../speaker.ts";
import { loadHere } from "../workspace.ts";
import { knownTask } from "./known.ts";

export const unblockCommand = () =>
  command({ name: "unblock", summary: "the task may be tried again" }, async ({ out, args }) => {
    const [id = ""] = args;
    const event = { type: "unblock" } as const;
    const answer = await speaking(loadHere(), (speaker, store) => {
      knownTask(store.views, id);
      return speaker.send(actorId.task(id), event);
    });
    const { state } = insist(answer);
    out.result({ id, state }, () => `${id} is ${state}`);
  }).argument("<id>", "the task");
