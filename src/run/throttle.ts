/** Runs `action` at once, then at most once per `interval` milliseconds, and never loses the last call. */
export class Throttle {
  readonly #action: () => void;
  readonly #interval: number;
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(interval: number, action: () => void) {
    this.#interval = interval;
    this.#action = action;
  }

  call(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#last + this.#interval - performance.now();
    if (wait <= 0) this.#run();
    else this.#timer = setTimeout(() => this.#run(), wait);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    this.#last = performance.now();
    this.#action();
  }
}
