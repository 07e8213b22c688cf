/** The part of docs/proof.md that shows what a run of `npm run mutation` found. */
import { reasonOf } from "./reasons.ts";
import { scoreOf } from "./report.ts";
import type { AreaReport, MutationReport, Survivor } from "./report.ts";

export function mutationPage({ date, areas }: MutationReport): string {
  const head = [
    "| Area | Mutants | Killed | Of these by time | Score | Promised |",
    "|---|---|---|---|---|---|",
  ];
  const survivors = areas.flatMap((area) => area.survivors);
  return [
    `Made by \`npm run mutation\` on ${date}.`,
    "",
    ...head,
    ...areas.map(rowOf),
    "",
    "Survivors are changes that no test noticed. Each is listed, with the reason why it is no gap, or as open.",
    "",
    ...explained(survivors),
    ...open(survivors),
  ].join("\n");
}

function rowOf(area: AreaReport): string {
  const { name, mutants, killed, timeouts, least } = area;
  const score = `${scoreOf(area).toFixed(1)} %`;
  return `| ${name} | ${mutants} | ${killed} | ${timeouts} | ${score} | ${least} % |`;
}

function explained(survivors: readonly Survivor[]): readonly string[] {
  const byReason = Object.groupBy(survivors, (each) => reasonOf(each) ?? "");
  return Object.entries(byReason).flatMap(([reason, found = []]) =>
    reason === "" ? [] : [`- **${reason}**: ${found.map(placeOf).join(", ")}`],
  );
}

function open(survivors: readonly Survivor[]): readonly string[] {
  const left = survivors.filter((each) => reasonOf(each) === null);
  if (left.length === 0) return [];
  const byFile = Object.groupBy(left, ({ file }) => file);
  const lines = Object.entries(byFile).map(
    ([file, found = []]) => `- ${file}: ${found.map(changeOf).join("; ")}`,
  );
  return ["", `Open (${left.length}):`, "", ...lines];
}

const placeOf = ({ file, line }: Survivor): string => `${file}:${line}`;

const CHANGE_CHARS = 60;
function changeOf({ line, original, replacement }: Survivor): string {
  const [before, after] = [original, replacement].map((text) =>
    text.replaceAll(/\s+/g, " ").replaceAll("`", "'").replaceAll("|", "\\|").slice(0, CHANGE_CHARS),
  );
  return `${line} \`${before}\` → \`${after === "" ? " " : after}\``;
}
