/** A place in a file of the user's. `line` and `column` count from 1, as stack traces do. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
