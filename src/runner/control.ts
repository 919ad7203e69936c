/** Shared memory by which a busy worker thread is paused and stopped, and learns that there is something to read. */

const signals = { run: 0, pause: 1, stop: 2 } as const;

/** Places in the memory: the signal, and a number that grows with all that the worker should look at. */
const [signal, news] = [0, 1];

/** Either side may set a signal; the worker's side looks and waits. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #memory: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#memory = new Int32Array(buffer);
  }

  pause(): void {
    // Whoever was told to stop stays told.
    Atomics.compareExchange(this.#memory, signal, signals.run, signals.pause);
  }

  resume(): void {
    Atomics.compareExchange(this.#memory, signal, signals.pause, signals.run);
    this.wake();
  }

  stop(): void {
    Atomics.store(this.#memory, signal, signals.stop);
    this.wake();
  }

  /** There is something new: the worker looks at it where it passes next, and at once where it waits. */
  wake(): void {
    Atomics.add(this.#memory, news, 1);
    Atomics.notify(this.#memory, news);
  }

  get isPaused(): boolean {
    return Atomics.load(this.#memory, signal) === signals.pause;
  }

  get isStopped(): boolean {
    return Atomics.load(this.#memory, signal) === signals.stop;
  }

  /** Differs from what it was when there is something new. */
  get news(): number {
    return Atomics.load(this.#memory, news);
  }

  /** Blocks the calling thread until the word to stop has come. @param patience milliseconds at most */
  waitForStop(patience: number): void {
    const end = performance.now() + patience;
    for (;;) {
      const seen = this.news;
      const left = end - performance.now();
      if (this.isStopped || left <= 0) return;
      Atomics.wait(this.#memory, news, seen, left);
    }
  }

  /** Blocks the calling thread until `news` is no longer `seen`. */
  waitForNews(seen: number): void {
    Atomics.wait(this.#memory, news, seen);
  }
}
