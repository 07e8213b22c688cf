import { readFileSync } from "node:fs";
import { parseReadings } from "../lib/parse.mjs";
import { report } from "../lib/report.mjs";

console.log(report(parseReadings(readFileSync(0, "utf8"))));
