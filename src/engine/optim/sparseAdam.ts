import { KindlingError } from "../errors.ts";

/**
 * PyTorch's optimizer for sparse gradients. There are none here, so it only says what to use instead.
 * @api optim.SparseAdam
 * @base
 */
export class SparseAdam {
  constructor(..._ignored: readonly unknown[]) {
    throw new KindlingError("SparseAdam needs sparse gradients, which don't exist here: tensors are dense. Use optim.Adam.");
  }
}
