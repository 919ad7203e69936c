/** Measures one step of a model: what modules put out, the gradients that came back, and the parameters before they change. */
import { watchGradient } from "../../engine/autograd/backward.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import { KeptValues } from "../../engine/ops/change.ts";
import { shareBeyond } from "../../engine/ops/saturation.ts";
import { statistics, type Statistics } from "../../engine/ops/statistics.ts";
import { unitRanges } from "../../engine/ops/unitRanges.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { ModuleStatistics, ParameterChange, ParameterStatistics, StepStatistics, TensorStatistics, UnitStatistics } from "../../protocol/index.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import type { ProgramClock } from "../program/programClock.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { Activations, type Activation, type ActivationKind } from "./activations.ts";
import { unitDimension } from "./channels.ts";
import type { StepUnits, UnitLives } from "./unitLives.ts";

/** One output; several modules may have returned the very same tensor. */
interface Measured {
  readonly version: number;
  readonly output: TensorStatistics;
  /** Whether a gradient of it can come. */
  readonly isTrained: boolean;
  outputGradient?: TensorStatistics;
  /** As the first module saw them that returned it. */
  units?: UnitStatistics | undefined;
}

/** All that one call of a module returned. */
interface Returned {
  readonly first: Measured;
  readonly further: readonly Measured[];
}

/** Tensors that a module returned beyond these are not measured. */
const mostOutputs = 8;

/** What a layer's activations gave in all its calls of the step. */
interface Activated {
  rectified?: StepUnits;
  saturated?: { readonly kind: ActivationKind; readonly share: number };
}

/** A parameter as it was before the step. */
interface Kept {
  readonly module: number;
  readonly name: string;
  readonly parameter: Tensor;
  readonly values: KeptValues;
}

/** Largest difference between samples, as a share of the value, that is rounding. */
const rounding = 1e-6;
/** Within 1 % of the ends of what they can give. */
const ends: Readonly<Record<Exclude<ActivationKind, "relu">, readonly [low: number, high: number]>> = { sigmoid: [0.01, 0.99], tanh: [-0.98, 0.98] };

/** What was measured last, and of which memory: the next tensor is often another view of all of it, as after a Flatten. */
interface Latest {
  readonly storage: Tensor["storage"];
  readonly version: number;
  readonly statistics: Statistics;
}

export class StepSampler {
  readonly #bins: number;
  readonly #clock: ProgramClock;
  readonly #wants: (module: AnyModule) => boolean;
  readonly #ofModules = new WeakMap<AnyModule, Returned>();
  readonly #calledWithoutGrad = new WeakSet<AnyModule>();
  readonly #ofTensors = new WeakMap<Tensor, Measured>();
  readonly #calls = new WeakMap<AnyModule, number>();
  readonly #activations = new Activations();
  readonly #activated = new WeakMap<AnyModule, Activated>();
  #kept: readonly Kept[] = [];
  #called = 0;
  /** Whether no output was measured yet. */
  isEmpty = true;
  #latest: Latest | undefined;
  #isOver = false;

  /** @param wants which modules are measured */
  constructor({ bins, wants }: { readonly bins: number; readonly wants: (module: AnyModule) => boolean }, clock: ProgramClock) {
    this.#bins = bins;
    this.#wants = wants;
    this.#clock = clock;
  }

  /** A module is about to be called. */
  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    if (!this.#wants(module)) return;
    for (const activation of this.#activations.begin(module, tensorsOf(inputs))) this.#measureActivation(activation);
  }

  forward(module: AnyModule, output: unknown): void {
    if (!this.#wants(module)) return;
    const tensors = tensorsOf(output);
    const [first, ...further] = tensors.slice(0, mostOutputs).filter((tensor) => tensor.numel() > 0);
    if (first) {
      const measured = this.#measureOutput(first);
      if (first.isFloatingPoint()) measured.units ??= unitsOf(module, first);
      this.#ofModules.set(module, { first: measured, further: further.map((tensor) => this.#measureOutput(tensor)) });
      this.isEmpty = false;
    }
    this.#calls.set(module, this.#called++);
    for (const activation of this.#activations.end(module, tensors)) this.#measureActivation(activation);
  }

  /** The module was called under `noGrad`, where nothing is measured: validation comes between steps, too. */
  calledWithoutGrad(module: AnyModule): void {
    if (this.#wants(module)) this.#calledWithoutGrad.add(module);
  }

  /** Takes over what another measured in the same step of modules that this one knows nothing of. */
  absorb(other: StepSampler, modules: readonly Module[]): void {
    for (const module of modules) {
      if (other.#calledWithoutGrad.has(module)) this.#calledWithoutGrad.add(module);
      const measured = other.#ofModules.get(module);
      if (!measured || this.#ofModules.has(module)) continue;
      this.#ofModules.set(module, measured);
      this.#calls.set(module, other.#calls.get(module)!);
      const activated = other.#activated.get(module);
      if (activated) this.#activated.set(module, activated);
      this.#called = Math.max(this.#called, other.#called);
      this.isEmpty = false;
    }
  }

  /**
   * To be called before the parameters change.
   * @param lives of the model's units so far
   */
  measure({ info, modules }: DescribedModel, step: number, epoch: number, lives: UnitLives): StepStatistics {
    return { model: info.id, step, epoch, modules: modules.flatMap((module, id) => this.#moduleStatistics(module, id, step, lives)) };
  }

  /** Keeps the parameters that have a gradient as they are before the step. */
  keepParameters({ modules }: DescribedModel): void {
    this.#kept = modules.flatMap((module, id) =>
      module
        .namedParameters("", false)
        .filter(([, parameter]) => parameter.gradSlot !== null && parameter.dense && parameter.numel() > 0)
        .map(([name, parameter]) => ({ module: id, name, parameter, values: new KeptValues(parameter) })),
    );
  }

  /**
   * How far the step moved the parameters that were kept.
   * @param isOf whether it could move one; the others are forgotten, too
   */
  changes(isOf: (parameter: Tensor) => boolean): ParameterChange[] {
    const changes = this.#kept.filter(({ parameter }) => isOf(parameter)).map(({ module, name, values }) => ({ module, name, change: values.change() }));
    this.#kept = [];
    return changes;
  }

  /** Gradients that are yet to come belong to another step. */
  end(): void {
    this.#isOver = true;
  }

  #measureActivation({ kind, layer, values }: Activation): void {
    if (values.numel() === 0) return;
    const known: Activated = this.#activated.get(layer) ?? {};
    this.#activated.set(layer, known);
    if (kind === "relu") {
      const { peaks } = unitRanges(values, unitDimension(layer, values));
      const before = known.rectified?.peaks.length === peaks.length ? known.rectified : { peaks, samples: 0 };
      known.rectified = { peaks: peaks.map((peak, unit) => Math.max(peak, before.peaks[unit]!)), samples: before.samples + samplesOf(values) };
    } else {
      known.saturated = { kind, share: shareBeyond(values, ends[kind][0], ends[kind][1]) };
    }
  }

  #measureOutput(tensor: Tensor): Measured {
    const version = tensor.storage.version;
    const known = this.#ofTensors.get(tensor);
    if (known?.version === version) return known;
    const measured: Measured = { version, output: this.#measureShared(tensor), isTrained: tensor.requiresGrad };
    this.#ofTensors.set(tensor, measured);
    if (tensor.requiresGrad) {
      watchGradient(tensor, (gradient) => {
        if (this.#isOver) return;
        this.#clock.stop();
        measured.outputGradient = this.#measure(gradient);
        this.#clock.go();
      });
    }
    return measured;
  }

  #moduleStatistics(module: Module, id: number, step: number, lives: UnitLives): ModuleStatistics[] {
    if (!this.#wants(module)) return [];
    const returned = this.#ofModules.get(module);
    const isWithoutGrad = !returned && this.#calledWithoutGrad.has(module);
    const call = this.#calls.get(module);
    const { rectified, saturated } = this.#activated.get(module) ?? {};
    const parameters = module.namedParameters("", false).map(([name, parameter]): ParameterStatistics => {
      // Not `grad`, which would tell the engine that the program has seen it.
      const gradient = parameter.gradSlot;
      return { name, value: this.#measure(parameter), ...(gradient ? { gradient: this.#measure(gradient) } : {}) };
    });
    if (!returned && !isWithoutGrad && !rectified && parameters.length === 0) return [];
    return [
      {
        module: id,
        ...(returned ? outputsOf(returned) : {}),
        ...(isWithoutGrad ? { gradientless: "noGrad" } : {}),
        ...(call === undefined ? {} : { call }),
        ...(rectified ? { rectified: lives.take(module, rectified, step) } : {}),
        ...(saturated ? { saturated: saturated.share } : {}),
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

function outputsOf({ first, further }: Returned): Partial<ModuleStatistics> {
  return {
    output: first.output,
    ...(first.outputGradient ? { outputGradient: first.outputGradient } : {}),
    ...(further.length > 0
      ? { furtherOutputs: further.map(({ output, outputGradient }) => ({ output, ...(outputGradient && { gradient: outputGradient }) })) }
      : {}),
    ...(first.isTrained ? {} : { gradientless: "untrained" }),
    ...(first.units ? { units: first.units } : {}),
  };
}

const samplesOf = ({ shape }: Tensor): number => (shape.length > 1 ? shape[0]! : 1);

function unitsOf(module: AnyModule, tensor: Tensor): UnitStatistics | undefined {
  if (tensor.shape.length === 0) return undefined;
  const { peaks, spreads } = unitRanges(tensor, unitDimension(module, tensor));
  let [zero, constant] = [0, 0];
  for (let unit = 0; unit < peaks.length; unit++) {
    if (peaks[unit] === 0) zero++;
    if (spreads[unit]! <= rounding * peaks[unit]!) constant++;
  }
  return { count: peaks.length, zero, ...(samplesOf(tensor) > 1 && { constant }) };
}
