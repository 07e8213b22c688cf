/** `wvo task add TITLE`: one more task, without editing the roadmap file. */
import { taskSpec } from "../../catalog/doors.ts";
import { actorId } from "../../../machines/protocol.ts";
import type { TaskInput } from "../../../machines/protocol.ts";
import { FaultError } from "../../fault.ts";
import { existingTasks } from "../../app/roadmap-import.ts";
import { ID_PATTERN } from "../../roadmap/schema.ts";
import { caseClash, isOurs, OURS_MESSAGE, twinOf } from "../../roadmap/task-ids.ts";
import { command } from "../command.ts";
import { insist, speaking } from "../speaker.ts";
import { loadHere } from "../workspace.ts";
import { unknownTask } from "./known.ts";
import { z } from "zod";

interface Options {
  readonly id?: string;
  readonly description: string;
  readonly type: string;
  readonly priority: string;
  readonly complexity: string;
  readonly value?: string;
  readonly dependsOn?: readonly string[];
  readonly acceptance?: readonly string[];
}

/** Business value by priority (founding document 0; requirements C-1). */
const VALUE_BY_PRIORITY: Readonly<Record<string, number>> = { high: 10, medium: 5, low: 1 };

export const addCommand = () =>
  command<Options>({ name: "add", summary: "one more task" }, async ({ out, args, options }) => {
    const [title = ""] = args;
    const added = await speaking(loadHere(), async (speaker, store) => {
      const known = await existingTasks(store);
      const id = options.id ?? freeId(known);
      refuseId(id, known);
      const input = inputOf(id, title, options);
      refuseUnknown(input, known);
      const { state } = insist(await speaker.start(actorId.task(id), input));
      return { id, state };
    });
    out.result(added, () => `${added.id} is ${added.state}`);
  })
    .argument("<title>", "what is to be done")
    .option("--id <id>", "its name; by default the next free T-number")
    .option("--description <text>", "more about it", "")
    .option("--type <word>", "feature, bug, review, ...", "task")
    .option("--priority <word>", "high, medium or low", "medium")
    .option("--complexity <1-10>", "how hard it is", "5")
    .option("--value <0-10>", "business value; by default from the priority")
    .option("--depends-on <ids...>", "tasks that must be done first")
    .option("--acceptance <texts...>", "what must hold in the end");

function freeId(known: ReadonlyMap<string, unknown>): string {
  let number = known.size + 1;
  while (known.has(`T${number}`) || known.has(`t${number}`)) number += 1;
  return `T${number}`;
}

/** The rules that a roadmap file keeps too. */
function refuseId(id: string, known: ReadonlyMap<string, unknown>): void {
  if (!ID_PATTERN.test(id)) throw usage("--id", id, "letters, digits, dots, dashes, underscores");
  if (isOurs(id)) throw usage("--id", id, OURS_MESSAGE);
  const twin = twinOf(id, known.keys());
  if (twin === undefined) return;
  const { found, expected } = caseClash(id, twin);
  throw usage("--id", found, expected);
}

function inputOf(id: string, title: string, options: Options): TaskInput {
  const spec = taskSpec.safeParse({
    title,
    description: options.description,
    type: options.type,
    priority: options.priority,
    value: Number(options.value ?? VALUE_BY_PRIORITY[options.priority]),
    timeCriticality: 0,
    complexity: Number(options.complexity),
    epicId: null,
    milestoneId: null,
    acceptance: options.acceptance ?? [],
    dependsOn: options.dependsOn ?? [],
    related: [],
    suggested: [],
  });
  if (!spec.success) throw usage("the task", title, z.prettifyError(spec.error));
  return { id, spec: spec.data, status: "pending", reason: null };
}

/** A new task cannot close a cycle, since nothing depends on it yet; but what it names must exist. */
function refuseUnknown({ spec }: TaskInput, known: ReadonlyMap<string, unknown>): void {
  const unknown = spec.dependsOn.find((each) => !known.has(each));
  if (unknown !== undefined) throw unknownTask(unknown, [...known.keys()]);
}

const usage = (where: string, found: string, expected: string): FaultError =>
  new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: `wvo task add: ${where}`,
    found,
    expected,
    next: "correct it; wvo task list shows the tasks that exist",
  });
