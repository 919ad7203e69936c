/** What the tensors in a program's own lines were like while it was inspected. */
import type { SourceEnd } from "./run.ts";
import type { SourcePosition } from "./position.ts";

/** What an expression, or a name that was given a value, was like over its calls. */
export interface SeenValue {
  readonly kind: "variable" | "parameter" | "loop" | "argument" | "result";
  /** The name, or the expression in one line. */
  readonly text: string;
  readonly position: SourcePosition;
  readonly end: SourceEnd;
  /** In the order in which they were first met; at most eight. */
  readonly shapes: readonly ValueShape[];
  /** How often a tensor was there. */
  readonly times: number;
  /** Whether its shape is another than those of what it was computed from. */
  readonly isNews: boolean;
  /** Where in the file the name is read that was given its value here: the places at which it begins. */
  readonly uses?: readonly SourceEnd[];
  /** The last one; where it was a list, none. */
  readonly tensor?: SeenTensor;
  /** The module that gave it, else the one in whose `forward` it was. */
  readonly module?: { readonly model: number; readonly id: number };
}

/** The shape of a tensor, or of each tensor in a list. */
export interface ValueShape {
  readonly tensors: readonly (readonly number[])[];
  readonly isList: boolean;
  /** The first dimension is the batch that a `DataLoader` gave. */
  readonly isBatch: boolean;
}

export interface SeenTensor {
  readonly dtype: string;
  readonly device: string;
  readonly requiresGrad: boolean;
  /** Absent where there were too many values to look at, or too many tensors before it. */
  readonly measured?: MeasuredValues;
}

export interface MeasuredValues {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** Fraction of values that are exactly zero, 0 to 1. */
  readonly zeroFraction: number;
  /** Number of NaN and infinite values. */
  readonly nonFinite: number;
  /** Equal bins from `low` to `high`, of the values that aren't zero. */
  readonly histogram: { readonly low: number; readonly high: number; readonly counts: readonly number[] };
}
