/** Learned tables that are read by index. */
import { noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import { embedding, embeddingBag, empty } from "../ops/index.ts";
import type { EmbeddingArguments } from "../ops/embedding.ts";
import type { Tensor } from "../tensor.ts";
import { normal_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { boolean, number } from "./printing.ts";

export interface EmbeddingOptions extends EmbeddingArguments {
  /** The row of this index starts as zeros and gets no gradient. */
  paddingIdx?: number | null;
}

export interface FromPretrainedOptions extends EmbeddingOptions {
  /** Whether the table is kept from learning. Default true. */
  freeze?: boolean;
}

abstract class Table<Args extends unknown[]> extends Module<Args> {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super();
    const { paddingIdx = null, maxNorm = null, normType = 2, scaleGradByFreq = false, sparse = false } = options;
    if (sparse) throw new ArgumentError("sparse gradients are not supported: tensors are dense here. Leave out `sparse`.", "RuntimeError");
    if (paddingIdx !== null && (paddingIdx >= numEmbeddings || paddingIdx < -numEmbeddings)) {
      throw new ArgumentError("Padding_idx must be within num_embeddings", "AssertionError");
    }
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    this.weight = new Parameter(empty([numEmbeddings, embeddingDim]));
    this.resetParameters();
  }

  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => this.weight.select(0, paddingIdx).zero_());
  }

  protected lookup(): EmbeddingArguments {
    return { paddingIdx: this.paddingIdx, maxNorm: this.maxNorm, normType: this.normType, scaleGradByFreq: this.scaleGradByFreq };
  }

  /** What is printed, with the padding before (`Embedding`) or behind (`EmbeddingBag`) the rest. */
  protected describe(before: readonly string[], behind: readonly string[]): string {
    const parts = [`${this.numEmbeddings}, ${this.embeddingDim}`, ...before];
    if (this.maxNorm !== null) parts.push(`max_norm=${number(this.maxNorm)}`);
    if (this.normType !== 2) parts.push(`norm_type=${number(this.normType)}`);
    if (this.scaleGradByFreq) parts.push(`scale_grad_by_freq=${boolean(true)}`);
    return [...parts, ...behind].join(", ");
  }

  protected padding(): string[] {
    return this.paddingIdx === null ? [] : [`padding_idx=${this.paddingIdx}`];
  }
}

/** Puts the given rows in place of a new table's. */
function filled<T extends Table<never>>(table: T, weights: Tensor, freeze: boolean): T {
  noGrad(() => table.weight.copy_(weights));
  table.weight.requiresGrad = !freeze;
  return table;
}

function checkTable(weights: Tensor): [rows: number, cols: number] {
  if (weights.shape.length !== 2) throw new ArgumentError("Embeddings parameter is expected to be 2-dimensional", "AssertionError");
  return weights.shape as unknown as [number, number];
}

/** Rows of a learned table: integers `[…]` → `[…, embeddingDim]`. `weight` `[numEmbeddings, embeddingDim]` starts standard normal. */
export class Embedding extends Table<[indices: Tensor]> {
  /** A table with the given rows, frozen unless asked otherwise. */
  static fromPretrained(weights: Tensor, { freeze = true, ...options }: FromPretrainedOptions = {}): Embedding {
    return filled(new Embedding(...checkTable(weights), options), weights, freeze);
  }

  override forward(indices: Tensor): Tensor {
    return embedding(indices, this.weight, this.lookup());
  }

  override extraRepr(): string {
    return this.describe(this.padding(), []);
  }
}

export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** How a bag becomes one row. Default "mean". */
  mode?: "sum" | "mean" | "max";
  /** Whether the last offset is the end of the last bag. Default false. */
  includeLastOffset?: boolean;
}

export interface BagCall {
  offsets?: Tensor | null;
  perSampleWeights?: Tensor | null;
}

/**
 * Sums, means or maxima of rows: indices `[bags, size]`, or a vector with the `offsets` at which bags begin, → `[bags, embeddingDim]`.
 * Called with `(indices, offsets)`, or with the rest in an options object.
 */
export class EmbeddingBag extends Table<[indices: Tensor, offsets?: Tensor | BagCall | null, perSampleWeights?: Tensor | null]> {
  readonly mode: "sum" | "mean" | "max";
  readonly includeLastOffset: boolean;

  constructor(numEmbeddings: number, embeddingDim: number, { mode = "mean", includeLastOffset = false, ...options }: EmbeddingBagOptions = {}) {
    super(numEmbeddings, embeddingDim, options);
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
  }

  /** A table with the given rows, frozen unless asked otherwise. */
  static fromPretrained(weights: Tensor, { freeze = true, ...options }: EmbeddingBagOptions & { freeze?: boolean } = {}): EmbeddingBag {
    return filled(new EmbeddingBag(...checkTable(weights), options), weights, freeze);
  }

  override forward(indices: Tensor, offsets?: Tensor | BagCall | null, perSampleWeights?: Tensor | null): Tensor {
    const call: BagCall = offsets && !("shape" in offsets) ? offsets : { offsets: offsets as Tensor | null, perSampleWeights: perSampleWeights ?? null };
    return embeddingBag(indices, this.weight, call.offsets ?? null, {
      ...this.lookup(), mode: this.mode, includeLastOffset: this.includeLastOffset, perSampleWeights: call.perSampleWeights ?? null,
    });
  }

  override extraRepr(): string {
    return this.describe([], [`mode=${this.mode}`, ...this.padding()]);
  }
}
