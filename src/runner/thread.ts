/** What the runner's main thread and its worker thread tell each other. */
import type { RunEvent, RunRequest } from "../protocol/index.ts";
import type { Annotations } from "./annotations.ts";

/** Main thread → worker thread; once. */
export interface Job {
  readonly request: RunRequest;
  /** URL of the bundled program. */
  readonly program: string;
  /** Its source map, as JSON. */
  readonly map: string;
  readonly annotations: Annotations;
  /** See `Control`. */
  readonly control: SharedArrayBuffer;
  /** See `MetricBuffer`. */
  readonly metrics: SharedArrayBuffer;
}

/** How the program ended. */
export type Outcome = "finished" | "stopped" | "failed";

/** Worker thread → main thread. */
export type ThreadMessage =
  /** With the build of the kernels that the engine took. */
  | { readonly type: "ready"; readonly kernels: string }
  | { readonly type: "event"; readonly event: RunEvent }
  /** From now on this number stands for this name in `points`. */
  | { readonly type: "series"; readonly index: number; readonly name: string }
  | { readonly type: "points"; readonly values: Float64Array }
  | { readonly type: "paused"; readonly paused: boolean }
  | { readonly type: "ended"; readonly outcome: Outcome };
