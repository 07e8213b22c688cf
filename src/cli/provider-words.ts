/** How a provider's rows are told to people, in the progress of a run and in `wvo status`. */
import { isoTime } from "../clock.ts";
import { explainOutage } from "../planning/outage.ts";
import type { ProviderRow, ProviderWindowRow } from "../store/views/tables.ts";

/** Why it takes no run, until when, and what to do. */
export const outageIn = ({ name, status, reason, until: untilMs }: ProviderRow): string =>
  explainOutage({ name, reason, untilMs, isDown: status === "down" });

export const windowText = ({
  name,
  used,
  resets_at,
}: Omit<ProviderWindowRow, "provider">): string =>
  `${name} ${Math.round(used * 100)} % used, resets at ${isoTime(resets_at)}`;
