/** The contract suite on SQLite, with real files. */
import { describeStore } from "./contract.ts";
import { makeSqlitePlace } from "./sqlite-place.ts";

describeStore("SQLite", makeSqlitePlace);
