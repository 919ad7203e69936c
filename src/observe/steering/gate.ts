/** Where the program can be held up or ended, as the watch sees it; what stands behind it is the runner's. */
export interface Gate {
  /**
   * Lets the program pass, or holds it up while it is paused. May throw.
   * @param beforeBlocking called if it is held up
   * @returns the milliseconds that it was
   */
  pass(beforeBlocking: () => void): number;
  /** Never holds it up; it may be ended, and hears what it is told. May throw. */
  look(): void;
  /** Pauses the program, from inside: the next `pass` holds it up. */
  hold(): void;
  /** Lets a program go on that is held up. */
  release(): void;
}
