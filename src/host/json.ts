/** Tells whether a value survives JSON unchanged: what does not would be lost by a restart. */

/** The deepest nesting a context may have; more is taken for a cycle. */
const DEPTH_MAX = 32;

/** The path to the first part that JSON would change or drop, or null where there is none. */
export function nonJsonPath(value: unknown, depth = 0): string | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : "";
  if (typeof value !== "object" || depth > DEPTH_MAX) return "";
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return "";
  for (const [key, part] of Object.entries(value)) {
    const inner = nonJsonPath(part, depth + 1);
    if (inner !== null) return `.${key}${inner}`;
  }
  return null;
}
