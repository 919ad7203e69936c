/** Tells the program's own time: it stands still while the watch is at work, and while the run is paused. */
export class ProgramClock {
  /** Milliseconds that it has stood still. */
  #behind = 0;
  #stoppedAt = 0;
  #stops = 0;

  get isStopped(): boolean {
    return this.#stops > 0;
  }

  /** Milliseconds that it has stood still so far. */
  get stood(): number {
    return this.#behind + (this.isStopped ? performance.now() - this.#stoppedAt : 0);
  }

  /** Milliseconds. */
  get now(): number {
    return (this.isStopped ? this.#stoppedAt : performance.now()) - this.#behind;
  }

  /** To be followed by as many `go()`. */
  stop(): void {
    if (this.#stops++ === 0) this.#stoppedAt = performance.now();
  }

  /** @returns milliseconds that it stood still; 0 if it still does */
  go(): number {
    if (--this.#stops > 0) return 0;
    const stood = performance.now() - this.#stoppedAt;
    this.#behind += stood;
    return stood;
  }
}
