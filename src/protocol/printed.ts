/** A line that the program printed, or what there is of it yet. */
export interface PrintedLine {
  /** The step that the program was at, from 0: the one under way, else the last. */
  readonly step: number;
  /** Without the line's end, colours and other control sequences. */
  readonly text: string;
  readonly isError?: true;
  /** The line's end hasn't come yet: what is printed next to the same place continues it. */
  readonly isOpen?: true;
}
