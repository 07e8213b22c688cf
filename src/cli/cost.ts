/**
 * `wvo cost`: what runs were expected to use and what they did use, by task, provider, tier or day.
 * What is not known is told as unknown, never as nothing.
 */
import { isoTime, systemClock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { usdText } from "../planning/allowance.ts";
import type { StoreReader } from "../store/port.ts";
import type { CostGroup, CostRow } from "../store/views/views.ts";
import { budgetLines, budgetOf, usdOf } from "./budget-lines.ts";
import { command } from "./command.ts";
import { wordOf } from "./option-values.ts";
import { table } from "./output.ts";
import { reading } from "./reading.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly by?: string;
}

const COLUMNS = { task: "task_id", provider: "provider", tier: "tier", day: "day" } as const;
type By = keyof typeof COLUMNS;
const BYS = Object.keys(COLUMNS) as readonly By[];

export const costCommand = () =>
  command<Options>(
    { name: "cost", summary: "what runs have cost, expected and actual" },
    async ({ out, options }) => {
      const by = byOf(options.by);
      const config = loadHere();
      const cost = await reading(config, (store) => costOf(store, config, by));
      out.result(cost, () => render(cost));
    },
  ).option("--by <task|provider|tier|day>", "what to add up by; tasks where nothing is said");

function byOf(given = "task"): By {
  wordOf("--by", given, BYS);
  return given as By;
}

function costOf({ views }: StoreReader, config: Config, by: By) {
  const column: CostGroup = COLUMNS[by];
  const rows = views.costs(column);
  return {
    by,
    rows: rows.map(figuresOf),
    total: figuresOf(rows.reduce(added, NONE)),
    in_flight: views.reservations().map((row) => ({
      run: row.run_id,
      task: row.task_id,
      provider: row.provider,
      tier: row.tier,
      estimated: {
        tokens: row.estimated_input + row.estimated_output,
        usd: row.estimated_micro_usd === null ? null : usdOf(row.estimated_micro_usd),
      },
      since: isoTime(row.reserved_at),
    })),
    budget: budgetOf(views, config, systemClock.now()),
  };
}
type Cost = ReturnType<typeof costOf>;
type Figures = ReturnType<typeof figuresOf>;

const NONE: CostRow = {
  name: "",
  runs: 0,
  estimated_tokens: 0,
  estimated_micro_usd: 0,
  actual_tokens: 0,
  actual_micro_usd: 0,
  counted_tokens: 0,
  counted_micro_usd: 0,
  runs_without_estimate: 0,
  runs_without_tokens: 0,
  runs_without_cost: 0,
};

const added = (sum: CostRow, row: CostRow): CostRow => ({
  name: "",
  runs: sum.runs + row.runs,
  estimated_tokens: sum.estimated_tokens + row.estimated_tokens,
  estimated_micro_usd: sum.estimated_micro_usd + row.estimated_micro_usd,
  actual_tokens: sum.actual_tokens + row.actual_tokens,
  actual_micro_usd: sum.actual_micro_usd + row.actual_micro_usd,
  counted_tokens: sum.counted_tokens + row.counted_tokens,
  counted_micro_usd: sum.counted_micro_usd + row.counted_micro_usd,
  runs_without_estimate: sum.runs_without_estimate + row.runs_without_estimate,
  runs_without_tokens: sum.runs_without_tokens + row.runs_without_tokens,
  runs_without_cost: sum.runs_without_cost + row.runs_without_cost,
});

/** A sum over runs of which none is known is not known. */
function figuresOf(row: CostRow) {
  const known = <Figure>(missing: number, figure: Figure): Figure | null =>
    row.runs > 0 && missing === row.runs ? null : figure;
  return {
    name: row.name,
    runs: row.runs,
    estimated: {
      tokens: row.estimated_tokens,
      usd: known(row.runs_without_estimate, usdOf(row.estimated_micro_usd)),
    },
    actual: {
      tokens: known(row.runs_without_tokens, row.actual_tokens),
      usd: known(row.runs_without_cost, usdOf(row.actual_micro_usd)),
    },
    counted: { tokens: row.counted_tokens, usd: usdOf(row.counted_micro_usd) },
    runs_without_tokens: row.runs_without_tokens,
    runs_without_cost: row.runs_without_cost,
  };
}

const HEAD = ["RUNS", "TOKENS", "ESTIMATED", "USD", "ESTIMATED", "NOTE"];

function render({ by, rows, total, in_flight, budget }: Cost): string {
  if (rows.length + in_flight.length === 0) return "no run has ended or is under way";
  const lines = [...rows, { ...total, name: "all" }];
  const held = in_flight.map(({ run, provider, tier, estimated: { tokens, usd }, since }) => {
    return [run, provider, tier, tokens.toLocaleString("en"), usdCell(usd), since];
  });
  return [
    table([by.toUpperCase(), ...HEAD], lines.map(cellsOf)),
    ...(held.length === 0 ? [] : [table(HELD, held)]),
    ...(budgetLines(budget).length === 0 ? [] : [budgetLines(budget).join("\n")]),
  ].join("\n\n");
}
const HELD = ["UNDER WAY", "PROVIDER", "TIER", "ESTIMATED", "USD", "SINCE"];

const cellsOf = (figures: Figures): readonly string[] => [
  figures.name,
  String(figures.runs),
  figures.actual.tokens?.toLocaleString("en") ?? "unknown",
  figures.estimated.tokens.toLocaleString("en"),
  usdCell(figures.actual.usd),
  usdCell(figures.estimated.usd),
  noteOf(figures),
];

const usdCell = (usd: number | null): string =>
  usd === null ? "unknown" : usdText(Math.round(usd * 1_000_000));

/** What the sums leave out. */
function noteOf({ runs_without_tokens: tokens, runs_without_cost: cost }: Figures): string {
  const parts = [
    ...(tokens === 0 ? [] : [`${tokens} did not tell all tokens`]),
    ...(cost === 0 ? [] : [`${cost} of unknown cost`]),
  ];
  return parts.join(", ");
}
