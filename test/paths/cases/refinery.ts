/** What the refinery is walked with: two requests that queue, and a task that reserves. */
import type { RefineryEvent } from "../../../machines/protocol.ts";
import type { RefineryContext } from "../../../machines/refinery.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const first = { mergeId: "merge-request:T-1.1", taskId: "T-1" };
const second = { mergeId: "merge-request:T-2.1", taskId: "T-2" };

export const cases: Cases<RefineryContext, RefineryEvent> = {
  events: () => [
    { type: "enqueue", ...first },
    { type: "enqueue", ...second },
    { type: "settled", mergeId: first.mergeId },
    { type: "settled", mergeId: second.mergeId },
    { type: "reserve", taskId: first.taskId },
    { type: "reserve", taskId: "T-3" },
    { type: "release", taskId: first.taskId },
    { type: "release", taskId: "T-3" },
  ],
};
