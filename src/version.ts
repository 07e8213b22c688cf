/** The version of this WeatherVane, from its package. */
import { existsSync, readFileSync } from "node:fs";

/** Compiled files lie one folder deeper than sources. */
const candidates = ["../package.json", "../../package.json"];
const found = candidates
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

export const version: string =
  found === undefined
    ? "0.0.0"
    : (JSON.parse(readFileSync(found, "utf8")) as { version: string }).version;
