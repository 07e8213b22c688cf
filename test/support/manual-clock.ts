/** A clock that moves only when a test moves it. */
export { MovedClock as ManualClock } from "../../src/proof/moved-clock.ts";
