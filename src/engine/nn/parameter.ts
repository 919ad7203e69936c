import { tenure } from "../memory/residents.ts";
import { Kind } from "../memory/storage.ts";
import { Tensor } from "../tensor.ts";

/**
 * A tensor that is found by `parameters()` when it is a property of a module. Shares the values of `data`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
 * @api nn.Parameter
 */
export class Parameter extends Tensor {
  constructor(data: Tensor, requiresGrad = true) {
    super(data.storage, data.offset, data.shape, data.dense ? null : data.strides, data.dtype);
    tenure(data.storage, Kind.Parameter);
    if (requiresGrad) this.requiresGrad = true;
  }

  override get isParameter(): boolean {
    return true;
  }
}
