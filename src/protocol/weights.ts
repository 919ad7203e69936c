/** A run that begins with another one's weights: what it is asked to take over, and what it took. */

/** A parameter or a buffer of a model. */
export interface WeightTensor {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/**
 * What becomes of one tensor. `kept`: path and shape are the same. `renamed`: the shape is, and another path is likely to
 * mean the same. `transposed`: rows and columns are exchanged, as Hugging Face's Conv1D keeps a linear layer's. `resized`: one
 * dimension differs, so what both have is taken over. `new`: nothing fits, it begins as the program makes it. `gone`: it was
 * there, and nothing is like it any more.
 */
export interface WeightMatch {
  readonly kind: "kept" | "renamed" | "transposed" | "resized" | "new" | "gone";
  /** The model's name in the new code; of what is gone, in the old. */
  readonly model: string;
  readonly path: string;
  readonly shape: readonly number[];
  /** Where it comes from, where that is another path or another shape. */
  readonly from?: { readonly path: string; readonly shape: readonly number[] };
  /** Of what is new: what nothing became of, and has a name much like it. */
  readonly nearest?: { readonly path: string; readonly shape: readonly number[] };
  /** It would fit, but was declined: it begins anew. */
  readonly declined?: true;
}

/** What a new run is to begin with. */
export interface WeightsRequest {
  /** A file of Kindling's, PyTorch's or Hugging Face's, or an index of several. */
  readonly file: string;
  /** Where the weights are from, in words for the user: a run, or a file. */
  readonly origin: string;
  /** Only tensors whose names begin with it are taken over, as if it weren't there: `backbone.` */
  readonly prefix?: string;
  /** What begins anew though it would fit: paths in the new code of tensors or layers, `fc1.weight` or `net.fc1`. */
  readonly declined: readonly string[];
  /** The kept run that they are of: the new one is a branch of it. */
  readonly branchOf?: BranchPoint;
  /** Whether the file was made for this run alone, and goes when it has been read: a run that is kept keeps it. Default false. */
  readonly isMadeForRun?: boolean;
}

/** Where a run parts from another one. */
export interface BranchPoint {
  /** Id of the kept run. */
  readonly run: string;
  /** Number of steps that it had taken. */
  readonly step: number;
}

/** What a run began with. */
export interface TakenWeights {
  readonly origin: string;
  /** The step, from 0, that they are of. */
  readonly step?: number;
  readonly matches: readonly WeightMatch[];
  /** Parameters whose state of the optimizer was taken over as well. */
  readonly optimized: number;
}
