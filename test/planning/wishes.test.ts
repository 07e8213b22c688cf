/** Routing of tasks that somebody asked for: what was said comes before the table. */
import { expect, test } from "vitest";
import { defaultRoutes, route } from "../../src/planning/route.ts";
import type { ProviderState, RoutedTask } from "../../src/planning/route.ts";
import { candidate, provider } from "./examples.ts";

const both = [provider("claude"), provider("codex")];

test.each<[string, RoutedTask["wish"], readonly ProviderState[], object]>([
  [
    "to a provider, at the tier of the table",
    { provider: "claude", tier: null },
    both,
    { provider: "claude", tier: "low" },
  ],
  [
    "at a tier, to the provider of the table",
    { provider: null, tier: "high" },
    both,
    { provider: "codex", tier: "high" },
  ],
  [
    "to both",
    { provider: "claude", tier: "high" },
    both,
    { rationale: 'row "asked for" gives claude at tier high, its first choice' },
  ],
  [
    "to nothing that is said: the table decides",
    { provider: null, tier: null },
    both,
    { rationale: 'row "simple" gives codex at tier low, its first choice' },
  ],
  [
    "to a provider that is out: it waits for it",
    { provider: "claude", tier: null },
    [provider("claude", { usable: false, reason: "usage limit" }), provider("codex")],
    { kind: "none" },
  ],
])("where somebody asked for a task to go: %s", (_title, wish, ...[providers, found]) => {
  expect(route(candidate({ wish }), providers, defaultRoutes)).toMatchObject(found);
});
