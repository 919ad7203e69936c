import { ArgumentError } from "../errors.ts";
import { optimizerState, sgdStep, type SgdUpdate } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters, type ParamGroup } from "./optimizer.ts";

export interface SGDOptions extends OptimizerOptions {
  /** Default 0. */
  momentum: number;
  /** How much of a new gradient the momentum leaves out. Default 0. */
  dampening: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
  /** Default false. */
  nesterov: boolean;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/**
 * Stochastic gradient descent, with momentum if wanted (Sutskever et al., 2013). Default learning rate 1e-3.
 * @api optim.SGD
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(
    params: OptimizerParameters<SGDOptions>, lr = 1e-3, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false,
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
    if (!(options.momentum >= 0)) throw new ArgumentError(`Invalid momentum value: ${options.momentum}`);
    if (!(options.weightDecay >= 0)) throw new ArgumentError(`Invalid weight_decay value: ${options.weightDecay}`);
    if (options.nesterov && (options.momentum <= 0 || options.dampening !== 0)) {
      throw new ArgumentError("Nesterov momentum requires a momentum and zero dampening");
    }
  }
}
