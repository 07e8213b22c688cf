/**
 * One life in a process of its own: `child.ts BIRTH_JSON`. It prints its end, unless it is killed
 * before.
 */
import { live } from "./life.ts";
import type { Birth } from "./birth.ts";

const [birth = ""] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await live(JSON.parse(birth) as Birth)));
