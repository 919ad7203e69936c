/**
 * What each step descends. A loss goes backward before anybody knows for which optimizer; the step that follows tells. What
 * went backward several times into one step, as the two losses of a discriminator or the parts of a batch, counts with its
 * sum, for that is what the step descends.
 */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";

export interface StepLoss {
  readonly value: number;
  readonly epoch: number;
  /** Of its graph; `null` where there is one optimizer only, and so no question whose they are. */
  readonly leaves: readonly Tensor[] | null;
}

/** Kinds of losses that wait at once; a program that never steps may have any number of them. */
const mostWaiting = 100;

export class TrainingLosses {
  #waiting: StepLoss[] = [];
  #isStepping = false;

  /**
   * A loss is about to go backward.
   * @param hasGradients whether any of the leaves has a gradient
   * @returns what waits of it now, with what went backward before it into the same step
   */
  add(loss: StepLoss, hasGradients: (leaves: StepLoss["leaves"]) => boolean): StepLoss | undefined {
    // LBFGS tries several places within its step; the one where it began came before.
    if (this.#isStepping) return undefined;
    // Gradients that were set to zero again are no part of the next step.
    this.#waiting = this.#waiting.filter(({ leaves }) => hasGradients(leaves)).slice(-mostWaiting);
    const same = this.#waiting.findIndex(({ leaves }) => haveSameEnds(leaves, loss.leaves));
    const sum = same < 0 ? loss : { ...loss, value: this.#waiting[same]!.value + loss.value };
    this.#waiting[same < 0 ? this.#waiting.length : same] = sum;
    return sum;
  }

  /**
   * The optimizer's step begins. Returns what it descends, if anything went backward for it.
   *
   * A generator's loss reaches the discriminator, too. So what reaches this optimizer's parameters alone is its own; what
   * reaches others as well is so only where there is nothing else.
   */
  stepBegins(optimizer: Optimizer, ownerOf: (leaf: Tensor) => Optimizer | undefined): StepLoss | undefined {
    this.#isStepping = true;
    const reaching = this.#waiting.filter(({ leaves }) => leaves === null || leaves.some((leaf) => ownerOf(leaf) === optimizer));
    const alone = reaching.filter(({ leaves }) => leaves === null || leaves.every((leaf) => (ownerOf(leaf) ?? optimizer) === optimizer));
    const taken = alone.length > 0 ? alone : reaching;
    if (taken.length === 0) return undefined;
    this.#waiting = this.#waiting.filter((loss) => !taken.includes(loss));
    return { ...taken.at(-1)!, value: taken.reduce((sum, { value }) => sum + value, 0) };
  }

  stepEnds(): void {
    this.#isStepping = false;
  }

  get waiting(): readonly StepLoss[] {
    return this.#waiting;
  }

  /** All that wait: the program took the step by hand. */
  takeAll(): readonly StepLoss[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}

/** Graphs of one form meet their leaves in the same order. */
function haveSameEnds(a: StepLoss["leaves"], b: StepLoss["leaves"]): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a[0] === b[0] && a.at(-1) === b.at(-1);
}
