/** `wvo task show ID`: all that is known of one task, and its life so far. */
import type { Finding } from "../../../machines/chart.ts";
import type { TaskContext } from "../../../machines/task-setup.ts";
import { actorId } from "../../../machines/protocol.ts";
import { artifactsOf } from "../../app/artifacts.ts";
import { isoTime } from "../../clock.ts";
import { eventName } from "../../host/record.ts";
import type { SnapshotRecord } from "../../host/record.ts";
import type { StoreReader } from "../../store/port.ts";
import { command } from "../command.ts";
import { table } from "../output.ts";
import { reading } from "../reading.ts";
import { loadHere } from "../workspace.ts";
import { knownTask } from "./known.ts";

export const showCommand = () =>
  command({ name: "show", summary: "all that is known of one task" }, async ({ out, args }) => {
    const [id = ""] = args;
    const shown = await reading(loadHere(), (store) => detailsOf(store, id));
    out.result(shown, () => render(shown));
  }).argument("<id>", "the task");

const HISTORY_MAX = 1_000;

async function detailsOf(store: StoreReader, id: string) {
  const { views } = store;
  const row = knownTask(views, id);
  const actor = actorId.task(id);
  const stored = await store.read(actor);
  const { context } = JSON.parse(stored?.snapshot ?? "{}") as SnapshotRecord;
  const { spec, findings, left } = context as TaskContext;
  const history = await store.journal({ actor, limit: HISTORY_MAX });
  return {
    ...row,
    acceptance: spec.acceptance,
    findings,
    /** The session that the next run of its provider goes on with. */
    session: left === null ? null : { id: left.sessionId, provider: left.provider },
    dependencies: views.dependenciesOf(id),
    dependents: views.dependentsOf(id).map((each) => each.task_id),
    gates: views.gatesOf(id),
    quality: views.qualityOf(id),
    merges: views.mergeRequestsOf(id),
    artifacts: await artifactsOf(store, id),
    history: history.map(({ version, atMs, fromState, toState, happening }) => {
      return {
        version,
        at: isoTime(atMs),
        event: eventName(happening),
        from: fromState,
        to: toState,
      };
    }),
  };
}
/** The first line of a finding; `--json` has all of it. */
const wordOf = ({ source, text }: Finding): string =>
  `${source}: ${text.trim().split("\n", 1)[0] ?? ""}`;

type Details = Awaited<ReturnType<typeof detailsOf>>;

const artifactLine = ({ name, bytes, uri }: Details["artifacts"][number]): string =>
  `${name} (${bytes} bytes) ${uri}`;

function render(task: Details): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ["status", `${task.status} (${task.substate})`],
    ["reason", task.reason],
    ["type", `${task.type}, ${task.priority} priority, complexity ${task.complexity}`],
    ["agent", task.assigned_to],
    ["why so", task.rationale],
    ["attempts", `${task.runs} runs, ${task.attempts} failed, ${task.conflicts} conflicts`],
    ["depends on", task.dependencies.map((each) => each.depends_on).join(", ") || null],
    ["session", task.session === null ? null : `${task.session.id} of ${task.session.provider}`],
    ["merged", task.merged_commit],
    ...task.findings.map((each) => ["found", wordOf(each)] as const),
    ...task.artifacts.map((each) => ["artifact", artifactLine(each)] as const),
  ];
  const lines = facts.flatMap(([name, text]) =>
    text === null ? [] : [`  ${name.padEnd(11)} ${text}`],
  );
  const life = task.history.map(({ at, event, to }) => [at, event, to]);
  return [`${task.id}  ${task.title}`, ...lines, "", table(["AT", "EVENT", "STATE"], life)].join(
    "\n",
  );
}
