/** A program that goes on to some place and is to be paused there: whether it has come to it. */
import type { Destination } from "../../protocol/index.ts";

export class Advance {
  #to: Destination | undefined;
  /** Whether a `backward()` came since. */
  #hasTrained = false;
  /** Module calls that are under way; counted while modules are stepped through. */
  #depth = 0;
  /** Calls under way when it set out. */
  #depthBefore = 0;

  /** Whether single batches or modules are looked at: then each of their steps is measured. */
  get isClose(): boolean {
    return this.#to !== undefined && this.#to.kind !== "step" && this.#to.kind !== "epoch";
  }

  /** Whether calls of modules matter. */
  get followsCalls(): boolean {
    return this.#to?.kind === "module" || this.#to?.kind === "out";
  }

  setOut(to: Destination): void {
    this.#to = to;
    this.#hasTrained = false;
    this.#depthBefore = this.#depth;
  }

  /** The program stands, for whatever reason. */
  stands(): void {
    this.#to = undefined;
  }

  trains(): void {
    this.#hasTrained = true;
  }

  /** A module is about to be called. Returns whether this is the place. */
  callStarts(): boolean {
    this.#depth++;
    return this.#to?.kind === "module" || (this.#to?.kind === "out" && this.#depth < this.#depthBefore);
  }

  /** A module's call is over, one way or the other. */
  callEnds(): void {
    this.#depth--;
  }

  /**
   * Whether the place between two steps is the one.
   * @param step the next one
   * @param epoch that it belongs to
   */
  isAt(step: number, epoch: number): boolean {
    // No call is under way between two steps.
    this.#depth = 0;
    switch (this.#to?.kind) {
      case undefined:
        return false;
      case "step":
        return step >= this.#to.step;
      case "epoch":
        return epoch >= this.#to.epoch;
      default:
        return this.#hasTrained;
    }
  }
}
