/**
 * Calls `action` at most once every `interval` milliseconds: at once if there was a pause, else at the end of the interval,
 * so that the last call is never lost.
 */
export class Pace {
  private last = -Infinity;
  private timer: number | null = null;

  constructor(
    private readonly interval: number,
    private readonly action: () => void,
  ) {}

  readonly request = (): void => {
    if (this.timer !== null) return;
    const wait = this.last + this.interval - performance.now();
    if (wait <= 0) this.run();
    else this.timer = window.setTimeout(this.run, wait);
  };

  readonly cancel = (): void => {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  };

  private readonly run = (): void => {
    this.timer = null;
    this.last = performance.now();
    this.action();
  };
}
