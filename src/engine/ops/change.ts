/** How far a tensor has moved from what it was. */
import { kernels } from "../memory/linear.ts";
import { discard } from "../memory/nursery.ts";
import type { Tensor } from "../tensor.ts";
import { copyDense } from "./internal/copy.ts";
import { at, make } from "./internal/make.ts";

/** Of a larger tensor only so many values, the first, are looked at. */
const most = 1 << 20;

/** A float32 tensor's values as they are now. */
export class KeptValues {
  readonly #of: Tensor;
  readonly #kept: Tensor;

  constructor(of: Tensor) {
    this.#of = of;
    this.#kept = make([Math.min(of.numel(), most)]);
    copyDense(this.#kept, of, this.#kept.numel());
  }

  /** Root mean square of how far each value has moved since; what was kept is gone afterwards. */
  change(): number {
    const count = this.#kept.numel();
    const squares = kernels.squaredDistance(at(this.#of), at(this.#kept), count);
    discard(this.#kept.storage);
    return Math.sqrt(squares / count);
  }
}
