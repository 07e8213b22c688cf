/** `wvo config show`: every setting in force, and where its value comes from. */
import type { ConfigKey } from "../../config/schema.ts";
import { command } from "../command.ts";
import { table } from "../output.ts";
import { loadHere } from "../workspace.ts";

export const showConfigCommand = () =>
  command(
    { name: "show", summary: "every setting and where it comes from", isLocal: true },
    ({ out }) => {
      const config = loadHere();
      const keys = Object.keys(config.origins) as ConfigKey[];
      const settings = keys.map((key) => ({
        key,
        value: config[key],
        origin: config.origins[key],
      }));
      out.result({ workspace: config.workspace, settings }, () =>
        table(
          ["SETTING", "FROM", "VALUE"],
          settings.map(({ key, value, origin }) => [key, origin, JSON.stringify(value)]),
        ),
      );
    },
  );
