/** Tells once when a loss is no longer a finite number. */
import type { Problem } from "../../protocol/index.ts";
import { becameText } from "../../run/standing.ts";
import { callerPosition } from "../program/construction.ts";
import type { ProgramSource } from "../program/programSource.ts";

export class NonFiniteLoss {
  readonly #source: ProgramSource;
  readonly #tell: (problem: Problem) => void;
  #isTold = false;

  constructor(source: ProgramSource, tell: (problem: Problem) => void) {
    this.#source = source;
    this.#tell = tell;
  }

  /**
   * @param name of the series
   * @param below the caller, whose frames don't count
   */
  check(name: string, value: number, step: number, below: Function): void {
    if (Number.isFinite(value) || this.#isTold) return;
    this.#isTold = true;
    const position = callerPosition(this.#source, below);
    const message =
      `${becameText(name, value, step)}. ` +
      "Try a smaller learning rate; else look for a division by zero, or a logarithm or root of what isn't positive, on the way to it.";
    this.#tell({ severity: "warning", code: "nonFiniteLoss", message, step, ...(position ? { position } : {}) });
  }
}

/** Whether a series that the program logs itself is a loss, going by its name. */
export function isLossName(name: string): boolean {
  return /loss/i.test(name);
}
