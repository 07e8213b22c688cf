/** A chart as the inspector draws it: its configuration as JSON text, with functions by their names. */
import type { Charts } from "../host/charts.ts";
import { chartNameOf } from "../host/charts.ts";

type Machine = ReturnType<Charts["of"]>["kernel"]["machine"];

const known = new WeakMap<Machine, string>();

/** The definition of an actor's chart; of a chart that is not known here, its name alone. */
export function definitionOf(charts: Charts, actor: string): string {
  const machine = machineOf(charts, actor);
  if (machine === null) return JSON.stringify({ id: chartNameOf(actor) });
  const text = known.get(machine) ?? JSON.stringify(machine.config, named);
  known.set(machine, text);
  return text;
}

function machineOf(charts: Charts, actor: string): Machine | null {
  try {
    return charts.of(actor).kernel.machine;
  } catch {
    return null; // An actor of a later WeatherVane, in whose database this one only looks.
  }
}

/** As the library does it. */
const named = (_key: string, value: unknown): unknown =>
  typeof value === "function" ? { type: value.name } : value;
