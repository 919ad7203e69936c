import { ArgumentError } from "../errors.ts";
import { attendInHeads } from "../ops/attention/multiHead.ts";
import { empty } from "../ops/creation.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { constant_, xavierNormal_, xavierUniform_ } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * PyTorch's name for the linear layer within attention, which shows when it is printed.
 * @api nn.NonDynamicallyQuantizableLinear
 */
export class NonDynamicallyQuantizableLinear extends Linear {}

/** What may be left out of a call of `MultiheadAttention`. */
interface AttentionCall {
  keyPaddingMask?: Tensor | null;
  needWeights?: boolean;
  attnMask?: Tensor | null;
  averageAttnWeights?: boolean;
  isCausal?: boolean;
}

type AttentionArguments = [
  query: Tensor,
  key: Tensor,
  value: Tensor,
  keyPaddingMask?: Tensor | null | AttentionCall,
  needWeights?: boolean | AttentionCall,
  attnMask?: Tensor | null | AttentionCall,
  averageAttnWeights?: boolean | AttentionCall,
  isCausal?: boolean | AttentionCall,
];

/**
 * Attention of several heads: called with query, key, value and maybe masks, gives `[output, weights]`.
 * https://arxiv.org/abs/1706.03762
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 * @api nn.MultiheadAttention
 * @factory
 */
export class MultiheadAttention extends Module<AttentionArguments, [output: Tensor, weights: Tensor | null]> {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    inProjWeight: "in_proj_weight",
    qProjWeight: "q_proj_weight",
    kProjWeight: "k_proj_weight",
    vProjWeight: "v_proj_weight",
    inProjBias: "in_proj_bias",
    biasK: "bias_k",
    biasV: "bias_v",
    outProj: "out_proj",
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

  /**
   * @param dropout of the weights
   * @param addBiasKv whether a learned key and value are added
   * @param addZeroAttn whether a key and value of zeros are added
   * @param kdim features of keys; `null` for as many as queries have
   * @param vdim features of values; `null` for as many as queries have
   * @param batchFirst `[batch, sequence, features]` instead of `[sequence, batch, features]`
   * @throws ArgumentError (AssertionError) unless the heads are of one size
   */
  constructor(
    embedDim: Int,
    numHeads: Int,
    dropout = 0,
    bias = true,
    addBiasKv = false,
    addZeroAttn = false,
    kdim: Int | null = null,
    vdim: Int | null = null,
    batchFirst = false,
  ) {
    super();
    if (embedDim % numHeads !== 0) throw new ArgumentError("embed_dim must be divisible by num_heads", "AssertionError");
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const [keyWidth, valueWidth] = [kdim ?? embedDim, vdim ?? embedDim];
    const same = keyWidth === embedDim && valueWidth === embedDim;
    const matrix = (columns: number): Parameter | null => (same ? null : new Parameter(empty([embedDim, columns])));
    this.qProjWeight = matrix(embedDim);
    this.kProjWeight = matrix(keyWidth);
    this.vProjWeight = matrix(valueWidth);
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
      constant_(this.outProj.bias, 0);
    }
    for (const bias of [this.biasK, this.biasV]) if (bias) xavierNormal_(bias);
  }

  /**
   * @param keyPaddingMask `[batch, keys]`: true, or −∞ to add, where a key is padding
   * @param needWeights give the weights as well
   * @param attnMask `[queries, keys]` or `[batch · heads, queries, keys]`: true, or −∞ to add, where nothing is to be seen
   * @param averageAttnWeights their mean over heads rather than each head's
   * @param isCausal a hint that `attnMask` is the causal one; it changes nothing
   */
  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    keyPaddingMask: Tensor | null = null,
    needWeights = true,
    attnMask: Tensor | null = null,
    averageAttnWeights = true,
    isCausal = false,
  ): [output: Tensor, weights: Tensor | null] {
    if (isCausal && attnMask === null) throw new ArgumentError("Need attn_mask if specifying the is_causal hint.", "RuntimeError");
    return attendInHeads(
      query,
      key,
      value,
      {
        embedDim: this.embedDim,
        numHeads: this.numHeads,
        projections: this.inProjWeight ?? [this.qProjWeight!, this.kProjWeight!, this.vProjWeight!],
        projectionBias: this.inProjBias,
        biasK: this.biasK,
        biasV: this.biasV,
        outputWeight: this.outProj.weight,
        outputBias: this.outProj.bias,
        addZeroAttn: this.addZeroAttn,
        dropoutP: this.training ? this.dropout : 0,
        batchFirst: this.batchFirst,
      },
      { keyPaddingMask, needWeights, attnMask, averageAttnWeights },
    );
  }
}
