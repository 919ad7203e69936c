/** What the lines of a program came to last, for an editor to show beside them. */
import type { SourcePosition } from "./position.ts";

export type LineNews =
  /** A `backward()`, with the loss that it was called on. */
  | { readonly kind: "loss"; readonly position: SourcePosition; readonly value: number }
  /** A `log()`, with the numbers that it was given. */
  | { readonly kind: "logged"; readonly position: SourcePosition; readonly values: readonly NamedNumber[] }
  /** A turn (from 0, of how many, where the loop shows it) of a loop over epochs. */
  | { readonly kind: "epoch"; readonly position: SourcePosition; readonly index: number; readonly count?: number }
  /** The same of another loop that trains. */
  | { readonly kind: "turn"; readonly position: SourcePosition; readonly index: number; readonly count?: number };

export interface NamedNumber {
  readonly name: string;
  readonly value: number;
}
