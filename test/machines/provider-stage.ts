/** The words that the tables of the provider chart are written with. */
import { machine } from "../../machines/provider.ts";
import type { ProviderEvent } from "../../machines/capacity.ts";
import { all, done, elapse, failed, say } from "../support/chart-table.ts";
import type { Play, Stage } from "../support/chart-table.ts";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const reason = "too many requests";
/** A limit that ends so many milliseconds from now. */
const limitFor = (ms: number) =>
  say<ProviderEvent>((now) => ({ type: "limitHit", untilMs: now.nowMs + ms, reason }));
const limit = say<ProviderEvent>({ type: "limitHit", untilMs: null, reason });
const serverFails = say<ProviderEvent>({ type: "serverFailed", reason: "overloaded" });
const refused = say<ProviderEvent>({ type: "accessRefused", reason: "no credit" });
/** Windows as a run has told them: how full each is, and when it begins anew, if that was told. */
const used = (...windows: readonly (readonly [name: string, ratio: number, endMs?: number])[]) =>
  say<ProviderEvent>(({ nowMs }) => ({
    type: "usageReported",
    windows: windows.map(([name, usedRatio, endMs]) => {
      return { name, usedRatio, resetsAtMs: endMs === undefined ? null : nowMs + endMs };
    }),
  }));
const answers = done("probeProvider", null);
const wait = elapse("wait");
const recovers = all(wait, answers);

const words = {
  limit,
  answers,
  wait,
  recovers,
  fails: failed("probeProvider", "agents.missing", "no such program"),
  startFails: say<ProviderEvent>({ type: "startFailed", reason: "no such file" }),
  ended: say<ProviderEvent>({ type: "runEnded" }),
  recheck: say<ProviderEvent>({ type: "recheck" }),
  limitHour: limitFor(60 * MINUTE),
  limitPast: limitFor(-60 * MINUTE),
  limit90: limitFor(90),
  limitNow: limitFor(0),
  limitMinute: limitFor(MINUTE),
  limitSoon: limitFor(2_000),
  soonOften: all(limitFor(2_000), recovers),
  limitEightDays: limitFor(8 * DAY),
  limitYear: limitFor(365 * DAY),
  minute: (now: Play) => {
    now.nowMs += MINUTE;
  },
  limitOften: all(limit, recovers),
  serverFails,
  serverFailsOften: all(serverFails, recovers),
  refused,
  loggedOut: failed("probeProvider", "agents.logged-out", "no login"),
  windowEnds: elapse("windowEnd"),
  used79: used(["five_hour", 0.79, 60 * MINUTE]),
  used80: used(["five_hour", 0.8, 60 * MINUTE]),
  used95: used(["five_hour", 0.95, 60 * MINUTE]),
  used90Untold: used(["tokens", 0.9]),
  usedWeek: used(["seven_day", 0.96, 7 * DAY]),
  usedYear: used(["seven_day", 0.9, 365 * DAY]),
  usedNow: used(["five_hour", 1, 0]),
  usedOver: used(["five_hour", 1, -MINUTE]),
  usedBothLater: used(["five_hour", 0.5, 60 * MINUTE], ["other", 0.1, DAY]),
  usedBoth: used(["five_hour", 0.97, 60 * MINUTE], ["seven_day", 0.85, 3 * DAY]),
  usedMany: used(...Array.from({ length: 12 }, (_, at) => [`w${at}`, 0.1, DAY] as const)),
};
export const subject = { machine, actor: "provider:local", input: { name: "local" } };
export const stage: Stage = { subject, words };

/** One of each event. */
export const samples: readonly ProviderEvent[] = [
  { type: "limitHit", untilMs: null, reason },
  { type: "serverFailed", reason },
  { type: "accessRefused", reason },
  { type: "startFailed", reason },
  { type: "runEnded" },
  { type: "usageReported", windows: [] },
  { type: "recheck" },
];
