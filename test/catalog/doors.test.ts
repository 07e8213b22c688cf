/** What may be said to the actors from outside: only this, only so, and the answer says what else. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog/catalog.ts";
import { doors, throughDoor } from "../../src/catalog/doors.ts";
import { FaultError } from "../../src/fault.ts";
import { BARE_SPEC } from "../support/specs.ts";

interface Said {
  readonly type: string;
  readonly [field: string]: unknown;
}

function refusal(chart: string, event: Said) {
  try {
    throughDoor(chart)({ ...event });
  } catch (thrown) {
    if (!(thrown instanceof FaultError)) throw thrown;
    const { kind, details } = thrown;
    return { ...details, kind };
  }
  throw new Error("it was let in");
}

const source = { type: "imported", path: "r.yaml", text: "tasks: []", constraints: [] };
const artifact = {
  name: "log",
  sha256: "0".repeat(64),
  bytes: 3,
  mediaType: "text/plain",
  author: "worker-01",
  runId: "T1.1",
};
const revise = { type: "revise", spec: BARE_SPEC };
const withSpec = (change: object): Said => ({
  type: "revise",
  spec: { ...BARE_SPEC, ...change },
});

describe("what is let in", () => {
  test.each<[string, Said]>([
    ["task", revise],
    ["task", withSpec({ epicId: "E", dependsOn: ["T1"], acceptance: ["it is so"] })],
    ["task", { type: "cancel", reason: "nobody wants it" }],
    ["task", { type: "unblock" }],
    ["agent", { type: "beat", runId: "T1.1" }],
    ["agent", { type: "stop", runId: "T1.1", reason: "it is lost" }],
    ["provider", { type: "recheck" }],
    ["coordinator", { type: "start" }],
    ["coordinator", { type: "stop", agents: ["worker-01"] }],
    ["coordinator", { type: "wake" }],
    [
      "coordinator",
      {
        type: "dispatch",
        wishes: [{ taskId: "T", provider: null, tier: "low" }],
        settled: ["T-2"],
      },
    ],
    ["coordinator", { type: "limit", wipLimit: 2 }],
    ["visitor", { type: "take", taskId: "T1", runId: "T1.1", leaseMs: 1_000 }],
    ["visitor", { type: "progress", runId: "T1.1", note: null }],
    ["visitor", { type: "block", runId: "T1.1", reason: "no key" }],
    ["visitor", { type: "release", runId: "T1.1", reason: "too hard" }],
    ["visitor", { type: "complete", runId: "T1.1", ref: "main", summary: "done" }],
    ["message", { type: "claim", agentId: "a", leaseMs: 86_400_000 }],
    ["message", { type: "acknowledge", agentId: "a" }],
    ["message", { type: "giveBack", agentId: "a", error: "it broke" }],
    ["artifacts", { type: "store", ...artifact }],
    ["roadmap", source],
  ])("to a %s: %j", (chart, event) => {
    expect(throughDoor(chart)({ ...event })).toEqual(event);
  });

  test("is all that any door knows", () => {
    const known = Object.entries(doors).flatMap(([chart, door]) =>
      door.options.map((option) => `${chart} ${option.shape.type.value}`),
    );
    expect(known).toEqual([
      "task revise",
      "task cancel",
      "task unblock",
      "agent beat",
      "agent stop",
      "provider recheck",
      "coordinator start",
      "coordinator stop",
      "coordinator wake",
      "coordinator dispatch",
      "coordinator limit",
      "visitor take",
      "visitor progress",
      "visitor block",
      "visitor release",
      "visitor complete",
      "message claim",
      "message acknowledge",
      "message giveBack",
      "artifacts store",
      "roadmap imported",
    ]);
  });

  test("is asked of every chart by the catalog, with its own door", () => {
    for (const { name, parseEvent } of catalog) {
      const from = name in doors ? throughDoor(name) : throughDoor("nobody");
      const event = { type: "recheck" };
      const say = (door: typeof parseEvent): string => {
        try {
          return JSON.stringify(door?.(event));
        } catch (thrown) {
          return (thrown as FaultError).details.expected;
        }
      };
      expect(say(parseEvent), name).toBe(say(from));
    }
  });
});

describe("what only actors tell each other", () => {
  const nobody = "an event it takes from nobody outside";
  test.each([
    ["task", { type: "merged", mergeId: "m", commit: "c" }, "one of revise, cancel, unblock"],
    ["task", { type: "claim", agentId: "a" }, "one of revise, cancel, unblock"],
    ["task", { type: "gatePassed", gateId: "g" }, "one of revise, cancel, unblock"],
    ["task", { type: "Cancel", reason: "x" }, "one of revise, cancel, unblock"],
    ["agent", { type: "assign" }, "one of beat"],
    ["provider", { type: "limitHit" }, "one of recheck"],
    ["coordinator", { type: "agentFree" }, "one of start, stop, wake"],
    ["gate", { type: "cancel" }, "no event from outside"],
    ["merge-request", { type: "withdraw" }, "no event from outside"],
    ["refinery", { type: "settled" }, "no event from outside"],
  ])("is refused to a %s: %j", (chart, event, expected) => {
    expect(refusal(chart, event)).toMatchObject({
      code: "host.malformed-event",
      kind: "invalid",
      where: `${event.type} to a ${chart}`,
      found: nobody,
      expected: expect.stringContaining(expected),
      next: "use the command or tool that sends it",
    });
  });
});

describe("what is not well formed is refused by the field that is wrong", () => {
  test.each<[string, Said, string]>([
    ["artifacts", { type: "store", ...artifact, sha256: "0".repeat(63) }, "sha256"],
    ["artifacts", { type: "store", ...artifact, sha256: "G".repeat(64) }, "sha256"],
    ["artifacts", { type: "store", ...artifact, bytes: -1 }, "bytes"],
    ["artifacts", { type: "store", ...artifact, mediaType: "x".repeat(101) }, "mediaType"],
    ["task", { type: "cancel" }, "reason"],
    ["task", { type: "cancel", reason: "" }, "reason"],
    ["task", { type: "cancel", reason: "x".repeat(2_001) }, "reason"],
    ["task", { type: "cancel", reason: 7 }, "reason"],
    ["task", { type: "unblock", force: true }, "force"],
    ["task", { type: "revise" }, "spec"],
    ["task", { type: "revise", spec: { ...BARE_SPEC, status: "done" } }, "status"],
    ["task", withSpec({ title: "" }), "spec.title"],
    ["task", withSpec({ title: "x".repeat(501) }), "spec.title"],
    ["task", withSpec({ description: "x".repeat(20_001) }), "spec.description"],
    ["task", withSpec({ priority: "urgent" }), "spec.priority"],
    ["task", withSpec({ value: 11 }), "spec.value"],
    ["task", withSpec({ value: Number.NaN }), "spec.value"],
    ["task", withSpec({ timeCriticality: -1 }), "spec.timeCriticality"],
    ["task", withSpec({ complexity: 0 }), "spec.complexity"],
    ["task", withSpec({ epicId: "" }), "spec.epicId"],
    ["task", withSpec({ dependsOn: "T1" }), "spec.dependsOn"],
    ["task", withSpec({ dependsOn: ["T1", ""] }), "spec.dependsOn[1]"],
    ["task", withSpec({ acceptance: Array.from({ length: 101 }, () => "x") }), "spec.acceptance"],
    ["agent", { type: "beat" }, "runId"],
    ["agent", { type: "beat", runId: "x".repeat(201) }, "runId"],
    ["coordinator", { type: "stop" }, "agents"],
    ["coordinator", { type: "stop", agents: [7] }, "agents[0]"],
    ["coordinator", { type: "start", now: true }, "now"],
    ["roadmap", { ...source, path: "" }, "path"],
    ["roadmap", { type: "imported", path: "r.yaml", constraints: [] }, "text"],
    ["roadmap", { ...source, constraints: ["x".repeat(2_001)] }, "constraints[0]"],
  ])("to a %s: %j", (chart, event, field) => {
    const { code, kind, found, expected } = refusal(chart, event);
    expect([code, kind]).toEqual(["host.malformed-event", "invalid"]);
    expect(found).toContain(field);
    expect(found.split("✖")).toHaveLength(2);
    expect(expected).toMatch(/^one of .*, well formed$/);
  });
});
