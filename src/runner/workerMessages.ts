/** What the runner's main thread and its worker thread tell each other. */
import type { MessagePort } from "node:worker_threads";
import type { Checkpoint } from "../observe/checkpoints/checkpoint.ts";
import type { Explanation } from "../observe/badNumbers/words.ts";
import type { WorldAnswers } from "../keep/worldAnswers.ts";
import type { Intervention, Problem, RunRequest, SentEvent, StepStatistics } from "../protocol/index.ts";
import type { Hop } from "../keep/past.ts";
import type { Declarations } from "./declarations.ts";

/** What the worker thread is started with. */
export interface WorkerStart {
  /** Leads to the main thread. `parentPort`, which every worker has, is the program's, too. */
  port?: MessagePort;
  /** Whether a debugger is there. */
  debug?: boolean;
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
  /** `Math.random` begins with it, so that a run can be repeated. */
  readonly randomSeed: number;
  /** See `Control`. */
  readonly control: SharedArrayBuffer;
  /** See `Mailbox`. */
  readonly mailbox: MessagePort;
  /** See `MetricBuffer`. */
  readonly metrics: SharedArrayBuffer;
  /** Whether what the world answers the program is told. */
  readonly keepsAnswers?: boolean;
  /** A kept run is brought back to one of its steps. */
  readonly past?: JobPast;
  /** See `CheckpointTray`; none where no checkpoints are kept. */
  readonly checkpoints?: SharedArrayBuffer;
  /** The run is another one's repetition: only where its first bad number comes from is looked for. */
  readonly repeated?: RepeatedRun;
}

/** What the program's thread has to know of a kept run to run it again. */
export interface JobPast {
  readonly world: readonly WorldAnswers[];
  readonly interventions: readonly Intervention[];
  /** Hashes of the parameters, by the steps that they were taken after. */
  readonly hashes: ReadonlyMap<number, string>;
  /** Number of steps after which it is paused. */
  readonly step: number;
  /** What of the way to there needn't be computed. */
  readonly hops: readonly Hop[];
  /** What was measured last of each model before the last of them ends: all that was needn't be measured again. */
  readonly lastMeasured: readonly StepStatistics[];
  /** It is run again for what it did not tell: it ends there, and nothing that it does on the way is done. */
  readonly isFilled?: boolean;
  /** What the models ended with, and after how many steps. */
  readonly end?: { readonly step: number; readonly hash: string };
}

/** What a run that is repeated was like. */
export interface RepeatedRun {
  /** Of each `backward()` up to where something was not finite any more, the loss; NaN for what is no single number. */
  readonly losses: readonly number[];
  /** What the default generator began with. */
  readonly seed: number | bigint;
}

/** Something is not finite any more. */
export interface Alarmed {
  readonly problem: Problem;
  /** What became of what, as the problem begins. */
  readonly what: string;
  readonly run: RepeatedRun;
  /** Milliseconds that the run had lasted. */
  readonly time: number;
}

/** What a repetition came to; neither where all ran the same and no operation is to blame. */
export interface Searched {
  readonly explanation?: Explanation;
  /** The program took another course this time. */
  readonly isAnother?: true;
}

/** How the program ended. */
export type Outcome = "finished" | "stopped" | "failed";

export interface Ending {
  /** The program's own choice, where it made one. */
  readonly exitCode?: number;
  /** Where it took another course than it did then, in words for the user. */
  readonly parted?: string;
  /** Why the short way back to its step can't be gone. */
  readonly astray?: string;
}

/** Main thread → worker thread, at most once, before the job: a program to become quick with. */
export interface Rehearsal extends Pick<Job, "program" | "map" | "declarations"> {
  readonly rehearsed: true;
  /** Absolute path of what it was made of. */
  readonly file: string;
}

/** Worker thread → main thread. */
export type WorkerMessage =
  /** With the build of the kernels that the engine took. */
  | { readonly type: "ready"; readonly kernels: string }
  /** The rehearsal is over. */
  | { readonly type: "rehearsed" }
  /** The program is read, and about to run. */
  | { readonly type: "begun" }
  /** In their order. */
  | { readonly type: "events"; readonly events: readonly SentEvent[] }
  /** From now on this number stands for this name in `points`. */
  | { readonly type: "series"; readonly index: number; readonly name: string }
  | { readonly type: "points"; readonly values: Float64Array }
  /** A run that is brought back to a step is there; it is paused next. */
  | { readonly type: "arrived" }
  | { readonly type: "world"; readonly answers: readonly WorldAnswers[] }
  | { readonly type: "paused"; readonly paused: boolean }
  | ({ readonly type: "alarm" } & Alarmed)
  /** With the milliseconds of the program's that it took. */
  | { readonly type: "checkpoint"; readonly checkpoint: Checkpoint; readonly cost: number }
  | { readonly type: "searched"; readonly searched: Searched }
  | ({ readonly type: "ended"; readonly outcome: Outcome } & Ending);

/** @param transfer what the other thread has from then on, and this one no more */
export type Post = (message: WorkerMessage, transfer?: readonly ArrayBuffer[]) => void;
