/** A state that nobody can leave: what is stuck stays stuck, also when its process has ended. */
import { setup } from "xstate";
import type { KnownWedge } from "./wedge.ts";

const session = setup({ delays: { probe: 30_000 }, guards: { isSpent: () => false } });

const sentBy = { exited: ["runtime"], runtimeGone: ["probe"] } as const;
const working = { on: { exited: "terminated" }, after: { probe: "detecting" } } as const;
const detecting = {
  after: { probe: [{ guard: "isSpent", target: "stuck" }, { target: "working" }] },
} as const;
const terminated = { type: "final" } as const;

const wedged = session.createMachine({
  id: "session",
  initial: "working",
  states: { working, detecting, stuck: {}, terminated },
});

const mended = session.createMachine({
  id: "session",
  initial: "working",
  states: {
    working,
    detecting,
    stuck: { on: { runtimeGone: "terminated" }, after: { probe: "detecting" } },
    terminated,
  },
});

export const stuckForEver: KnownWedge = {
  issue: "https://github.com/Untrivial-ai/agent-orchestrator/issues/1933",
  story:
    "A session whose two life signs disagreed was parked as stuck after fifty probes; its " +
    "process was later seen to be gone, and the session stayed stuck all the same.",
  wedged: [{ name: "session", machine: wedged, facts: { sentBy: { exited: sentBy.exited } } }],
  mended: [{ name: "session", machine: mended, facts: { sentBy } }],
  flags: ["unleavable stuck"],
};
