/** Opens a database with the charts of the product, and says how long it took and what it weighs. */
import { catalog } from "../../src/catalog/catalog.ts";
import { stopwatch, systemClock } from "../../src/clock.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import { openStore } from "../../src/store/sqlite/store.ts";

const MEGABYTE = 1_000_000;
const [, , path = ""] = process.argv;
const elapsedMs = stopwatch();
const store = openStore(path);
const setting = { store, clock: systemClock, owner: ownerHere("bench"), handlers: {} };
const host = await Host.open({ ...setting, charts: catalog });
const openMs = elapsedMs();
await host.quiet();
const memoryMb = process.memoryUsage().rss / MEGABYTE;
await host.close();
process.stdout.write(`${JSON.stringify({ openMs, memoryMb })}\n`);
