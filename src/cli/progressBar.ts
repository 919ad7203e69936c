/** The line at the bottom of the terminal that shows how a training goes. */
import type { Progress } from "../protocol/index.ts";
import { formatCount, formatDuration, formatNumber, formatRate } from "../run/numbers.ts";
import { epochShare, progressShare } from "../run/standing.ts";

export interface Screen {
  write(text: string): unknown;
  readonly columns?: number;
}

const barWidth = 24;
const eraseLine = "\r\u001b[K";

export class ProgressBar {
  readonly #screen: Screen;
  #line = "";
  /** Whether the program is in the middle of a line of its own, as it is when it asks for something. */
  #isInLine = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  show(progress: Progress): void {
    // The last column stays free: a full line would wrap.
    this.#line = progressLine(progress).slice(0, (this.#screen.columns ?? 80) - 1);
    this.#draw();
  }

  /** Lets others write above the bar. */
  around(write: () => void, endsLine: boolean): void {
    if (this.#line !== "" && !this.#isInLine) this.#screen.write(eraseLine);
    write();
    this.#isInLine = !endsLine;
    this.#draw();
  }

  clear(): void {
    if (this.#line !== "" && !this.#isInLine) this.#screen.write(eraseLine);
    this.#line = "";
  }

  #draw(): void {
    // In the middle of a line of the program's the bar would be in its way.
    if (this.#line !== "" && !this.#isInLine) this.#screen.write(eraseLine + this.#line);
  }
}

export function progressLine(progress: Progress): string {
  const { epoch, epochs, step, loss, stepsPerSecond, remainingSeconds } = progress;
  // Of the run where the number of epochs is known, else of the epoch.
  const done = progressShare(progress) ?? epochShare(progress);
  const parts = [
    epochs === undefined ? `epoch ${epoch + 1}` : `epoch ${epoch + 1}/${epochs}`,
    ...(done === undefined ? [] : [bar(done), `${Math.floor(done * 100)}%`]),
    `step ${formatCount(step)}`,
    ...(loss === undefined ? [] : [`loss ${formatNumber(loss)}`]),
    `${formatRate(stepsPerSecond)} steps/s`,
    ...(remainingSeconds === undefined ? [] : [`${formatDuration(remainingSeconds)} left`]),
  ];
  return parts.join("  ");
}

function bar(share: number): string {
  const filled = Math.round(share * barWidth);
  return "━".repeat(filled) + "─".repeat(barWidth - filled);
}
