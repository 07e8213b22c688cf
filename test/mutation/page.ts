/** The part of docs/proof.md that shows what a run of `npm run mutation` found. */
import { areas as allAreas } from "./areas.ts";
import { reasonOf } from "./reasons.ts";
import { partsOf, scoreOf } from "./report.ts";
import type { MutationReport, Survivor, Total } from "./report.ts";

export function mutationPage(report: MutationReport): string {
  const { areas } = report;
  const head = [
    "| Area | Run on | Mutants | Killed | Of these by time | Score | Promised |",
    "|---|---|---|---|---|---|---|",
  ];
  const parts = partsOf(report).map((each) => {
    return rowOf([`**all of ${each.part}**`, ""], each, `${each.least} %`);
  });
  const survivors = areas.flatMap((area) => area.survivors);
  return [
    "Made by `npm run mutation`, which keeps of each area what it found last.",
    "",
    ...head,
    ...areas.map((area) => rowOf([area.name, area.date], area, "")),
    ...parts,
    "",
    ...missingFrom(report),
    "Survivors are changes that no test noticed. Each is listed, with the reason why it is no gap, or as open.",
    "",
    ...explained(survivors),
    ...open(survivors),
  ].join("\n");
}

/** What no run has looked at yet is said, so that a score is not taken for more than it is. */
function missingFrom({ areas }: MutationReport): readonly string[] {
  const missing = allAreas.filter(({ name }) => !areas.some((each) => each.name === name));
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => name).join(", ");
  return [`**Not run yet: ${names}.** The totals are those of the areas above.`, ""];
}

function rowOf(head: readonly string[], total: Total, promised: string): string {
  const { mutants, killed, timeouts } = total;
  const score = `${scoreOf(total).toFixed(1)} %`;
  return `| ${[...head, mutants, killed, timeouts, score, promised].join(" | ")} |`;
}

function explained(survivors: readonly Survivor[]): readonly string[] {
  const byReason = Object.groupBy(survivors, (each) => reasonOf(each) ?? "");
  return Object.entries(byReason).flatMap(([reason, found = []]) =>
    reason === "" ? [] : [`- **${reason}** (${found.length}): ${placesOf(found).join("; ")}`],
  );
}

/** The lines by their files, each once: several changes of one line survive for one reason. */
function placesOf(survivors: readonly Survivor[]): readonly string[] {
  const byFile = Object.groupBy(survivors, ({ file }) => file);
  return Object.entries(byFile).map(([file, found = []]) => {
    const lines = [...new Set(found.map(({ line }) => line))].toSorted((a, b) => a - b);
    return `${file} ${lines.join(", ")}`;
  });
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

const CHANGE_CHARS = 60;
function changeOf({ line, original, replacement }: Survivor): string {
  const [before, after] = [original, replacement].map((text) =>
    text.replaceAll(/\s+/g, " ").replaceAll("`", "'").replaceAll("|", "\\|").slice(0, CHANGE_CHARS),
  );
  return `${line} \`${before}\` → \`${after === "" ? " " : after}\``;
}
