/**
 * `wvo auth status`: what each configured provider needs before runs can be started on it: its
 * program, a version, a login, and the very next command where one of them is wanting.
 */
import { faultOr } from "../../agents/provider.ts";
import type { Examined } from "../../agents/provider.ts";
import { openProvider } from "../../agents/providers.ts";
import { isoTime } from "../../clock.ts";
import type { Config } from "../../config/load.ts";
import { FaultError } from "../../fault.ts";
import type { ProviderRow } from "../../store/views/tables.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { table } from "../output.ts";
import { reading } from "../reading.ts";
import { loadHere } from "../workspace.ts";

export const authStatusCommand = () =>
  command({ name: "status", summary: "what each provider needs to be used" }, async ({ out }) => {
    const config = loadHere();
    const rows = await rowsOf(config);
    const providers = await Promise.all(
      Object.entries(config.providers).map(async ([name, each]) => {
        const examined = await openProvider(name, each, config.workspace).examine();
        return dataOf({ name, kind: each.kind }, examined, rows.get(name) ?? null);
      }),
    );
    out.result(providers, () => render(providers));
    return providers.every(({ ok }) => ok) ? EXIT.ok : EXIT.problems;
  });

/**
 * How each provider stands in the database: it may be refused by its server, which no file tells.
 * Before the first run, and while that makes its database, there is nothing to be told.
 */
async function rowsOf(config: Config): Promise<ReadonlyMap<string, ProviderRow>> {
  const rows = await faultOr(() => reading(config, ({ views }) => views.providers()));
  if (!(rows instanceof FaultError)) return new Map(rows.map((row) => [row.name, row]));
  if (rows.kind === "notFound") return new Map();
  throw rows;
}

interface Named {
  readonly name: string;
  readonly kind: string;
}

function dataOf(named: Named, examined: Examined, row: ProviderRow | null) {
  const { fault, ...found } = examined;
  const state = row?.status ?? null;
  const isDown = state === "unavailable" || state === "down";
  const next = isDown ? `wvo auth recheck ${named.name}` : null;
  return {
    ...named,
    ok: fault === null && !isDown,
    ...found,
    state,
    until: row?.until ?? null,
    reason: fault?.details.found ?? row?.reason ?? null,
    next: fault?.details.next ?? next,
  };
}
type Standing = ReturnType<typeof dataOf>;

function render(providers: readonly Standing[]): string {
  if (providers.length === 0)
    return "no provider is configured; wvo init finds Claude Code and Codex";
  const facts = table(
    ["PROVIDER", "KIND", "PROGRAM", "VERSION", "LOGIN", "STATE"],
    providers.map((each) => [
      each.name,
      each.kind,
      each.program ?? "-",
      [each.version ?? "-", ...(each.note === null ? [] : [`(${each.note})`])].join(" "),
      each.login ?? "-",
      each.until === null ? (each.state ?? "-") : `${each.state} until ${isoTime(each.until)}`,
    ]),
  );
  const wanting = providers.filter(({ reason, next }) => reason !== null || next !== null);
  const advice = wanting.map(({ name, reason, next }) =>
    [
      `${name}: ${reason ?? "it cannot be used"}`,
      ...(next === null ? [] : [`  next: ${next}`]),
    ].join("\n"),
  );
  return [facts, ...advice].join("\n\n");
}
