/**
 * The future that is hoped for: from a world on, everything goes well and time passes. It must
 * come to a world in which every task is settled or waits for a person; otherwise something hangs.
 */
import { actorId } from "../../machines/protocol.ts";
import type { TaskContext } from "../../machines/task-setup.ts";
import { keyOf } from "./key.ts";
import { Chances, stateOf } from "./moves.ts";
import type { Setting } from "./setting.ts";
import type { World } from "./world.ts";

/** Every task is through within this many moves, even one that begins anew three times. */
const MOVES_MAX = 600;

export class Futures {
  readonly #setting: Setting;
  readonly #good = new Set<string>();

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** Null where all goes well; otherwise what happens in vain, a line each. */
  trouble(world: World): readonly string[] | null {
    const seen: string[] = [];
    const lines: string[] = [];
    for (let now = world; seen.length < MOVES_MAX;) {
      const key = keyOf(now);
      if (this.#good.has(key) || isThrough(this.#setting, now)) {
        for (const each of [...seen, key]) this.#good.add(each);
        return null;
      }
      const next = this.#hope(now);
      if (next === null) return [...lines, ...standing(now)];
      seen.push(key);
      lines.push(next.label);
      now = next.world;
    }
    return [...lines.slice(0, 40), "and so on, without end"];
  }

  /** The first thing that is hoped for; where there is none, time passes until a limit. */
  #hope(world: World): { readonly label: string; readonly world: World } | null {
    const chances = [...new Chances(this.#setting, world).all()];
    const chance =
      chances.find(({ isAdverse }) => !isAdverse) ??
      chances.find(({ label }) => label.endsWith("rings"));
    return chance === undefined ? null : { label: chance.label, world: chance.happen().world };
  }
}

/** Every task is settled, waits for a person or for money, or waits for one that does. */
export function isThrough({ tasks }: Setting, world: World): boolean {
  return world.letters.length === 0 && tasks.every((task) => isAtRest(task, world));
}

function isAtRest(task: string, world: World): boolean {
  const live = world.actors.get(actorId.task(task));
  if (live === undefined || live.snapshot === null) return false;
  if (/^(done|cancelled|imported|blocked)$/.test(stateOf(live))) return true;
  if (/^(backlog\.ready|rework)/.test(stateOf(live)) && isShort(world)) return true;
  const { blockers } = live.snapshot.context as TaskContext;
  return stateOf(live) === "backlog.waiting" && blockers.some((each) => isAtRest(each, world));
}

/** There is no money for it: a person may raise the cap, and time stands still in these worlds. */
function isShort({ actors }: World): boolean {
  const coordinator = actors.get(actorId.coordinator);
  return coordinator !== undefined && stateOf(coordinator).startsWith("running.short");
}

const standing = ({ actors }: World): readonly string[] => [
  "and then nothing can happen any more:",
  ...[...actors.values()].map((live) => `${live.actor} is ${stateOf(live)}`),
];
