/** Environment variables that stand above the file, and what each one sets. */
import { FaultError } from "../fault.ts";
import { configSchema } from "./schema.ts";
import type { ConfigKey } from "./schema.ts";

interface Variable {
  readonly name: string;
  readonly key: ConfigKey;
  readonly isNumber: boolean;
}

/** Founding document 0, section "Environment"; conflict C10 of the requirements. */
export const VARIABLES: readonly Variable[] = [
  { name: "WVO_TARGET", key: "target", isNumber: false },
  { name: "WVO_ROADMAP", key: "roadmap", isNumber: false },
  { name: "WVO_STATE_ROOT", key: "state_root", isNumber: false },
  { name: "WVO_WORKTREE_ROOT", key: "worktree_root", isNumber: false },
  { name: "WVO_AUTOPILOT_AGENTS", key: "agents", isNumber: true },
  { name: "WVO_AUTOPILOT_WIP_LIMIT", key: "wip_limit", isNumber: true },
  { name: "WVO_GATES", key: "gates", isNumber: true },
];

export type Environment = Readonly<Record<string, string | undefined>>;

/** The values that the environment sets; a value that cannot be is refused by its name. */
export function fromEnvironment(environment: Environment) {
  return VARIABLES.flatMap(({ name, key, isNumber }) => {
    const text = environment[name];
    if (text === undefined || text === "") return [];
    const given = isNumber ? Number(text) : text;
    const parsed = configSchema.shape[key].safeParse(given);
    if (!parsed.success) throw refused(name, text, parsed.error.issues[0]?.message ?? "invalid");
    return [{ name, key, value: parsed.data }];
  });
}

function refused(name: string, text: string, expected: string): FaultError {
  return new FaultError({
    code: "config.environment",
    kind: "invalid",
    where: `environment variable ${name}`,
    found: JSON.stringify(text),
    expected,
    next: `correct it, or unset ${name}`,
  });
}
