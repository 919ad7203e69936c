/** The flag in shared memory by which a busy worker thread is paused and stopped. */

const signals = { run: 0, pause: 1, stop: 2 } as const;

/** The main thread's side sets; the worker's side looks and waits. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #flag: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#flag = new Int32Array(buffer);
  }

  pause(): void {
    // Whoever was told to stop stays told.
    Atomics.compareExchange(this.#flag, 0, signals.run, signals.pause);
  }

  resume(): void {
    Atomics.compareExchange(this.#flag, 0, signals.pause, signals.run);
    Atomics.notify(this.#flag, 0);
  }

  stop(): void {
    Atomics.store(this.#flag, 0, signals.stop);
    Atomics.notify(this.#flag, 0);
  }

  get isPaused(): boolean {
    return Atomics.load(this.#flag, 0) === signals.pause;
  }

  get isStopped(): boolean {
    return Atomics.load(this.#flag, 0) === signals.stop;
  }

  /** Blocks the calling thread until the pause is over. */
  waitWhilePaused(): void {
    while (this.isPaused) Atomics.wait(this.#flag, 0, signals.pause);
  }
}
