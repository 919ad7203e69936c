/** Distributions on the whole line that are moved by `loc` and stretched by `scale`, and so drawn from one standard form. */
import type { ScalarOrTensor } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { positive, real, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";
import { broadcastAll } from "./parameters.ts";

export abstract class LocationScale extends Distribution {
  declare readonly loc: Tensor;
  declare readonly scale: Tensor;

  constructor(loc: ScalarOrTensor, scale: ScalarOrTensor, validateArgs: boolean | null) {
    const [center, width] = broadcastAll(loc, scale);
    super(center.shape, [], validateArgs);
    this.setParameters({ loc: center, scale: width });
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return { loc: real, scale: positive };
  }

  override get support(): Constraint {
    return real;
  }

  override get hasRsample(): boolean {
    return true;
  }

  /** All of them are highest in their middle. */
  override get mode(): Tensor {
    return this.loc;
  }
}
