/** Learned tables that are read by index. */
import { noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import { empty } from "../ops/creation.ts";
import { embedding, embeddingBag } from "../ops/embedding.ts";
import type { Int } from "../ops/types.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { normal_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { boolean, number } from "./printing.ts";

abstract class Table<Args extends unknown[]> extends Module<Args> {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  weight: Parameter;

  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    paddingIdx: number | null,
    maxNorm: number | null,
    normType: number,
    scaleGradByFreq: boolean,
    weight: Tensor | null,
  ) {
    super();
    if (paddingIdx !== null && (paddingIdx >= numEmbeddings || paddingIdx < -numEmbeddings)) {
      throw new ArgumentError("Padding_idx must be within num_embeddings", "AssertionError");
    }
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    if (weight !== null && !sameShape(weight.shape, [numEmbeddings, embeddingDim])) {
      throw new ArgumentError("Shape of weight does not match num_embeddings and embedding_dim", "AssertionError");
    }
    this.weight = new Parameter(weight ?? empty([numEmbeddings, embeddingDim]));
    if (weight === null) this.resetParameters();
  }

  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => this.weight.select(0, paddingIdx).zero_());
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

function checkTable(weights: Tensor): [rows: number, cols: number] {
  if (weights.shape.length !== 2) throw new ArgumentError("Embeddings parameter is expected to be 2-dimensional", "AssertionError");
  return weights.shape as unknown as [number, number];
}

/**
 * Rows of a learned table: integers `[…]` → `[…, embeddingDim]`. `weight` `[numEmbeddings, embeddingDim]` starts standard normal.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 * @api nn.Embedding
 * @factory
 */
export class Embedding extends Table<[input: Tensor]> {
  /**
   * A table with the given rows `[numEmbeddings, embeddingDim]`.
   * @param freeze whether it is kept from learning
   */
  static fromPretrained(
    embeddings: Tensor,
    freeze = true,
    paddingIdx: Int | null = null,
    maxNorm: number | null = null,
    normType = 2,
    scaleGradByFreq = false,
  ): Embedding {
    const table = new Embedding(...checkTable(embeddings), paddingIdx, maxNorm, normType, scaleGradByFreq, embeddings);
    table.weight.requiresGrad = !freeze;
    return table;
  }

  /**
   * @param paddingIdx the row of this index starts as zeros and gets no gradient
   * @param maxNorm longer rows are shortened to this when they are looked up
   * @param normType which norm that is
   * @param scaleGradByFreq divide gradients by how often a row was looked up
   * @param _weight the rows to start with
   */
  constructor(
    numEmbeddings: Int,
    embeddingDim: Int,
    paddingIdx: Int | null = null,
    maxNorm: number | null = null,
    normType = 2,
    scaleGradByFreq = false,
    _weight: Tensor | null = null,
  ) {
    super(numEmbeddings, embeddingDim, paddingIdx, maxNorm, normType, scaleGradByFreq, _weight);
  }

  override forward(input: Tensor): Tensor {
    return embedding(input, this.weight, this.paddingIdx, this.maxNorm, this.normType, this.scaleGradByFreq);
  }

  override extraRepr(): string {
    return this.describe(this.padding(), []);
  }
}

export type BagMode = "sum" | "mean" | "max";

/** What an `EmbeddingBag` is called with beside the indices. */
interface BagCall {
  /** Where bags begin, for indices in one vector. */
  offsets?: Tensor | null;
  /** Of each index, for sums. */
  perSampleWeights?: Tensor | null;
}

/**
 * Sums, means or maxima of rows: indices `[bags, size]`, or a vector with the `offsets` at which bags begin, → `[bags, embeddingDim]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
 * @api nn.EmbeddingBag
 * @factory
 */
export class EmbeddingBag extends Table<
  [input: Tensor, offsets?: Tensor | null | BagCall, perSampleWeights?: Tensor | null | Pick<BagCall, "perSampleWeights">]
> {
  readonly mode: BagMode;
  readonly includeLastOffset: boolean;

  /**
   * A table with the given rows `[numEmbeddings, embeddingDim]`.
   * @param freeze whether it is kept from learning
   */
  static fromPretrained(
    embeddings: Tensor,
    freeze = true,
    maxNorm: number | null = null,
    normType = 2,
    scaleGradByFreq = false,
    mode: BagMode = "mean",
    includeLastOffset = false,
    paddingIdx: Int | null = null,
  ): EmbeddingBag {
    const table = new EmbeddingBag(...checkTable(embeddings), maxNorm, normType, scaleGradByFreq, mode, embeddings, includeLastOffset, paddingIdx);
    table.weight.requiresGrad = !freeze;
    return table;
  }

  /**
   * @param maxNorm longer rows are shortened to this when they are looked up
   * @param normType which norm that is
   * @param scaleGradByFreq divide gradients by how often a row was looked up
   * @param mode how a bag becomes one row
   * @param _weight the rows to start with
   * @param includeLastOffset whether the last offset is the end of the last bag
   * @param paddingIdx the row of this index starts as zeros, doesn't count and gets no gradient
   */
  constructor(
    numEmbeddings: Int,
    embeddingDim: Int,
    maxNorm: number | null = null,
    normType = 2,
    scaleGradByFreq = false,
    mode: BagMode = "mean",
    _weight: Tensor | null = null,
    includeLastOffset = false,
    paddingIdx: Int | null = null,
  ) {
    super(numEmbeddings, embeddingDim, paddingIdx, maxNorm, normType, scaleGradByFreq, _weight);
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
  }

  override forward(input: Tensor, offsets: Tensor | null = null, perSampleWeights: Tensor | null = null): Tensor {
    return embeddingBag(
      input,
      this.weight,
      offsets,
      this.maxNorm,
      this.normType,
      this.scaleGradByFreq,
      this.mode,
      perSampleWeights,
      this.includeLastOffset,
      this.paddingIdx,
    );
  }

  override extraRepr(): string {
    return this.describe([], [`mode=${this.mode}`, ...this.padding()]);
  }
}
