/** Which steps of an optimizer are looked at where that takes a walk over all parameters: the first, and now and then one of the others. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";

const first = 2;
const every = 50;

export class StepsLookedAt {
  readonly #taken = new WeakMap<Optimizer, number>();

  /** Whether the step that the optimizer is about to take is one. */
  next(optimizer: Optimizer): boolean {
    const step = this.#taken.get(optimizer) ?? 0;
    this.#taken.set(optimizer, step + 1);
    return step < first || step % every === 0;
  }
}
