/** Measures one step: what modules put out, the gradients that came back, and the parameters before they change. */
import { watchGradient } from "../engine/autograd/backward.ts";
import { isGradEnabled } from "../engine/autograd/gradMode.ts";
import type { AnyModule, Module } from "../engine/nn/module.ts";
import type { Tensor } from "../engine/tensor.ts";
import { statistics } from "../engine/ops/statistics.ts";
import type { ModuleStatistics, ParameterStatistics, StepStatistics, TensorStatistics } from "../protocol/index.ts";
import type { DescribedModel } from "./describeModel.ts";
import { tensorsOf } from "./tensorsOf.ts";

/** One output; several modules may have returned the very same tensor. */
interface Measured {
  readonly version: number;
  readonly output: TensorStatistics;
  outputGradient?: TensorStatistics;
}

export class StepSampler {
  readonly #bins: number;
  readonly #ofModules = new Map<AnyModule, Measured>();
  readonly #ofTensors = new WeakMap<Tensor, Measured>();
  /** Milliseconds that measuring took. */
  cost = 0;
  #isOver = false;

  constructor(bins: number) {
    this.#bins = bins;
  }

  /** Whether the module took part in the step. */
  has(module: AnyModule): boolean {
    return this.#ofModules.has(module);
  }

  forward(module: AnyModule, output: unknown): void {
    // Validation between two training steps is not part of the step.
    if (!isGradEnabled()) return;
    const begin = performance.now();
    const tensor = tensorsOf(output)[0];
    if (tensor?.isFloatingPoint() && tensor.numel() > 0) this.#ofModules.set(module, this.#measureOutput(tensor));
    this.cost += performance.now() - begin;
  }

  /** To be called before the optimizer changes the parameters. */
  finish(models: readonly DescribedModel[], step: number, epoch: number): StepStatistics[] {
    this.#isOver = true;
    return models
      .filter(({ modules }) => modules.some((module) => this.#ofModules.has(module)))
      .map(({ info, modules }) => ({ model: info.id, step, epoch, modules: modules.flatMap((module, id) => this.#moduleStatistics(module, id)) }));
  }

  #measureOutput(tensor: Tensor): Measured {
    const version = tensor.storage.version;
    const known = this.#ofTensors.get(tensor);
    if (known?.version === version) return known;
    const measured: Measured = { version, output: this.#measure(tensor) };
    this.#ofTensors.set(tensor, measured);
    if (tensor.requiresGrad) {
      watchGradient(tensor, (gradient) => {
        if (this.#isOver) return;
        const begin = performance.now();
        measured.outputGradient = this.#measure(gradient);
        this.cost += performance.now() - begin;
      });
    }
    return measured;
  }

  #moduleStatistics(module: Module, id: number): ModuleStatistics[] {
    const measured = this.#ofModules.get(module);
    const parameters = module.namedParameters({ recurse: false }).map(([name, parameter]): ParameterStatistics => {
      const gradient = parameter.grad;
      return { name, value: this.#measure(parameter), ...(gradient ? { gradient: this.#measure(gradient) } : {}) };
    });
    if (!measured && parameters.length === 0) return [];
    return [
      {
        module: id,
        ...(measured ? { output: measured.output } : {}),
        ...(measured?.outputGradient ? { outputGradient: measured.outputGradient } : {}),
        parameters,
      },
    ];
  }

  #measure(tensor: Tensor): TensorStatistics {
    return { shape: [...tensor.shape], ...statistics(tensor, this.#bins) };
  }
}
