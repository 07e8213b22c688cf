/**
 * How the adapters read what they were not promised: a field that is missing or misshapen becomes
 * null, zero or an empty list, and the rest of its event still counts.
 */
import { z } from "zod";

export const text = z.string().nullable().catch(null);
export const count = z.int().min(0).catch(0);
export const amount = z.number().min(0).nullable().catch(null);

/** A list; members that are not as they should be are left out. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((members) =>
      members.flatMap((member): z.output<Item>[] => {
        const parsed = item.safeParse(member);
        return parsed.success ? [parsed.data] : [];
      }),
    );

/** What one event means, by the name that its type gives it; null where it is not known. */
export function parseNamed<Event>(
  known: ReadonlyMap<string, z.ZodType<Event>>,
  name: string,
  json: unknown,
): Event | null {
  const parsed = known.get(name)?.safeParse(json);
  return parsed?.success === true ? parsed.data : null;
}
