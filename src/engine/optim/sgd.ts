import { ArgumentError } from "../errors.ts";
import { optimizerState, sgdStep, type SgdUpdate } from "../ops/optimizers.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";
import { checkNotNegative } from "./ranges.ts";

/** @api optim.SGDOptions */
export interface SGDOptions extends OptimizerOptions {
  /** How much of the last step is kept. Default 0. */
  momentum: number;
  /** How much of a new gradient the momentum leaves out. Default 0. */
  dampening: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Look ahead along the momentum. Default false. */
  nesterov: boolean;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/**
 * Stochastic gradient descent, with momentum if wanted (Sutskever et al., 2013).
 * @param params tensors, or groups `{ params, lr, … }` with options of their own
 * @param lr learning rate
 * @param momentum how much of the last step is kept
 * @param dampening how much of a new gradient the momentum leaves out
 * @param weightDecay L2 penalty
 * @param nesterov look ahead along the momentum
 * @throws ArgumentError where an option is out of range
 * @see https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 * @api optim.SGD
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(
    params: OptimizerParameters<SGDOptions>,
    lr = 1e-3,
    momentum = 0,
    dampening = 0,
    weightDecay = 0,
    nesterov = false,
    { maximize = false }: { maximize?: boolean } = {},
  ) {
    super(params, { lr, momentum, dampening, weightDecay, nesterov, maximize });
  }

  protected override updateGroup(group: ParamGroup<SGDOptions>): void {
    const updates: SgdUpdate[] = [];
    for (const parameter of group.params) {
      if (parameter.gradSlot === null) continue;
      updates.push(group.momentum === 0 ? { parameter, buffer: null, first: false } : this.#withBuffer(parameter));
    }
    if (updates.length > 0) sgdStep(updates, group);
  }

  #withBuffer(parameter: Tensor): SgdUpdate {
    const known = this.state.get(parameter)?.momentumBuffer as Tensor | null | undefined;
    const buffer = known ?? optimizerState(parameter);
    if (!known) this.state.set(parameter, { momentumBuffer: buffer });
    return { parameter, buffer, first: !known };
  }

  protected override checkOptions(options: SGDOptions): void {
    super.checkOptions(options);
    checkNotNegative(options, "momentum", "weightDecay");
    if (options.nesterov && (options.momentum <= 0 || options.dampening !== 0)) {
      throw new ArgumentError("Nesterov momentum requires a momentum and zero dampening");
    }
  }
}
