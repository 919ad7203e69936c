/** Measures one step of a model: what modules put out, the gradients that came back, and the parameters before they change. */
import { watchGradient } from "../engine/autograd/backward.ts";
import type { AnyModule, Module } from "../engine/nn/module.ts";
import type { Tensor } from "../engine/tensor.ts";
import { statistics, type Statistics } from "../engine/ops/statistics.ts";
import type { ModuleStatistics, ParameterStatistics, StepStatistics, TensorStatistics } from "../protocol/index.ts";
import type { DescribedModel } from "./describeModel.ts";
import { tensorsOf } from "./tensorsOf.ts";

/** One output; several modules may have returned the very same tensor. */
interface Measured {
  readonly version: number;
  readonly output: TensorStatistics;
  outputGradient?: TensorStatistics;
}

/** What was measured last, and of which memory: the next tensor is often another view of all of it, as after a Flatten. */
interface Latest {
  readonly storage: Tensor["storage"];
  readonly version: number;
  readonly statistics: Statistics;
}

export class StepSampler {
  readonly #bins: number;
  readonly #ofModules = new WeakMap<AnyModule, Measured>();
  readonly #ofTensors = new WeakMap<Tensor, Measured>();
  /** Milliseconds that measuring took. */
  cost = 0;
  /** Whether no output was measured yet. */
  isEmpty = true;
  #latest: Latest | undefined;
  #isOver = false;

  constructor(bins: number) {
    this.#bins = bins;
  }

  forward(module: AnyModule, output: unknown): void {
    const begin = performance.now();
    const tensor = tensorsOf(output)[0];
    if (tensor?.isFloatingPoint() && tensor.numel() > 0) {
      this.#ofModules.set(module, this.#measureOutput(tensor));
      this.isEmpty = false;
    }
    this.cost += performance.now() - begin;
  }

  /** Takes over what another measured in the same step of modules that this one knows nothing of. */
  absorb(other: StepSampler, modules: readonly Module[]): void {
    for (const module of modules) {
      const measured = other.#ofModules.get(module);
      if (!measured || this.#ofModules.has(module)) continue;
      this.#ofModules.set(module, measured);
      this.isEmpty = false;
    }
  }

  /** To be called before the parameters change. */
  measure({ info, modules }: DescribedModel, step: number, epoch: number): StepStatistics {
    const begin = performance.now();
    const measured = { model: info.id, step, epoch, modules: modules.flatMap((module, id) => this.#moduleStatistics(module, id)) };
    this.cost += performance.now() - begin;
    return measured;
  }

  /** Gradients that are yet to come belong to another step. */
  end(): void {
    this.#isOver = true;
  }

  #measureOutput(tensor: Tensor): Measured {
    const version = tensor.storage.version;
    const known = this.#ofTensors.get(tensor);
    if (known?.version === version) return known;
    const measured: Measured = { version, output: this.#measureShared(tensor) };
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
    const parameters = module.namedParameters("", false).map(([name, parameter]): ParameterStatistics => {
      // Not `grad`, which would tell the engine that the program has seen it.
      const gradient = parameter.gradSlot;
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
    return withShape(tensor, statistics(tensor, this.#bins));
  }

  /** The same for tensors that are not written to while the sampler lives, unless their version says so. */
  #measureShared(tensor: Tensor): TensorStatistics {
    const { storage } = tensor;
    const known = this.#latest;
    const isWhole = tensor.dense && tensor.nbytes === storage.bytes;
    if (isWhole && known?.storage === storage && known.version === storage.version) return withShape(tensor, known.statistics);
    const measured = statistics(tensor, this.#bins);
    this.#latest = isWhole ? { storage, version: storage.version, statistics: measured } : undefined;
    return withShape(tensor, measured);
  }
}

function withShape(tensor: Tensor, measured: Statistics): TensorStatistics {
  return { shape: [...tensor.shape], ...measured };
}
