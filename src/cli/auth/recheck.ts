/** `wvo auth recheck`: a person has seen to a provider, so its program is asked again at once. */
import { actorId } from "../../../machines/protocol.ts";
import type { Config } from "../../config/load.ts";
import { FaultError } from "../../fault.ts";
import { command } from "../command.ts";
import { insist, speaking } from "../speaker.ts";
import { suggest } from "../suggestion.ts";
import { loadHere } from "../workspace.ts";

export const recheckCommand = () =>
  command(
    { name: "recheck", summary: "ask a provider again, or all of them" },
    async ({ out, args }) => {
      const [name] = args;
      const config = loadHere();
      const names = name === undefined ? Object.keys(config.providers) : [known(config, name)];
      const rechecked = await speaking(config, async (speaker) => {
        const told: { readonly name: string; readonly state: string }[] = [];
        for (const each of names) {
          const answer = await speaker.send(actorId.provider(each), { type: "recheck" });
          // One that was never asked is asked by the first run.
          const isNew = !answer.ok && answer.code === "unknown-actor";
          // One that is being asked already stays as it is, which an inbox tells by no state.
          const state = isNew ? "never asked" : insist(answer).state || "probing";
          told.push({ name: each, state });
        }
        return told;
      });
      out.result(rechecked, () =>
        rechecked.map((each) => `${each.name} is ${each.state}`).join("\n"),
      );
    },
  ).argument("[name]", "only this provider");

function known({ providers }: Config, name: string): string {
  const names = Object.keys(providers);
  if (names.includes(name)) return name;
  throw new FaultError({
    code: "auth.unknown-provider",
    kind: "notFound",
    where: "wvo auth recheck",
    found: `no provider ${name}`,
    expected: names.length > 0 ? `one of ${names.join(", ")}` : "a provider; there is none yet",
    next: suggest(name, names, names.length > 0 ? "name one of these" : "wvo init finds some"),
  });
}
