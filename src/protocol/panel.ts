/** Between the extension and the panel's page. */
import type { ModelInfo } from "./model.ts";
import type { MetricPoint, Problem, Progress, RunEvent, RunMode, RunState } from "./run.ts";
import type { SourcePosition } from "./position.ts";
import type { StepStatistics } from "./statistics.ts";

/** Everything the panel shows of a run; the extension keeps it, so that a hidden or reloaded panel can be filled again. */
export interface RunSnapshot {
  readonly runId: string;
  readonly file: string;
  readonly mode: RunMode;
  readonly state: RunState;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** The file's text, or an import's, on disk is another than when the run began. */
  readonly edited?: boolean;
  readonly models: readonly ModelInfo[];
  readonly metrics: readonly MetricPoint[];
  readonly progress?: Progress;
  /** Sampled steps, oldest first; thinned out evenly when there are many. */
  readonly statistics: readonly StepStatistics[];
  readonly problems: readonly Problem[];
  readonly notes: readonly { readonly name: string; readonly step: number; readonly text: string }[];
}

export type ToPanel =
  | { readonly type: "snapshot"; readonly run: RunSnapshot | null }
  /** Events of the run whose snapshot was sent last, in order. */
  | { readonly type: "events"; readonly runId: string; readonly events: readonly RunEvent[] }
  /** Choose a module from outside (a click in the tree view). */
  | { readonly type: "select"; readonly model: number; readonly module: number };

export type FromPanel =
  /** The page is loaded (again) and wants a snapshot. */
  | { readonly type: "ready" }
  | { readonly type: "command"; readonly command: "train" | "inspect" | "pause" | "resume" | "stop" }
  | { readonly type: "reveal"; readonly position: SourcePosition };
