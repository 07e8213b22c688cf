import { average } from "./average.mjs";
import { extremes } from "./extremes.mjs";
import { toFahrenheit } from "./units.mjs";

export function report(readings) {
  const { min, max } = extremes(readings);
  const mean = average(readings);
  return `${min} to ${max} °C, on average ${mean} °C (${toFahrenheit(mean)} °F)`;
}
