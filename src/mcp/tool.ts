/**
 * What a tool is: one shape for all of them. A tool reads, or sends one event to one actor; how its
 * answer reaches a client is `serving.ts`.
 */
import type { z } from "zod";
import type { Sandbox } from "../app/sandbox.ts";
import type { Config } from "../config/load.ts";
import type { Host } from "../host/host.ts";
import type { Store } from "../store/port.ts";

/** What a tool works with: the part of the application that it may know. */
export interface McpHost {
  readonly config: Config;
  readonly store: Store;
  readonly host: Host;
  /** Brings the agents into being that the autopilot hands tasks to. */
  readonly openPool?: () => Promise<void>;
  /** The worktrees of visitors. */
  readonly sandbox?: Sandbox;
  /** Ends this process once the answer is given, for another one to begin; null where none would. */
  readonly restart?: (() => void) | null;
  /** True from then on: what is asked now is for the next process to answer. */
  readonly isLeaving?: boolean;
}

/** Who is at the other end, fixed when the session began. */
export interface SessionScope {
  readonly role: Role;
  /** The agent that this session speaks for; null for people and for clients that name themselves. */
  readonly agentId: string | null;
  /** The one task that a run of ours is about. */
  readonly taskId: string | null;
  /** The confined executor is offered. */
  readonly sandbox: boolean;
  readonly sessionId: string;
}
export type Role = "worker" | "coordinator" | "operator";
export type Toolset = "work" | "plan" | "ops" | "sandbox";

/** All four are said, because some clients ask a person before every tool that leaves one open. */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** One call of a tool. */
export interface ToolCall {
  readonly app: McpHost;
  readonly scope: SessionScope;
  /** What makes a repetition of this call known; null where the client gave nothing. */
  readonly key: string | null;
  /** The tool and a hash of its arguments: the journal names it as the cause. */
  readonly cause: string;
  readonly signal: AbortSignal;
}

type ObjectSchema = z.ZodObject;

interface ToolParts<Input extends ObjectSchema, Output extends ObjectSchema> {
  readonly name: string;
  readonly toolset: Toolset;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  readonly annotations: Annotations;
  /** True for the few tools of the work loop: clients that load tools late keep these at hand. */
  readonly isLoop?: boolean;
  readonly run: (args: z.output<Input>, call: ToolCall) => Promise<z.input<Output>>;
}

/** A tool whose schemas are known only to itself. */
export interface Tool extends Omit<ToolParts<ObjectSchema, ObjectSchema>, "run"> {
  readonly run: (args: never, call: ToolCall) => Promise<object>;
}

/** Checks a tool against its own schemas when it is written. */
export const defineTool = <Input extends ObjectSchema, Output extends ObjectSchema>(
  parts: ToolParts<Input, Output>,
): Tool => parts;

/** It changes nothing. */
export const READS: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** It sends an event; repeated with the same key it is answered from the record. */
export const WRITES: Annotations = { ...READS, readOnlyHint: false };

/** As WRITES, and programs begin to work that reach out into the world. */
export const STARTS: Annotations = { ...WRITES, openWorldHint: true };

/** As WRITES, and something is gone afterwards. */
export const DESTROYS: Annotations = { ...WRITES, destructiveHint: true };

/** It may do anything that a program can, and again each time. */
export const RUNS_PROGRAMS: Annotations = {
  ...DESTROYS,
  idempotentHint: false,
  openWorldHint: true,
};
