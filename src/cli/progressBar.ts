/** The line at the bottom of the terminal that shows how a training goes. */
import type { Progress } from "../protocol/index.ts";

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
  const done = shareDone(progress);
  const parts = [
    epochs === undefined ? `epoch ${epoch + 1}` : `epoch ${epoch + 1}/${epochs}`,
    ...(done === undefined ? [] : [bar(done), `${Math.floor(done * 100)}%`]),
    `step ${step.toLocaleString("en-US")}`,
    ...(loss === undefined ? [] : [`loss ${numberText(loss)}`]),
    `${numberText(stepsPerSecond)} steps/s`,
    ...(remainingSeconds === undefined ? [] : [`${durationText(remainingSeconds)} left`]),
  ];
  return parts.join("  ");
}

/** Of the run where the number of epochs is known, else of the epoch. */
function shareDone({ epoch, epochs, batch, batches }: Progress): number | undefined {
  const within = batch !== undefined && batches ? (batch + 1) / batches : undefined;
  if (epochs === undefined) return within;
  return Math.min(1, (epoch + (within ?? 0)) / epochs);
}

function bar(share: number): string {
  const filled = Math.round(share * barWidth);
  return "━".repeat(filled) + "─".repeat(barWidth - filled);
}

/** Four significant digits. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

/** `45 s`, `3:07`, `1:02:09` */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (part: number): string => String(part).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
