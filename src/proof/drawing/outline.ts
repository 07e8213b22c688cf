/** A chart as an outline: each state below the one around it, with what leads on from there. */
import type { ArrowPart, Portrait, StatePart } from "./portrait.ts";

export function outlineOf(portrait: Portrait): string {
  return portrait.states.flatMap((state) => linesOf(state, portrait)).join("\n");
}

function linesOf(state: StatePart, { transitions }: Portrait): readonly string[] {
  const depth = state.path === "" ? 0 : state.path.split(".").length;
  const pad = "  ".repeat(depth);
  const arrows = transitions.filter(({ from }) => from === state.path);
  const told = state.description === null ? [] : [`${pad}    ${state.description}`];
  return [headOf(state, pad), ...told, ...arrows.map((arrow) => `${pad}    ${arrowText(arrow)}`)];
}

function headOf({ path, kind, initial, tags, effects, timers }: StatePart, pad: string): string {
  const facts = [
    ...(kind === "parallel" || kind === "final" ? [kind] : []),
    ...(initial ? ["initial"] : []),
    ...effects.map((each) => `runs ${each}`),
    ...timers.map((each) => `timer ${each}`),
    ...tags.map((each) => `tag ${each}`),
  ];
  const name = path === "" ? "everywhere" : path;
  return `${pad}${name}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
}

/** `claim [hasHandedIn] -> active`; one without a goal stays where it is. */
function arrowText({ on, guard, to }: ArrowPart): string {
  const condition = guard === null ? "" : ` [${guard}]`;
  return `${on}${condition}${to.length === 0 ? "" : ` -> ${to.join(", ")}`}`;
}
