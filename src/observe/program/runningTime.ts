/** Tells how long the run has lasted: it stands still only while the run is paused. */
export class RunningTime {
  readonly #begin = performance.now();
  #paused = 0;

  /** Milliseconds. */
  get now(): number {
    return performance.now() - this.#begin - this.#paused;
  }

  /** Milliseconds that the run was paused. */
  get paused(): number {
    return this.#paused;
  }

  /** The run was paused for so many milliseconds. */
  stood(milliseconds: number): void {
    this.#paused += milliseconds;
  }
}
