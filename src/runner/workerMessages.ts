/** What the runner's main thread and its worker thread tell each other. */
import type { MessagePort } from "node:worker_threads";
import type { RunRequest, SentEvent } from "../protocol/index.ts";
import type { Declarations } from "./declarations.ts";

/** What the worker thread is started with. */
export interface WorkerStart {
  /** Leads to the main thread. `parentPort`, which every worker has, is the program's, too. */
  port?: MessagePort;
  /** Whether a debugger is there. */
  readonly debug: boolean;
}

/** Main thread → worker thread; once. */
export interface Job {
  readonly request: RunRequest;
  /** Where the program's file believes to be. */
  readonly place: string;
  /** URL of the folder that holds Kindling itself. */
  readonly home: string;
  /** URL of the bundled program. */
  readonly program: string;
  /** Its source map, as JSON. */
  readonly map: string;
  readonly declarations: Declarations;
  /** See `Control`. */
  readonly control: SharedArrayBuffer;
  /** See `Mailbox`. */
  readonly mailbox: MessagePort;
  /** See `MetricBuffer`. */
  readonly metrics: SharedArrayBuffer;
}

/** How the program ended. */
export type Outcome = "finished" | "stopped" | "failed";

/** Worker thread → main thread. */
export type WorkerMessage =
  /** With the build of the kernels that the engine took. */
  | { readonly type: "ready"; readonly kernels: string }
  /** The program is read, and about to run. */
  | { readonly type: "begun" }
  /** In their order. */
  | { readonly type: "events"; readonly events: readonly SentEvent[] }
  /** From now on this number stands for this name in `points`. */
  | { readonly type: "series"; readonly index: number; readonly name: string }
  | { readonly type: "points"; readonly values: Float64Array }
  | { readonly type: "paused"; readonly paused: boolean }
  | { readonly type: "ended"; readonly outcome: Outcome; /** The program's own choice, where it made one. */ readonly exitCode?: number };
