/** What a convoy is walked with: one for a role, and one for anybody. */
import type { ConvoyContext } from "../../../machines/convoy.ts";
import type { Cases } from "../../../src/proof/cases.ts";

export const cases: Cases<ConvoyContext> = {
  actor: "convoy:login",
  inputs: [
    { name: "login", taskIds: ["T-1", "T-2"], workerRole: "developer" },
    { name: "login", taskIds: ["T-1"], workerRole: null },
  ],
};
