/** The page of a chart, docs/charts/NAME.md: all that is known of it, made from the chart itself. */
import type { AnyStateMachine } from "xstate";
import { mermaidOf } from "./mermaid.ts";
import { portraitOf } from "./portrait.ts";
import type { ArrowPart, Portrait, StatePart } from "./portrait.ts";

/** What the page says besides what is in the chart. */
export interface PageFacts {
  readonly name: string;
  /** The chart's file, from the root. */
  readonly file: string;
  /** The command that writes the page. */
  readonly command: string;
  readonly paragraphs: readonly string[];
  readonly invariants: readonly { readonly id: string; readonly text: string }[];
  /** What was proven, a line each. */
  readonly coverage: readonly string[];
}

export function pageOf(machine: AnyStateMachine, facts: PageFacts): string {
  const portrait = portraitOf(machine);
  const { name, file, command, paragraphs, invariants, coverage } = facts;
  const sections = [
    `# ${name}`,
    `Generated from \`${file}\` by \`${command}\`.`,
    ...paragraphs,
    section("Picture", `\`\`\`mermaid\n${mermaidOf(machine)}\n\`\`\``),
    section("States", statesTable(portrait)),
    section("Events", eventsTable(portrait)),
    section("Guards", guardsTable(portrait)),
    section("Timers", timersTable(portrait)),
    section("Effects", effectsTable(portrait)),
    section("Invariants", invariants.map(({ id, text }) => `- **${id}** ${text}`).join("\n")),
    section("Coverage", coverage.map((line) => `- ${line}`).join("\n")),
  ];
  return `${sections.join("\n\n")}\n`;
}

const section = (heading: string, body: string): string =>
  `## ${heading}\n\n${body === "" ? "None." : body}`;

type Cells = readonly string[];
function table(head: Cells, rows: readonly Cells[]): string {
  if (rows.length === 0) return "";
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.map(escape).join(" | ")} |`).join("\n");
}
const escape = (cell: string): string => cell.replaceAll("|", "\\|");
const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(", ");
/** The chart itself is everywhere in it. */
const place = (path: string): string => (path === "" ? "everywhere" : code(path));

function statesTable({ states, transitions }: Portrait): string {
  const inner = states.filter(({ path }) => path !== "");
  return table(
    ["State", "What it is"],
    inner.map((state) => [code(state.path), meaningOf(state, transitions)]),
  );
}

function meaningOf(state: StatePart, transitions: readonly ArrowPart[]): string {
  const { path, kind, initial, description, tags, effects, timers } = state;
  const isPassing = transitions.some(
    ({ from, on, guard, to }) =>
      from === path && on === "always" && guard === null && to.length > 0,
  );
  const facts = [
    ...(description === null ? [] : [description]),
    ...(kind === "atomic" ? [] : [KINDS[kind]]),
    ...(initial ? ["where it begins"] : []),
    ...(isPassing ? ["left at once"] : []),
    ...effects.map((each) => `runs ${code(each)}`),
    ...timers.map((each) => `timer ${code(each)}`),
    ...tags.map((each) => `tag ${code(each)}`),
  ];
  return facts.join("; ");
}
const KINDS = {
  compound: "one of its inner states at a time",
  parallel: "all of its inner states at once",
  final: "the end",
} as const;

/** Events are what somebody sends; timers and effects have tables of their own. */
const isEvent = ({ on }: ArrowPart): boolean =>
  !/^(done|failed|after) |^(always|completed)$/.test(on);

function eventsTable({ transitions }: Portrait): string {
  const events = transitions
    .filter(isEvent)
    .toSorted((a, b) => (a.on < b.on ? -1 : Number(a.on > b.on)));
  return table(
    ["Event", "Accepted in", "Guard", "Leads to"],
    events.map(({ on, from, guard, to }) => [
      code(on),
      place(from),
      guard === null ? "" : code(guard),
      to.length === 0 ? "stays" : codes(to),
    ]),
  );
}

function guardsTable({ transitions }: Portrait): string {
  const byGuard = Map.groupBy(transitions, ({ guard }) => guard ?? "");
  byGuard.delete("");
  const rows = [...byGuard].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return table(
    ["Guard", "Asked before"],
    rows.map(([guard, list]) => [
      code(guard),
      [...new Set(list.map(({ from, on }) => `${code(on)} in ${place(from)}`))].join(", "),
    ]),
  );
}

function timersTable({ timers, transitions }: Portrait): string {
  const rows = Object.entries(timers).flatMap(([name, length]) =>
    transitions
      .filter(({ on }) => on === `after ${name}`)
      .map(({ from, guard, to }) => [
        code(name),
        length,
        place(from),
        `${codes(to)}${guard === null ? "" : ` if ${code(guard)}`}`,
      ]),
  );
  return table(["Timer", "Length", "Runs in", "Leads to"], rows);
}

function effectsTable({ effects, states }: Portrait): string {
  const rows = effects.map(({ name, crash }) => {
    const inStates = states.filter((state) => state.effects.includes(name));
    return [
      code(name),
      CRASHES[crash] ?? crash,
      inStates.map(({ path }) => place(path)).join(", "),
    ];
  });
  return table(["Effect", "After a crash of WeatherVane", "Runs in"], rows);
}
const CRASHES: Readonly<Record<string, string>> = {
  retry: "started again with the same key",
  interrupted: "never started twice; the chart is told `interrupted`",
};
