/** Writing a model as an ONNX file. */

export interface OnnxOptions {
  /** Where the file goes. */
  readonly file: string;
  /** The variable or class of the model, where there are several. */
  readonly model?: string;
  /** Whether it is as in training rather than in `eval()`. Default false. */
  readonly training?: boolean;
  /** Which dimension of the first input is the batch, where that isn't found by itself; -1 where none is, and all sizes stay. */
  readonly batchDimension?: number;
}

/** A model that was written. */
export interface OnnxFile {
  readonly file: string;
  /** The model's name in the program. */
  readonly model: string;
  readonly opset: number;
  readonly bytes: number;
  /** As `x float32 [batch, 3, 32, 32]`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What became of running it beside the program's own forward pass; absent where no runtime is installed. */
  readonly check?: OnnxCheck;
}

export interface OnnxCheck {
  /** With its version. */
  readonly runtime: string;
  /** The largest difference, as a share of the largest value of an output (of 1 where that is less). */
  readonly difference?: number;
  /** Why it couldn't be compared, or what is of another shape. */
  readonly trouble?: string;
}

/** Up to here a difference comes from rounding. */
export const roundingDifference = 1e-4;
