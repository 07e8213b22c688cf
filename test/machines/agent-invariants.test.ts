/** What holds of an agent after every sequence of happenings. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AgentContext } from "../../machines/agent-setup.ts";
import { machine } from "../../machines/agent.ts";
import type { AgentEvent, Assignment, RunExit } from "../../machines/protocol.ts";
import { plainExit } from "../../src/agents/run-exit.ts";
import { reachable, wander } from "../support/chart-table.ts";
import type { Moment, Play, Subject } from "../support/chart-table.ts";

const subject: Subject = { machine, actor: "agent:a-1", input: { id: "a-1" } };
const plan = {
  provider: "local",
  tier: "low",
  startFrom: "target",
  commit: null,
  resume: null,
} as const;
const workOf = (taskId: string): Assignment => ({ taskId, runId: `${taskId}.1`, ...plan });
const reason = "it is wanted";
const exit = (outcome: RunExit["outcome"]): RunExit => plainExit({ outcome, detail: outcome });
const outcomes = (["completed", "failed", "limited", "notStarted", "stopped"] as const).map(exit);
const collected = [
  { commit: "c0ffee", changed: true, findings: [] },
  { commit: null, changed: false, findings: [] },
];
const outputs = {
  prepareWorktree: [null],
  runAgent: outcomes,
  adoptRun: outcomes,
  stopRun: outcomes,
  collectWork: collected,
};

const REPORTS = new Set(["workFinished", "runFailed", "runReleased"]);
const AT_WORK = ["runAgent", "adoptRun", "stopRun"];

/** What has been said about each run, kept by hand. */
class Ledger {
  readonly assigned: string[] = [];
  readonly reports: string[] = [];
  readonly starts: string[] = [];
  readonly broken: string[] = [];
  /** How the program of the present run ended. */
  #ending: RunExit["outcome"] | null = null;

  /** Assignments of ever new runs, and events about the present one and about another. */
  readonly events = (now: Play): readonly AgentEvent[] => {
    const { work } = now.context<AgentContext>();
    const runId = work?.runId ?? "none";
    const next = workOf(`T-${this.assigned.length + 1}`);
    return [
      { type: "assign", ...next },
      { type: "beat", runId },
      { type: "beat", runId: "T-0.1" },
      { type: "stop", runId, reason },
      { type: "stop", runId: "T-0.1", reason },
      { type: "drain", reason },
    ];
  };

  readonly look = (moment: Moment): void => {
    const { play: now, what } = moment;
    const { work, exit } = now.context<AgentContext>();
    this.#ending = exit?.outcome ?? this.#ending;
    if (what === "assign") this.assigned.push(`T-${this.assigned.length + 1}.1`);
    const told = now.requests.messages.flatMap((each) => ("event" in each ? [each.event] : []));
    const reports = told.filter(({ type }) => REPORTS.has(type));
    this.reports.push(...reports.map((each) => String(each["runId"])));
    const begun = now.requests.effects.filter(({ kind }) => kind === "runAgent");
    this.starts.push(...begun.map(() => work?.runId ?? "none"));
    const wrong = this.#wrongIn(
      moment,
      reports.map(({ type }) => type),
    );
    const texts = Object.entries(wrong).flatMap(([text, is]) => (is ? [text] : []));
    this.broken.push(...texts.map((text) => `${text}: ${moment.from}, ${what}, ${now.at()}`));
  };

  #wrongIn({ play: now, from, what }: Moment, reports: readonly string[]) {
    const { work } = now.context<AgentContext>();
    const underWay = [...now.live.children.keys()];
    const isFree = now.at().startsWith("free");
    const open = this.assigned.filter((each) => !this.reports.includes(each));
    const isCollected = what === "collectWork";
    const isLimited = this.#ending === "limited" || this.#ending === "notStarted";
    const begins = now.at() === "collecting" && from !== "collecting";
    return {
      "A1 work is in hand unless it is free": isFree !== (work === null),
      "A1 every run but the present one is reported": open.join() !== (work?.runId ?? ""),
      "A1 a run is reported once": new Set(this.reports).size !== this.reports.length,
      "A2 a program is started once a run": new Set(this.starts).size !== this.starts.length,
      "A3 one effect is under way at most": underWay.length > 1,
      "A3 it is collected when the program has ended": begins && !AT_WORK.includes(what),
      "A5 a limit is no failed attempt": isCollected && isLimited && reports.includes("runFailed"),
    };
  }
}

test("A1, A2, A3 and A5 hold after every sequence", () => {
  const walk = fc.array(fc.nat(), { minLength: 20, maxLength: 150, size: "max" });
  const been = new Set<string>();
  const starts: number[] = [];
  const property = fc.property(walk, (picks) => {
    const ledger = new Ledger();
    const { look, events } = ledger;
    wander(subject, picks, { events, outputs, look }).been.forEach((each) => been.add(each));
    starts.push(ledger.starts.length);
    expect(ledger.broken).toEqual([]);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
  expect(been).toContain("stuck");
  expect(been).toContain("preparing.halted");
  expect(been).toContain("working.session.adopted");
  expect(Math.max(...starts)).toBeGreaterThan(3);
});

test("what was adopted had been started before (A2)", () => {
  expect(reachable(subject, "working.session.started")).not.toContain("working.session.adopted");
  expect(reachable(subject, "preparing")).toEqual(["", "free", "free.idle"]);
});
