/**
 * What `weathervane.yaml` may say, with its defaults. Where the values come from in the end, file
 * or environment, is `load.ts`.
 */
import { z } from "zod";
import { WIP_LIMIT_MAX } from "../../machines/coordinator.ts";
import { defaultRoutes, routesSchema } from "../planning/route.ts";
import { budgetSchema, estimatesSchema, moneyProblems, pricesSchema } from "./budget.ts";
import { providerSchema } from "./providers.ts";
import { duration } from "./units.ts";

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, {
  error: "up to 40 letters, digits, dots, dashes or underscores",
});

/** A program and its arguments as a list, or one line for the shell. */
const command = z.union(
  [z.array(z.string().min(1)).min(1).max(200), z.string().min(1).max(10_000)],
  { error: "a program with its arguments as a list, or one line for the shell" },
);

const checkSchema = z.strictObject({
  name,
  run: command,
  /** A mandatory check must pass; the others count by their score alone. */
  mandatory: z.boolean().default(true),
  /** Its last line of output is JSON with a `score` from 0 to 1. */
  scored: z.boolean().default(false),
  floor: z.number().min(0).max(1).default(0),
  /** What it finds needs deep reasoning, so rework is routed to the high tier. */
  deep: z.boolean().default(false),
  limit: duration.default(duration.parse("15m")),
});

/** Evidence and figures of a check go by its name, in folders as well. */
const hasOwnNames = (checks: readonly { readonly name: string }[]): boolean =>
  new Set(checks.map((check) => check.name.toLowerCase())).size === checks.length;

/** A name alone: what it is, PATH says. */
const programName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/, {
  error: "the name of a program, without a folder",
});

/** What clients without hands of their own may do in a worktree; null where they may nothing. */
const sandboxSchema = z.strictObject({
  /** A program on this list can do all that its user can. */
  programs: z.array(programName).max(50).default([]),
  /** Also for clients over HTTP, whichever token they have. */
  http: z.boolean().default(false),
});

const settings = z.strictObject({
  version: z.literal(1).default(1),
  /** The branch that work is merged into; by default the one checked out at `wvo init`. */
  target: z.string().min(1).max(200).nullable().default(null),
  roadmap: z.string().min(1).default("state/roadmap.yaml"),
  state_root: z.string().min(1).default("state"),
  /** Where worktrees are made; by default under the user's state folder. */
  worktree_root: z.string().min(1).nullable().default(null),
  /** Founding document 0: three agents, at most three tasks at a time. */
  agents: z.int().min(1).max(64).default(3),
  wip_limit: z.int().min(1).max(WIP_LIMIT_MAX).default(3),
  /** Gates that run at a time; each runs its checks one after another. */
  gates: z.int().min(1).max(64).default(2),
  providers: z.record(name, providerSchema).default({}),
  checks: z
    .array(checkSchema)
    .max(50)
    .refine(hasOwnNames, { error: "checks with names of their own, also apart from letter case" })
    .default([]),
  routes: routesSchema.default(defaultRoutes),
  sandbox: sandboxSchema.nullable().default(null),
  budget: budgetSchema,
  prices: pricesSchema,
  estimates: estimatesSchema,
});

export const configSchema = settings.superRefine((config, context) => {
  for (const problem of moneyProblems(config)) context.addIssue({ code: "custom", ...problem });
});

export type FileConfig = z.output<typeof configSchema>;
export type CheckConfig = FileConfig["checks"][number];
export type ConfigKey = keyof FileConfig;
