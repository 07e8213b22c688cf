/** `wvo charts list`: the charts of this version, one line each. */
import { catalog } from "../../catalog/catalog.ts";
import { purposes } from "../../catalog/purposes.ts";
import { portraitOf } from "../../proof/drawing/portrait.ts";
import { command } from "../command.ts";
import { table } from "../output.ts";

export const listChartsCommand = () =>
  command(
    { name: "list", summary: "the charts of this version, one line each", isLocal: true },
    ({ out }) => {
      const charts = catalog.map(({ name, version, machine }) => {
        const { states, transitions } = portraitOf(machine);
        const counts = { states: states.length - 1, transitions: transitions.length };
        return { name, version, ...counts, purpose: purposes[name] ?? "" };
      });
      out.result(charts, () =>
        table(
          ["NAME", "VERSION", "STATES", "TRANSITIONS", "PURPOSE"],
          charts.map(({ name, version, states, transitions, purpose }) => [
            name,
            `${version}`,
            `${states}`,
            `${transitions}`,
            purpose,
          ]),
        ),
      );
    },
  );
