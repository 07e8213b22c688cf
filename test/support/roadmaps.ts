/** Roadmaps for long tests: many tasks with dependencies, the same for the same numbers. */

/** T1 to Tn; every fourth task depends on one or two before it, so that there is order to keep. */
export function longRoadmap(size: number): { readonly version: 1; readonly tasks: object[] } {
  const tasks = Array.from({ length: size }, (_, index) => {
    const n = index + 1;
    const before = [n - 2, n - 7].filter((each) => each > 0 && n % 4 === 0);
    return {
      id: `T${n}`,
      title: `Task number ${n}`,
      complexity: 1 + (n % 10),
      value: (n * 7) % 11,
      ...(before.length > 0 ? { depends_on: before.map((each) => `T${each}`) } : {}),
    };
  });
  return { version: 1, tasks };
}
