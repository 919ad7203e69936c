/** What a run tells (runner → extension or command line) and what it can be told. */
import type { Pass, PassCount } from "./graph.ts";
import type { StepChanges } from "./health.ts";
import type { LineNews } from "./lines.ts";
import type { ModelClassInfo, ModelInfo } from "./model.ts";
import type { PrintedLine } from "./printed.ts";
import type { SourcePosition } from "./position.ts";
import type { Intervention } from "./interventions.ts";
import type { OnnxFile, OnnxOptions } from "./onnx.ts";
import type { OptimizerInfo } from "./optimizers.ts";
import type { FollowedNews } from "./sample.ts";
import type { StepStatistics } from "./statistics.ts";
import type { SeenValue } from "./values.ts";
import type { StepTrace } from "./trace.ts";
import type { TakenWeights, WeightsRequest } from "./weights.ts";
import type { StepWork } from "./work.ts";
import type { Place, Steering, WatchSettings } from "./steering.ts";

export type RunMode = "train" | "inspect";

/**
 * `paused` and `running` alternate; the last four are final. `interrupted`: the process or the window went away before
 * the run told its end.
 */
export type RunState = "starting" | "running" | "paused" | "stopping" | "finished" | "stopped" | "failed" | "interrupted";

/** A message for the user about a place in the user's code. */
export interface Problem {
  readonly severity: "error" | "warning" | "information";
  /** One clear sentence or two: what happened, and what to do next. */
  readonly message: string;
  /** What kind of trouble: `syntax`, `import`, `shape`, `thrown`, `memory`, `timeout`, `noModel`, `noTraining`, `nonFiniteLoss`, `crash` … or a lint's id. */
  readonly code: string;
  /** The user's own line; absent only where no line of the user's is to blame. */
  readonly position?: SourcePosition;
  /** Where the offending source ends, where known. */
  readonly end?: SourceEnd;
  /** Other places that have to do with it: where an operand comes from, what holds the parameter. */
  readonly related?: readonly RelatedPlace[];
  /** What mends it for certain, the likeliest first. */
  readonly fixes?: readonly Fix[];
  /** The user's own frames, innermost first. */
  readonly stack?: readonly { readonly function: string; readonly position: SourcePosition }[];
  /** Path of the module that was running, e.g. `layer2 (Linear) of SimpleClassifier`. */
  readonly module?: string;
  /** The run's step at which it appeared. */
  readonly step?: number;
}

/** Line and column, from 1, right behind what is meant. */
export interface SourceEnd {
  readonly line: number;
  readonly column: number;
}

export interface RelatedPlace {
  readonly message: string;
  readonly position: SourcePosition;
  readonly end?: SourceEnd;
}

/** A change of the user's text that is offered where the problem stands. */
export interface Fix {
  /** What it does, e.g. "Make it `nn.ModuleList`". */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Puts `text` in the place of what stands from `position` to `end`. */
export interface TextEdit {
  readonly position: SourcePosition;
  readonly end: SourceEnd;
  readonly text: string;
}

/**
 * One value of one named series: `loss` and `lr` (behind a stroke the model's name where there are several, for one of several
 * groups its `name`, or the path of its first parameter, or its number), `val/loss`, and the names given to `log()`.
 */
export interface MetricPoint {
  readonly name: string;
  /** The step that it is of, from 0: the one under way, else the last. */
  readonly step: number;
  readonly epoch: number;
  readonly value: number;
}

export interface Progress {
  /** From 0. */
  readonly epoch: number;
  /** Number of epochs the run will have, where the loop showed it. */
  readonly epochs?: number;
  /** Number of steps that the run has taken: updates of the parameters, by one optimizer or several together, or by hand. */
  readonly step: number;
  /** Batch within the epoch, from 0, and batches in an epoch; absent without a DataLoader. */
  readonly batch?: number;
  readonly batches?: number;
  /** The newest, and the step that it is of, from 0. */
  readonly loss?: number;
  readonly lossStep?: number;
  readonly stepsPerSecond: number;
  readonly samplesPerSecond?: number;
  /** Seconds until the end, where it can be told. */
  readonly remainingSeconds?: number;
  /** Milliseconds since the run began. */
  readonly elapsed: number;
  /** The share of the time that watching took, 0 to 1, since what is watched was chosen. */
  readonly watchShare?: number;
}

export type RunEvent =
  | {
      readonly type: "state";
      readonly state: RunState;
      /** ms since the epoch */ readonly at: number;
      /** The program's own, where it chose one: `process.exit(3)`. */ readonly exitCode?: number;
    }
  /** Replaces every model sent before. Sent when a model was first used, and again when its tree, shapes or frozen state changed. */
  | { readonly type: "models"; readonly models: readonly ModelInfo[] }
  | { readonly type: "classes"; readonly classes: readonly ModelClassInfo[] }
  | { readonly type: "metrics"; readonly points: readonly MetricPoint[] }
  /** A series has another name from now on, with what it holds: it is not the only one of its kind any more. */
  | { readonly type: "renamed"; readonly from: string; readonly to: string }
  /** What the program printed; before it, so many lines that are too many to tell. */
  | { readonly type: "printed"; readonly lines: readonly PrintedLine[]; readonly skipped: number }
  /** A `log()` value that is not a number. */
  | { readonly type: "note"; readonly name: string; readonly step: number; readonly text: string }
  | { readonly type: "progress"; readonly progress: Progress }
  /** Replaces what was told of each of these lines before. */
  | { readonly type: "lines"; readonly lines: readonly LineNews[] }
  | { readonly type: "statistics"; readonly statistics: StepStatistics }
  /** A pass of another structure than those before, or the same one seen again with more to tell. */
  | { readonly type: "pass"; readonly pass: Pass }
  /** How often each pass ran, from time to time and at the end. */
  | { readonly type: "passCounts"; readonly counts: readonly PassCount[] }
  | { readonly type: "work"; readonly work: StepWork }
  /** What wrote each tensor of a step, as was asked for. Replaces what was told of another. */
  | { readonly type: "trace"; readonly trace: StepTrace }
  | { readonly type: "changes"; readonly changes: StepChanges }
  /** Of a sample that is followed through a model. */
  | { readonly type: "followed"; readonly news: FollowedNews }
  | { readonly type: "problem"; readonly problem: Problem }
  /** Replaces every optimizer sent before. Sent before the first step, and again when a group or an option changed. */
  | { readonly type: "optimizers"; readonly optimizers: readonly OptimizerInfo[] }
  /** Someone changed something in the run; it holds from now on. */
  | { readonly type: "intervention"; readonly intervention: Intervention }
  /** What was asked for could not be done, and why. */
  | { readonly type: "refused"; readonly message: string }
  /** What the run began with, of another one's weights. Replaces what was told before. */
  | { readonly type: "weights"; readonly weights: TakenWeights }
  /** The weights as they are now were written there; or why not. */
  | { readonly type: "captured"; readonly file: string; readonly failure?: string; /** Steps taken by then. */ readonly step?: number }
  /** A model was written as an ONNX file. */
  | { readonly type: "onnx"; readonly onnx: OnnxFile }
  /** What is watched from now on. */
  | { readonly type: "watch"; readonly watch: WatchSettings }
  /** Where the program stands; sent before it is paused, and again when that changes. */
  | { readonly type: "place"; readonly place: Place }
  /** The program stands at a breakpoint or a step of the debugger's, or goes on from there. */
  | { readonly type: "debugger"; readonly stands: boolean }
  /** What the tensors in the program's lines were like; an inspection tells it once, at its end. */
  | { readonly type: "values"; readonly values: readonly SeenValue[] }
  /** The files of the user's that took part (for what to watch). */
  | { readonly type: "files"; readonly files: readonly string[] };

/** An event between processes; what was measured is packed, as src/run/sentEvents.ts does it. */
export type SentEvent = Exclude<RunEvent, { readonly type: "statistics" }> | { readonly type: "statistics"; readonly packed: unknown };

/** What is asked of a runner process. One process serves one job. */
export interface RunRequest {
  readonly file: string;
  readonly mode: RunMode;
  /** Working directory of the program. */
  readonly directory: string;
  readonly sampling: SamplingOptions;
  /** Inspect mode stops after this long; milliseconds. 0 = no limit. */
  readonly timeLimit: number;
  /** What the program finds in `process.argv` behind its own name. Default none. */
  readonly programArguments?: readonly string[];
  /** Threads that the engine computes with; 0 leaves one core free and takes the others. */
  readonly threads: number;
  /** Where the run is written down while it goes on; nowhere if absent. */
  readonly keep?: KeepOptions;
  /** A kept run that is to be brought back to one of its steps. */
  readonly replay?: ReplayOptions;
  /** Takes the place of the first seed that the program gives to `manualSeed`; a program that gives none begins with it. */
  readonly seed?: number;
  /** Constants of the file that have other values in this run. */
  readonly given?: readonly GivenConstant[];
  /** Whether the first bad number is looked for however long the run had lasted by then, and not only early in it. Default false. */
  readonly findsLate?: boolean;
  /** The weights that it begins with in place of its own. */
  readonly weights?: WeightsRequest;
  /** Whether a debugger holds the program: it carries its source map with it. Default false. */
  readonly debug?: boolean;
  /** Whether whatever else the machine has to do comes first: an editor is still used while it trains. Default false. */
  readonly inBackground?: boolean;
  /** Where an inspection writes down what a training begins with; nowhere if absent. */
  readonly beginning?: BeginningOptions;
  /** The model that an inspection writes as an ONNX file; none if absent. */
  readonly onnx?: OnnxOptions;
}

export interface BeginningOptions {
  /** An existing folder; `weights.pt` and `data.npz` go there. */
  readonly folder: string;
  /** Variables of the program's own file whose tensors are data that can't be made again; by the line where they get them. */
  readonly values: readonly { readonly name: string; readonly line: number }[];
}

/** The run is run again from its beginning, and paused before the step; where it goes on from there it is a run of its own. */
export interface ReplayOptions {
  /** Of the kept run. */
  readonly folder: string;
  /** Number of steps taken by then. */
  readonly step: number;
  /** It goes no further, isn't paused, and what it tells beyond what it told then is added to the kept run. */
  readonly fill?: FillOptions;
}

export interface FillOptions {
  /** Whose text takes the place of the run's own file, with what is on disk now of its imports; without, all is as it was. */
  readonly file?: string;
  /** The steps that are measured, every one: from 0, up to before `to`. */
  readonly samples?: StepRange;
}

/** Steps from 0, up to before `to`. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

export interface KeepOptions {
  /** The folder of all runs; made if it isn't there. */
  readonly folder: string;
  /** Bytes that all runs in it may take together: the oldest that are not pinned give way. */
  readonly limit: number;
  /** Whether the parameters and all else that the run goes on from are kept every now and then. Default true. */
  readonly checkpoints?: boolean;
  /** Of the runs that are begun together: those with the same are one. */
  readonly group?: string;
}

/** A literal of the file that is run, and what takes its place. */
export interface GivenConstant {
  readonly name: string;
  /** Where it stands, counted in UTF-16 units from the file's beginning. */
  readonly start: number;
  /** What stands there; if something else does, the file has changed meanwhile. */
  readonly was: string;
  readonly value: string;
}

/** Bytes that all kept runs of a project may take together, unless that is set. */
export const roomForRuns = 500e6;

export interface SamplingOptions {
  /** Whether activations and gradients are measured at all. */
  readonly enabled: boolean;
  /** Histogram bins per tensor. */
  readonly bins: number;
  /** Upper bound for the watch's share of the run's time, 0 to 1; the interval between sampled steps follows from it. */
  readonly budget: number;
  /** Every step, whatever it costs. Default false. */
  readonly everyStep?: boolean;
}

export const defaultSampling: SamplingOptions = { enabled: true, bins: 40, budget: 0.02 };

export type RunCommand =
  /** Nothing is to be run for now: it may run this file, of which nothing is told, to be quicker later. Before `run`, which ends it. */
  | { readonly type: "rehearse"; readonly file: string }
  | { readonly type: "run"; readonly request: RunRequest }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "stop" }
  | { readonly type: "steer"; readonly steering: Steering };

/**
 * Runner → parent. `ready`: engine loaded, with this build of its kernels, waiting for a `run`; one that is to be debugged
 * loads it later, and says where its inspector listens. `rehearsed`: what it ran to be quicker is over. `event`: of the job.
 */
export type RunnerMessage =
  | { readonly type: "ready"; readonly kernels: string | undefined; readonly inspector?: string }
  | { readonly type: "rehearsed" }
  | { readonly type: "event"; readonly event: SentEvent };

/** With this argument a runner waits for a debugger. */
export const debugArgument = "--debug";
