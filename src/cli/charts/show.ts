/** `wvo charts show NAME`: one chart as a Mermaid diagram, as an outline, or as data. */
import { Option } from "commander";
import { catalog } from "../../catalog/catalog.ts";
import { purposes } from "../../catalog/purposes.ts";
import { FaultError } from "../../fault.ts";
import type { Chart } from "../../host/charts.ts";
import { mermaidOf } from "../../proof/drawing/mermaid.ts";
import { outlineOf } from "../../proof/drawing/outline.ts";
import { portraitOf } from "../../proof/drawing/portrait.ts";
import { command } from "../command.ts";
import { suggest } from "../suggestion.ts";

type Format = "mermaid" | "text";

export const showChartCommand = () =>
  command<{ readonly format: Format }>(
    { name: "show", summary: "one chart as a picture or an outline", isLocal: true },
    ({ out, args, options }) => {
      const { name, version, machine } = knownChart(args[0] ?? "");
      const portrait = portraitOf(machine);
      const mermaid = mermaidOf(machine);
      const whole = { name, version, purpose: purposes[name] ?? "", ...portrait, mermaid };
      out.result(whole, () => (options.format === "text" ? outlineOf(portrait) : mermaid));
    },
  )
    .argument("<name>", "the chart")
    .addOption(
      new Option("--format <format>", "a Mermaid diagram, or an outline in text")
        .choices(["mermaid", "text"] satisfies readonly Format[])
        .default("mermaid"),
    );

function knownChart(name: string): Chart {
  const found = catalog.find((chart) => chart.name === name);
  if (found !== undefined) return found;
  const names = catalog.map((chart) => chart.name);
  throw new FaultError({
    code: "charts.unknown",
    kind: "notFound",
    where: "wvo charts",
    found: `no chart ${name}`,
    expected: `one of ${names.join(", ")}`,
    next: suggest(name, names, "wvo charts list shows them"),
  });
}
