/**
 * Tells once when a loss, a gradient or a parameter is no longer a finite number. Losses are known anyway; of gradients and
 * parameters so much is looked at as half a hundredth of the time allows.
 */
import { areGhosts } from "../../engine/memory/reading.ts";
import { isAllFinite } from "../../engine/ops/statistics.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Problem } from "../../protocol/index.ts";
import { formatCount } from "../../run/numbers.ts";
import { becameText } from "../../run/standing.ts";
import { callerPosition } from "../program/construction.ts";
import type { ProgramSource } from "../program/programSource.ts";

/** What is told of it beside the problem. */
export interface Trail {
  /** What became of what, as the problem begins. */
  readonly what: string;
  /** Of each `backward()` so far the loss, by which another run can be compared with this one; NaN for what is no single number. */
  readonly losses: readonly number[];
  /** Milliseconds that the run had lasted. */
  readonly time: number;
}

export interface AlarmOptions {
  readonly source: ProgramSource;
  readonly pathOf: (parameter: Tensor) => string | undefined;
  /** Milliseconds since the run began. */
  readonly now: () => number;
  readonly raise: (problem: Problem, trail: Trail) => void;
}

/** Share of the time. */
const budget = 0.005;
/** So many losses are remembered; later ones aren't compared. */
export const mostLosses = 1_000_000;

const hint = "Try a smaller learning rate; else look for a division by zero, or a logarithm or root of what isn't positive, on the way to it.";

export class Alarm {
  readonly #options: AlarmOptions;
  readonly #losses: number[] = [];
  #isRaised = false;
  /** Milliseconds that looking took. */
  #cost = 0;

  constructor(options: AlarmOptions) {
    this.#options = options;
  }

  /**
   * A loss goes backward.
   * @param value of it; NaN for what is no single number
   */
  goesBackward(value: number): void {
    if (!this.#isRaised && this.#losses.length < mostLosses) this.#losses.push(value);
  }

  /**
   * @param name of the series
   * @param below the caller, whose frames don't count
   */
  check(name: string, value: number, step: number, below: Function): void {
    if (Number.isFinite(value) || this.#isRaised) return;
    this.#raise(becameText(name, value, step), step, below);
  }

  /**
   * An optimizer is about to step.
   * @param below the caller, whose frames don't count
   */
  checkUpdate(optimizer: Optimizer, step: number, below: Function): void {
    const begin = this.#options.now();
    if (areGhosts() || this.#isRaised || this.#cost > begin * budget) return;
    const broken = brokenPart(optimizer);
    this.#cost += this.#options.now() - begin;
    if (!broken) return;
    const path = this.#options.pathOf(broken.parameter);
    const whose = path === undefined ? "a parameter" : `\`${path}\``;
    const what = broken.isGradient ? `The gradient of ${whose}` : whose[0]!.toUpperCase() + whose.slice(1);
    this.#raise(`${what} is not finite any more at step ${formatCount(step)}`, step, below);
  }

  #raise(what: string, step: number, below: Function): void {
    this.#isRaised = true;
    const { source, now, raise } = this.#options;
    const position = callerPosition(source, below);
    raise(
      { severity: "warning", code: "nonFiniteLoss", message: `${what}. ${hint}`, step, ...(position ? { position } : {}) },
      { what: `${what}.`, losses: this.#losses, time: now() },
    );
  }
}

function brokenPart({ paramGroups }: Optimizer): { readonly parameter: Tensor; readonly isGradient: boolean } | undefined {
  for (const { params } of paramGroups) {
    for (const parameter of params) {
      if (parameter.gradSlot && !isAllFinite(parameter.gradSlot)) return { parameter, isGradient: true };
      if (!isAllFinite(parameter)) return { parameter, isGradient: false };
    }
  }
  return undefined;
}

/** Whether a series that the program logs itself is a loss, going by its name. */
export function isLossName(name: string): boolean {
  return /loss/i.test(name);
}
