/**
 * Following samples of the batch that is running through a model. This is the one place where values of tensors travel:
 * pieces of what a person looks at, bounded, and only because it was asked for.
 */

/** A part of a tensor, row after row; what isn't a float was made one. */
export interface Piece {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** At most so many values are in one piece, and in all pieces of one answer. */
export const pieceLimit = 16_384;
export const answerLimit = 262_144;
/** At most so many samples of a batch are shown, and pieces asked for at once. */
export const shownSamples = 64;
export const shownPoints = 512;
export const mostWanted = 64;

// --- asking -------------------------------------------------------------------------------------------------------------

/** Which call of which module: its outputs have a place in the way of a sample. */
export interface CallKey {
  /** `ModuleInfo.id` */
  readonly module: number;
  /** From 0: a module may be called several times. */
  readonly call: number;
}

export interface Wanted extends CallKey {
  readonly what: "output" | "kernels" | "attention";
  /** The first channel, row or value; default 0. */
  readonly from?: number;
}

/** What of a module's output is set to 0. */
export interface Ablation {
  readonly module: number;
  /** `unit`: a channel or feature of its output; `head`: of an attention, before the heads are put together. */
  readonly part: "unit" | "head";
  readonly index: number;
}

export interface LookRequest {
  /** Comes back with the answer. */
  readonly id: number;
  /** `ModelInfo.id` */
  readonly model: number;
  /** Which sample of the batch. */
  readonly sample: number;
  /** Stay with the batch that is shown; else each look takes the newest. */
  readonly hold: boolean;
  /** Look again and again while the run goes on, as often as the watch's share of its time allows. */
  readonly follow: boolean;
  /** In training mode, as the program runs it, instead of `eval()`: with dropout, and the batch's own statistics. */
  readonly training: boolean;
  readonly wanted: readonly Wanted[];
  readonly ablations: readonly Ablation[];
  /** For inputs of two features: what the model says all over the plane. */
  readonly boundary: boolean;
}

// --- answers ------------------------------------------------------------------------------------------------------------

/** `images`: each sample is [1 or 3, height, width]; `points`: two features; `sequences`: whole numbers; else `rows`. */
export type BatchKind = "images" | "points" | "sequences" | "rows";

/** What the loss says of the outputs: a class among several, yes or no, or values that are to be near others. */
export type Meaning = "classes" | "binary" | "values";

/** What came out for each sample of a batch. */
export interface Outcome {
  readonly meaning: Meaning;
  /** Number of classes, or of values. */
  readonly width: number;
  /** As users write it: `crossEntropy`. */
  readonly loss: string;
  /** [samples, positions]: classes, 0 and 1, or values. */
  readonly labels: Piece;
  readonly predictions: Piece;
  /** Of each sample: the mean of its own. */
  readonly losses: Float32Array;
  /** Share that is right, 0 to 1, over the whole batch; absent for values. */
  readonly accuracy?: number;
  /** Over the whole batch. */
  readonly meanLoss: number;
  /** Of the chosen sample (its last position): the probability of each class, of yes, or the values. */
  readonly scores: Float32Array;
}

/** The samples that are looked at. */
export interface Batch {
  /** `ModelInfo.id` */
  readonly model: number;
  /** Step of the run in which the program used it. */
  readonly step: number;
  readonly epoch: number;
  readonly kind: BatchKind;
  /** Of the whole input, all samples. */
  readonly shape: readonly number[];
  readonly count: number;
  /** Which dimension of the input counts the samples. */
  readonly dimension: number;
  /** [samples, …]: the first ones; large ones are thinned out to every n-th pixel or value. */
  readonly samples: Piece;
  /** Whether `samples` are thinned out. */
  readonly thinned: boolean;
}

/** One call on the way of a sample. */
export interface CallInfo extends CallKey {
  /** Of the output, for this sample alone; for all samples where no dimension counts them. */
  readonly shape: readonly number[];
  readonly isSplit: boolean;
  /** Which dimension of that shape counts channels or features; -1 for a single value. */
  readonly unitDimension: number;
  /** Shape of the kernels, where it has pictures of them. */
  readonly kernels?: readonly number[];
  /** [heads, queries, keys] of this sample's attention. */
  readonly attention?: readonly number[];
  /** Heads that can be switched off. */
  readonly heads?: number;
}

export interface LookPiece extends Required<Wanted> {
  readonly piece: Piece;
  /** Every n-th pixel of large pictures; else 1. */
  readonly every: number;
}

/** What a model says all over a plane: rows from the top (largest second feature), columns from the left. */
export interface Boundary {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
  readonly meaning: Meaning;
  /** [rows, columns]: the class; or the probability of yes; or the first value. */
  readonly field: Piece;
  /** [rows, columns]: how probable that class is. */
  readonly certainty?: Piece;
}

export interface Look {
  /** Of the request. */
  readonly id: number;
  readonly model: number;
  readonly sample: number;
  /** Step of the run that was under way, from 0. */
  readonly step: number;
  /** `Batch.step` of the batch that was looked at. */
  readonly batch: number;
  readonly training: boolean;
  /** In order; at most `mostCalls`. */
  readonly calls: readonly CallInfo[];
  readonly pieces: readonly LookPiece[];
  /** Absent where no loss tells what the outputs mean. */
  readonly outcome?: Outcome;
  /** What is switched off, and the outcome with it; `calls` and `pieces` are of that pass, too. */
  readonly ablations: readonly Ablation[];
  readonly ablated?: Outcome;
  readonly boundary?: Boundary;
  /** What the look took, and how long it is until the next; milliseconds. */
  readonly cost: number;
  readonly interval?: number;
}

export const mostCalls = 400;

/** Why a look found nothing, for the person who looks. */
export interface LookFailure {
  readonly id: number;
  readonly model: number;
  readonly message: string;
}

// --- over a whole pass --------------------------------------------------------------------------------------------------

/** A sample with a high loss. */
export interface WorstSample {
  readonly step: number;
  readonly loss: number;
  readonly label: number;
  readonly prediction: number;
  readonly kind: BatchKind;
  /** Thinned out where it is large. */
  readonly input: Piece;
}

/** What came out over one pass over the data, as far as its losses were seen. */
export interface Tally {
  /** `ModelInfo.id` */
  readonly model: number;
  /** `evaluation`: within `noGrad`. */
  readonly pass: "training" | "evaluation";
  readonly epoch: number;
  readonly step: number;
  readonly meaning: Meaning;
  /** Number of labels that were compared. */
  readonly count: number;
  readonly right: number;
  /** Not all batches were counted: that would have cost the run too much while nobody looked. */
  readonly isPartial: boolean;
  /** [classes, classes], row after row: how often each label (row) got each prediction (column); at most `mostClasses`. */
  readonly confusion?: { readonly classes: number; readonly counts: readonly number[] };
  /** Highest loss first; of those batches whose single losses were looked at. */
  readonly worst: readonly WorstSample[];
}

export const mostClasses = 64;
export const mostWorst = 12;

export type FollowedNews =
  /** The samples that the next looks are at. */
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "look"; readonly look: Look }
  | { readonly kind: "failure"; readonly failure: LookFailure }
  | { readonly kind: "tally"; readonly tally: Tally };
