/** Follows one sample through the calls of a model, and switches off what is to be switched off. */
import type { AnyOperation } from "../../engine/autograd/node.ts";
import type { Instrument, OperationWatch } from "../../engine/instrument.ts";
import { MultiheadAttention } from "../../engine/nn/attention.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import { contiguous } from "../../engine/ops/conversion.ts";
import { zeros } from "../../engine/ops/creation.ts";
import { Tensor } from "../../engine/tensor.ts";
import { mostCalls, pieceLimit, type Ablation, type CallInfo, type CallKey, type LookPiece, type Wanted } from "../../protocol/index.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { cut, sampleOf } from "./pieces.ts";

export interface JourneyOptions {
  /** In the order of their numbers. */
  readonly modules: readonly Module[];
  /** The input that is shown, in which `dimension` counts `count` samples. */
  readonly input: Tensor;
  readonly count: number;
  readonly dimension: number;
  /** The sample that is followed. */
  readonly sample: number;
  /** `all`: of every call something, as long as there is room. */
  readonly wanted: readonly Wanted[] | "all";
  /** How many values all pieces may have together. */
  readonly room: number;
  readonly ablations: readonly Ablation[];
}

/** A call that has begun and not ended. */
interface OpenCall {
  readonly module: AnyModule;
  /** Which dimension counts the samples, where the model's input is as ambiguous as the module says. */
  readonly dimension: number;
  attention: Tensor | undefined;
}

type CallDraft = { -readonly [Name in keyof CallInfo]: CallInfo[Name] };

export class Journey implements Instrument, OperationWatch {
  readonly #options: JourneyOptions;
  readonly #numbers: ReadonlyMap<AnyModule, number>;
  readonly #open: OpenCall[] = [];
  readonly #called = new Map<number, number>();
  /** Which dimension of an output counts its channels or features; of what an activation gives it is that of its input. */
  readonly #unitDimensions = new WeakMap<Tensor, number>();
  readonly calls: CallInfo[] = [];
  readonly pieces: LookPiece[] = [];
  /** Shape of one sample as the first operation on the input makes an image of it, if it does. */
  image: readonly number[] | undefined;
  #room: number;
  /** How many places a sample may have: the sizes of the input's other dimensions, and all of them together. */
  readonly #places: ReadonlySet<number>;

  constructor(options: JourneyOptions) {
    this.#options = options;
    this.#room = options.room;
    const sizes = options.input.shape.filter((_, i) => i !== options.dimension);
    this.#places = new Set([...sizes, ...sizes.map((_, i) => sizes.slice(i).reduce((product, size) => product * size, 1))]);
    this.#numbers = new Map(options.modules.map((module, id) => [module as AnyModule, id]));
  }

  // --- what the engine calls ----------------------------------------------------------------------------------------

  forwardStarts(module: AnyModule): void {
    const { batchFirst } = module as { batchFirst?: unknown };
    const outer = this.#open.at(-1)?.dimension ?? this.#options.dimension;
    this.#open.push({ module, dimension: typeof batchFirst === "boolean" ? (batchFirst ? 0 : 1) : outer, attention: undefined });
  }

  instead(module: AnyModule, output: unknown): unknown {
    const id = this.#numbers.get(module);
    const units = this.#options.ablations.filter((ablation) => ablation.module === id && ablation.part === "unit");
    const [first] = tensorsOf(output);
    if (units.length === 0 || !first) return undefined;
    const zeroed = withoutUnits(
      first,
      this.#unitDimension(module, first),
      units.map(({ index }) => index),
    );
    if (output instanceof Tensor) return zeroed;
    return Array.isArray(output) ? output.map((one) => (one === first ? zeroed : (one as unknown))) : undefined;
  }

  forward(module: AnyModule, inputs: readonly unknown[], output: unknown): void {
    const call = this.#open.pop();
    const id = this.#numbers.get(module);
    const [first] = tensorsOf(output);
    if (!call || id === undefined || !first) return;
    if (!this.#unitDimensions.has(first)) this.#unitDimensions.set(first, unitDimensionOf(module, first, this.#ofInput(inputs)));
    if (module.children().length > 0 && !call.attention) return;
    const nth = this.#called.get(id) ?? 0;
    this.#called.set(id, nth + 1);
    if (this.calls.length < mostCalls) this.#tell(module, call, { module: id, call: nth }, first);
  }

  forwardFailed(): void {
    this.#open.pop();
  }

  ran(operation: AnyOperation, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    if (operation.name === "ScaledDotProductAttentionBackward0") this.#attended(outputs[1]);
    else if (operation.name === "SoftmaxBackward0" && isSquare(outputs[0]!)) this.#attended(outputs[0]);
    else if (operation.name === "ViewBackward0") this.#looked(inputs[0]!, outputs[0]!);
  }

  // --- telling ------------------------------------------------------------------------------------------------------

  #tell(module: AnyModule, open: OpenCall, key: { readonly module: number; readonly call: number }, output: Tensor): void {
    const own = this.#ofSample(output, open.dimension);
    const shape = [...(own ?? output).shape];
    const unit = this.#unitDimensions.get(output)!;
    const draft: CallDraft = {
      ...key,
      shape,
      isSplit: own !== undefined,
      unitDimension: own && unit >= 0 ? unit - (output.dim() - own.dim()) : unit,
    };
    const kernels = kernelsOf(module);
    if (kernels) draft.kernels = [...kernels.shape];
    const attention = open.attention && this.#attentionOf(open.attention, open.dimension);
    if (attention) draft.attention = [...attention.shape];
    if (module instanceof MultiheadAttention) draft.heads = module.numHeads;
    this.calls.push(draft);
    const seen = { output: own ?? output, kernels, attention };
    for (const wanted of this.#wantedOf(key)) {
      const tensor = seen[wanted.what];
      if (tensor) this.#cut(wanted, tensor);
    }
  }

  #wantedOf({ module, call }: CallKey): readonly Wanted[] {
    const { wanted } = this.#options;
    if (wanted !== "all") return wanted.filter((one) => one.module === module && one.call === call);
    return (["output", "kernels", "attention"] as const).map((what) => ({ module, call, what }));
  }

  #cut(wanted: Wanted, tensor: Tensor): void {
    const from = wanted.from ?? 0;
    const limit = this.#options.wanted === "all" ? Math.min(pieceLimit, this.#options.room / 16) : pieceLimit;
    const { piece, every } = cut(tensor, from, limit);
    if (piece.values.length > this.#room) return;
    this.#room -= piece.values.length;
    this.pieces.push({ module: wanted.module, call: wanted.call, what: wanted.what, from, piece, every });
  }

  /** The innermost call that goes on has attended with these weights. */
  #attended(weights: Tensor | undefined): void {
    const call = this.#open.at(-1);
    if (call && weights) call.attention = weights;
  }

  /** The model may make images of the rows that it is given. */
  #looked(from: Tensor, to: Tensor): void {
    const { input, count } = this.#options;
    if (this.image || from.storage !== input.storage || to.dim() !== 4 || input.dim() >= 4 || to.shape[0] !== count) return;
    if (to.shape[1] === 1 || to.shape[1] === 3) this.image = to.shape.slice(1);
  }

  // --- which part belongs to the sample -------------------------------------------------------------------------------

  #ofSample(output: Tensor, dimension: number): Tensor | undefined {
    const { count, sample } = this.#options;
    const { shape } = output;
    const place = shape[dimension] === count ? dimension : shape.indexOf(count);
    if (place === 0 || place === 1) return sampleOf(output, place, sample);
    // Several rows of each sample behind each other, as where a sequence goes through a layer for single places.
    const rows = (shape[0] ?? 0) / count;
    if (dimension !== 0 || !this.#places.has(rows)) return undefined;
    return sampleOf(contiguous(output).reshape(count, rows, ...shape.slice(1)), 0, sample);
  }

  /** [heads, queries, keys] */
  #attentionOf(weights: Tensor, dimension: number): Tensor | undefined {
    const { count } = this.#options;
    const heads = weights.dim() === 3 && weights.shape[0]! !== count && weights.shape[0]! % count === 0;
    const split = heads ? weights.reshape(count, weights.shape[0]! / count, ...weights.shape.slice(1)) : weights;
    const own = this.#ofSample(split, split.shape[0] === count ? 0 : dimension);
    if (!own || own.dim() > 3) return undefined;
    return own.dim() === 2 ? own.reshape(1, ...own.shape) : own;
  }

  // --- units --------------------------------------------------------------------------------------------------------

  #unitDimension(module: AnyModule, output: Tensor): number {
    return this.#unitDimensions.get(output) ?? unitDimensionOf(module, output, undefined);
  }

  /** Which dimension of what the module was given counts channels or features. */
  #ofInput(inputs: readonly unknown[]): number | undefined {
    const [first] = tensorsOf(inputs);
    return first && this.#unitDimensions.get(first);
  }
}

/** Layers of which the second dimension counts the channels, of sequences too. */
const isOfChannels =
  /^(Conv|ConvTranspose|BatchNorm|SyncBatchNorm|InstanceNorm|GroupNorm|MaxPool|AvgPool|LPPool|AdaptiveMaxPool|AdaptiveAvgPool|FractionalMaxPool|Dropout[123]d|Lazy(Conv|BatchNorm))/;

/** @param ofInput the same of what the module was given, where that is known */
function unitDimensionOf(module: AnyModule, output: Tensor, ofInput: number | undefined): number {
  const rank = output.dim();
  if (rank < 2) return -1;
  if (rank >= 4 || isOfChannels.test(module.constructor.name)) return rank >= 3 ? 1 : rank - 1;
  const isPlain = module.parameters().length === 0;
  return isPlain && ofInput !== undefined && ofInput < rank ? ofInput : rank - 1;
}

/** The same output with zeros in place of some channels or features. */
function withoutUnits(output: Tensor, dimension: number, units: readonly number[]): Tensor {
  const size = dimension < 0 ? 1 : output.shape[dimension]!;
  const shape = output.shape.map((each, i) => (i === dimension ? each : 1));
  return output.maskedFill(marked(size, units, 1).reshape(shape), 0);
}

/** `true` at the places of some units, each of which is `width` wide. */
function marked(units: number, chosen: readonly number[], width: number): Tensor {
  const mask = zeros([units * width]);
  for (const unit of chosen) if (unit < units) mask.narrow(0, unit * width, width).fill_(1);
  return mask.bool();
}

/** Weights of attention that a program computes itself: each place of a sequence attends to all. */
function isSquare(x: Tensor): boolean {
  return x.dim() >= 3 && x.shape.at(-1) === x.shape.at(-2);
}

/** Weights that look like pictures: [out, in, height, width]. */
function kernelsOf(module: AnyModule): Tensor | undefined {
  const { weight } = module as { weight?: unknown };
  return module.constructor.name.startsWith("Conv") && weight instanceof Tensor && weight.dim() === 4 ? weight : undefined;
}

/** Lets attentions put their heads together without some of them. To be called within `aside`, which puts the weights back. */
export function switchOffHeads(modules: readonly Module[], ablations: readonly Ablation[]): void {
  for (const [id, module] of (modules as readonly AnyModule[]).entries()) {
    const heads = ablations.filter((ablation) => ablation.module === id && ablation.part === "head").map(({ index }) => index);
    if (heads.length === 0 || !(module instanceof MultiheadAttention)) continue;
    const { outProj, numHeads, embedDim } = module;
    outProj.substitute("weight", outProj.weight.maskedFill(marked(numHeads, heads, embedDim / numHeads), 0));
  }
}
