import type { SeenValue, SourceEnd, SourcePosition } from "../../protocol/index.ts";

/** An expression or a name in the user's text whose values the program tells. */
export interface ValuePlace {
  readonly kind: SeenValue["kind"];
  /** The name, or the expression in one line. */
  readonly text: string;
  readonly position: SourcePosition;
  readonly end: SourceEnd;
  /** The places that its value is computed from. */
  readonly from: readonly number[];
  /** Where a shape enters: the parameters of a `forward`, what a loop takes. */
  readonly isEntrance: boolean;
  /** Where a name that was given its value here is read, but for places of their own. */
  readonly uses: readonly SourceEnd[];
}
