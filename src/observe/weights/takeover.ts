/**
 * Puts another run's weights into the models of this one. A model gets them right before it is called, when the program has
 * made and initialized it, and again where it was changed after that: until it is trained. An optimizer gets what was
 * remembered of the parameters when it is about to take its first step.
 */
import type { AnyModule } from "../../engine/nn/module.ts";
import { optimizerState } from "../../engine/ops/optimizers.ts";
import type { Optimizer, ParameterState } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { RunEvent, WeightMatch, WeightsRequest } from "../../protocol/index.ts";
import { isTaken, matchTensors, pairModels, weightModel } from "../../run/weightMatching.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import type { ModelRegistry } from "../models/modelRegistry.ts";
import { unwatched } from "../sample/aside.ts";
import { tensorsByPath } from "./capture.ts";
import type { HeldModel, HeldWeights, Memory } from "./weightFile.ts";

export interface TakeoverParts {
  readonly weights: HeldWeights;
  readonly request: WeightsRequest;
  readonly registry: ModelRegistry;
  readonly tell: (event: RunEvent) => void;
}

/** A model that has its weights. */
interface Filled {
  readonly from: HeldModel | undefined;
  readonly matches: readonly WeightMatch[];
  /** Its parameters as they were then: which, and how often each had been changed. */
  readonly versions: ReadonlyMap<Tensor, number>;
}

export class Takeover {
  readonly #parts: TakeoverParts;
  readonly #filled = new Map<AnyModule, Filled>();
  /** Parts of models that are trained already. */
  readonly #trained = new WeakSet<AnyModule>();
  /** What no optimizer was told yet, by parameter. */
  readonly #memories = new Map<Tensor, Memory>();
  #optimized = 0;
  /** Whether something changed since it was told. */
  #isNew = false;

  constructor(parts: TakeoverParts) {
    this.#parts = parts;
  }

  /** A module is about to be called, by the program itself. */
  callStarts(module: AnyModule): void {
    if (this.#trained.has(module)) return;
    const models = this.#parts.registry.modelsWith(module);
    const model = models.find(({ modules }) => (modules as readonly unknown[]).includes(module));
    if (!model) return;
    const root = model.modules[0]!;
    const filled = this.#filled.get(root);
    if (filled && !hasChanged(root, filled.versions)) return;
    this.#fill(model, filled ? filled.from : this.#originOf(model, models));
  }

  /** A loss goes backward: what was called has begun to train. */
  trains(): void {
    for (const root of this.#filled.keys()) for (const module of (root as unknown as DescribedModel["modules"][number]).modules()) this.#trained.add(module);
    this.#tell();
  }

  /** An optimizer is about to step. */
  beforeStep(optimizer: Optimizer): void {
    if (this.#memories.size === 0) return;
    for (const { params } of optimizer.paramGroups) for (const parameter of params) this.#remind(optimizer, parameter);
    this.#tell();
  }

  #originOf(model: DescribedModel, models: readonly DescribedModel[]): HeldModel | undefined {
    const taken = new Set([...this.#filled.values()].map(({ from }) => from));
    const left = this.#parts.weights.models.filter((held) => !taken.has(held));
    const unfilled = models.filter(({ modules }) => !this.#filled.has(modules[0]!)).map((each) => ({ ...weightModel(each.info), model: each }));
    const pairs = pairModels(left, unfilled);
    return [...pairs].find(([{ model: paired }]) => paired === model)?.[1];
  }

  #fill({ info, modules }: DescribedModel, from: HeldModel | undefined): void {
    const root = modules[0]!;
    const own = tensorsByPath(root);
    const matches = matchTensors(from, weightModel(info), this.#parts.request.declined);
    for (const match of matches.filter(isTaken)) {
      const tensor = own.get(match.path)!;
      const origin = match.from?.path ?? match.path;
      if (tensor.storage.inference) continue;
      const value = from!.values.get(origin)!;
      unwatched(() => copyCommon(tensor, match.kind === "transposed" ? value.t() : value));
      const memory = from!.memories.get(origin);
      if (memory) this.#memories.set(tensor, memory);
    }
    this.#filled.set(root, { from, matches, versions: versionsOf(root) });
    this.#isNew = true;
  }

  #remind(optimizer: Optimizer, parameter: Tensor): void {
    const memory = this.#memories.get(parameter);
    this.#memories.delete(parameter);
    if (!memory || memory.optimizer !== optimizer.constructor.name || optimizer.state.has(parameter)) return;
    const tensors = Object.entries(memory.tensors).filter(([, { ndim }]) => ndim === parameter.ndim);
    const copies = unwatched(() => tensors.map(([name, tensor]) => [name, copyCommon(optimizerState(parameter), tensor)] as const));
    optimizer.state.set(parameter, { ...memory.numbers, ...Object.fromEntries(copies) } as ParameterState);
    this.#optimized++;
    this.#isNew = true;
  }

  #tell(): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    const { weights, request, tell } = this.#parts;
    const filled = [...this.#filled.values()];
    const used = new Set(filled.map(({ from }) => from));
    const unused = weights.models.filter((model) => !used.has(model));
    const gone = unused.flatMap(({ name, tensors }) => tensors.map(({ path, shape }): WeightMatch => ({ kind: "gone", model: name, path, shape })));
    const matches = [...filled.flatMap((each) => each.matches), ...gone];
    tell({
      type: "weights",
      weights: { origin: request.origin, ...(weights.step !== undefined && { step: weights.step }), matches, optimized: this.#optimized },
    });
  }
}

/** Gives `target` what both have room for. */
function copyCommon(target: Tensor, source: Tensor): Tensor {
  let [to, from] = [target, source];
  for (const [dim, size] of target.shape.entries()) {
    const common = Math.min(size, source.shape[dim]!);
    to = to.narrow(dim, 0, common);
    from = from.narrow(dim, 0, common);
  }
  to.copy_(from);
  return target;
}

function versionsOf(root: DescribedModel["modules"][number]): ReadonlyMap<Tensor, number> {
  return new Map(root.parameters().map((parameter) => [parameter, parameter.storage.version]));
}

/** Whether parameters were changed or exchanged since. */
function hasChanged(root: DescribedModel["modules"][number], versions: ReadonlyMap<Tensor, number>): boolean {
  const now = versionsOf(root);
  return now.size !== versions.size || [...now].some(([parameter, version]) => versions.get(parameter) !== version);
}
