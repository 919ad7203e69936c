/** A tensor as the debugger found it, and how it goes to the page that shows it. */
import { list, record, singles, text, whole } from "./codec.ts";

export interface ShownTensor {
  /** As the user wrote it. */
  readonly expression: string;
  /** Where the program stood: `net.model.ts:16`. */
  readonly place: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of a large one the beginning along each dimension is there: the shape of that. */
  readonly part: readonly number[];
  /** Of the part, row after row. */
  readonly values: Float32Array;
}

export const shownTensor = record<ShownTensor>({ expression: text, place: text, dtype: text, shape: list(whole), part: list(whole), values: singles });
