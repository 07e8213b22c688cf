/** The first comment of a chart's file: what the chart is for, and the invariants it promises. */

export interface Comment {
  /** The first sentence. */
  readonly purpose: string;
  readonly paragraphs: readonly string[];
  readonly invariants: readonly { readonly id: string; readonly text: string }[];
}

/** An invariant begins with its name; its further lines are indented below it. */
const INVARIANT = /^([A-Z]\d+) (.+)$/;

export function commentOf(source: string): Comment {
  const [, block = ""] = /^\/\*\*(.*?)\*\//s.exec(source) ?? [];
  const lines = block.split("\n").map((line) => line.replace(/^ \* ?/, "").trimEnd());
  const invariants: { id: string; text: string }[] = [];
  const paragraphs: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    const [, id, text = ""] = INVARIANT.exec(line) ?? [];
    const last = invariants.at(-1);
    if (id !== undefined) invariants.push({ id, text });
    else if (last !== undefined && line.startsWith("   ")) last.text += ` ${line.trim()}`;
    else if (line !== "")
      paragraphs.push([...(isOpen ? paragraphs.splice(-1) : []), line].join(" "));
    isOpen = line !== "" && id === undefined && !line.startsWith("   ");
  }
  const [purpose = ""] = /^.*?[.?](?= |$)/.exec(paragraphs[0] ?? "") ?? [];
  return { purpose, paragraphs, invariants };
}
