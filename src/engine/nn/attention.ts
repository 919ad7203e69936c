import { ArgumentError } from "../errors.ts";
import { empty, multiHeadAttentionForward } from "../ops/index.ts";
import type { AttentionCall } from "../ops/multiHeadAttention.ts";
import type { Tensor } from "../tensor.ts";
import { constant_, xavierNormal_, xavierUniform_ } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** PyTorch's name for the linear layer within attention, which shows when it is printed. */
export class NonDynamicallyQuantizableLinear extends Linear {}

export interface MultiheadAttentionOptions {
  /** Of the weights. Default 0. */
  dropout?: number;
  /** Default true. */
  bias?: boolean;
  /** Whether a learned key and value are added. Default false. */
  addBiasKv?: boolean;
  /** Whether a key and value of zeros are added. Default false. */
  addZeroAttn?: boolean;
  /** Features of keys and of values. Default: as many as of queries. */
  kdim?: number | null;
  vdim?: number | null;
  /** `[batch, sequence, features]` instead of `[sequence, batch, features]`. Default false. */
  batchFirst?: boolean;
}

/**
 * Attention of several heads: called with query, key, value and maybe masks, gives `[output, weights]`.
 * https://arxiv.org/abs/1706.03762
 */
export class MultiheadAttention extends Module<[query: Tensor, key: Tensor, value: Tensor, call?: AttentionCall], [output: Tensor, weights: Tensor | null]> {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    inProjWeight: "in_proj_weight", qProjWeight: "q_proj_weight", kProjWeight: "k_proj_weight", vProjWeight: "v_proj_weight",
    inProjBias: "in_proj_bias", biasK: "bias_k", biasV: "bias_v", outProj: "out_proj",
  };

  readonly embedDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  inProjWeight: Parameter | null;
  qProjWeight: Parameter | null;
  kProjWeight: Parameter | null;
  vProjWeight: Parameter | null;
  inProjBias: Parameter | null;
  outProj: NonDynamicallyQuantizableLinear;
  biasK: Parameter | null;
  biasV: Parameter | null;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout = 0, bias = true, addBiasKv = false, addZeroAttn = false, batchFirst = false } = options;
    const [kdim, vdim] = [options.kdim ?? embedDim, options.vdim ?? embedDim];
    if (embedDim % numHeads !== 0) throw new ArgumentError("embed_dim must be divisible by num_heads", "AssertionError");
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const same = kdim === embedDim && vdim === embedDim;
    const matrix = (columns: number): Parameter | null => (same ? null : new Parameter(empty([embedDim, columns])));
    this.qProjWeight = matrix(embedDim);
    this.kProjWeight = matrix(kdim);
    this.vProjWeight = matrix(vdim);
    this.inProjWeight = same ? new Parameter(empty([3 * embedDim, embedDim])) : null;
    this.inProjBias = bias ? new Parameter(empty([3 * embedDim])) : null;
    this.outProj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, bias);
    this.biasK = addBiasKv ? new Parameter(empty([1, 1, embedDim])) : null;
    this.biasV = addBiasKv ? new Parameter(empty([1, 1, embedDim])) : null;
    this.resetParameters();
  }

  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight]) if (weight) xavierUniform_(weight);
    if (this.inProjBias) {
      constant_(this.inProjBias, 0);
      constant_(this.outProj.bias!, 0);
    }
    for (const bias of [this.biasK, this.biasV]) if (bias) xavierNormal_(bias);
  }

  override forward(query: Tensor, key: Tensor, value: Tensor, call: AttentionCall = {}): [output: Tensor, weights: Tensor | null] {
    return multiHeadAttentionForward(query, key, value, {
      embedDim: this.embedDim, numHeads: this.numHeads,
      projections: this.inProjWeight ?? [this.qProjWeight!, this.kProjWeight!, this.vProjWeight!],
      projectionBias: this.inProjBias, biasK: this.biasK, biasV: this.biasV,
      outputWeight: this.outProj.weight, outputBias: this.outProj.bias,
      addZeroAttn: this.addZeroAttn, dropoutP: this.training ? this.dropout : 0, batchFirst: this.batchFirst,
    }, call);
  }
}
