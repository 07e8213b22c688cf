/**
 * What is said to and by agents from outside, on one page: visitors that take tasks by themselves,
 * messages between agents, and what they write down for each other.
 */
import type { Assignment } from "./protocol.ts";

// ── visitors ──────────────────────────────────────────────────────────────────────────────────

export interface VisitorInput {
  readonly id: string;
}

export type VisitorEvent =
  /** Asks for a task; the run is the one that comes next there. */
  | {
      readonly type: "take";
      readonly taskId: string;
      readonly runId: string;
      readonly leaseMs: number;
    }
  | { readonly type: "progress"; readonly runId: string; readonly note: string | null }
  | { readonly type: "block"; readonly runId: string; readonly reason: string }
  | { readonly type: "release"; readonly runId: string; readonly reason: string }
  | {
      readonly type: "complete";
      readonly runId: string;
      /** A commit or a branch of the repository. */
      readonly ref: string;
      readonly summary: string;
    }
  | ({ readonly type: "assign" } & Assignment)
  /** The task was not to be had. */
  | { readonly type: "claimLost"; readonly taskId: string }
  | { readonly type: "stop"; readonly runId: string; readonly reason: string };

// ── messages ──────────────────────────────────────────────────────────────────────────────────

/** A message to one agent, or to whoever comes first where `to` is `*`. */
export interface MessageInput {
  readonly id: string;
  readonly to: string;
  /** What it is about, in a word. */
  readonly topic: string;
  /** JSON as text. */
  readonly payload: string;
  readonly sender: string;
}

export type MessageEvent =
  | { readonly type: "claim"; readonly agentId: string; readonly leaseMs: number }
  | { readonly type: "acknowledge"; readonly agentId: string }
  | { readonly type: "giveBack"; readonly agentId: string; readonly error: string };

// ── what agents write down ────────────────────────────────────────────────────────────────────

export const ENTRY_KINDS = ["decision", "constraint", "hypothesis", "learning"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface EntryInput {
  readonly id: string;
  readonly kind: EntryKind;
  readonly topic: string;
  readonly text: string;
  readonly relatedTasks: readonly string[];
  /** 0 to 1; null where the author did not say. */
  readonly confidence: number | null;
  readonly author: string;
  /** The entry that this one takes the place of. */
  readonly replaces: string | null;
}

export type EntryEvent = { readonly type: "supersede"; readonly by: string };

// ── what runs put by ──────────────────────────────────────────────────────────────────────────

export interface Artifact {
  readonly name: string;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly author: string;
  readonly runId: string;
}

export interface ArtifactsInput {
  readonly taskId: string;
  /** Names that there is room for. */
  readonly placesMax: number;
}

export type ArtifactsEvent = { readonly type: "store" } & Artifact;

// ── errands in a visitor's worktree ───────────────────────────────────────────────────────────

export type Errand =
  /** The text lies among the artifacts, under its hash. */
  | { readonly kind: "write"; readonly path: string; readonly sha256: string }
  | {
      readonly kind: "run";
      readonly program: string;
      readonly args: readonly string[];
      readonly limitMs: number;
    }
  | { readonly kind: "commit"; readonly message: string };

export interface ErrandInput {
  readonly id: string;
  /** The name of the visitor whose worktree it is. */
  readonly visitor: string;
  readonly taskId: string;
  readonly runId: string;
  readonly what: Errand;
}

/** What came of an errand. A program's output is cut: all that was kept of it lies in its run. */
export type ErrandResult =
  | { readonly kind: "written"; readonly bytes: number }
  | {
      readonly kind: "ended";
      readonly how: "exited" | "timeout" | "stopped";
      readonly code: number | null;
      readonly stdout: string;
      readonly stderr: string;
      readonly truncated: boolean;
    }
  | { readonly kind: "committed"; readonly commit: string };
