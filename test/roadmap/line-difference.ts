/** The lines in which two texts differ, so that a test can say exactly what changed. */

/** The lines that only one of two texts has, as diff shows them. */
export function difference(before: string, after: string): readonly string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const common = commonLines(old, now);
  const result: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else if (i < old.length && at(common, i + 1, j) >= at(common, i, j + 1)) {
      result.push(`-${old[i]}`);
      i += 1;
    } else {
      result.push(`+${now[j]}`);
      j += 1;
    }
  }
  return result;
}

const at = (table: readonly (readonly number[])[], i: number, j: number) => table[i]?.[j] ?? -1;

/** How many lines the rests of two texts have in common, for each pair of rests. */
function commonLines(old: readonly string[], now: readonly string[]) {
  const table = Array.from({ length: old.length + 1 }, () => Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = table[i] ?? [];
      row[j] =
        old[i] === now[j]
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}
