/** The agent programs that are on this machine, for a first configuration. */
import type { Examined } from "../agents/provider.ts";
import { openProvider } from "../agents/providers.ts";
import { providerSchema } from "../config/providers.ts";

export interface Detected extends Pick<Examined, "version" | "login" | "note"> {
  readonly name: string;
  readonly program: string;
  /** What a person has to do before it can be used; null where nothing is wanting. */
  readonly next: string | null;
}

/** Programs that are looked for in PATH under their own names. */
const KINDS = ["claude", "codex"] as const;

/** Those that are there, also where they are not logged in yet. */
export async function detectPrograms(workspace: string): Promise<readonly Detected[]> {
  const looked = await Promise.all(
    KINDS.map(async (kind) => {
      const provider = openProvider(kind, providerSchema.parse({ kind }), workspace);
      const { program, version, login, note, fault } = await provider.examine();
      const next = fault?.details.next ?? null;
      return program === null ? [] : [{ name: kind, program, version, login, note, next }];
    }),
  );
  return looked.flat();
}

/** One line for people. */
export const describe = ({ name, version, login, note }: Detected): string =>
  [`${name} ${version ?? "of an unknown version"}`, note, login ?? "not logged in"]
    .filter((part) => part !== null)
    .join(", ");
