/** Transformers. https://arxiv.org/abs/1706.03762 */
import { ArgumentError } from "../errors.ts";
import { gelu, relu } from "../ops/activations.ts";
import { squareSubsequentMask } from "../ops/attention/multiHead.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { MultiheadAttention } from "./attention.ts";
import { ModuleList } from "./containers.ts";
import { deepcopy } from "./deepcopy.ts";
import { Dropout } from "./dropout.ts";
import { xavierUniform_ } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module, type AnyModule } from "./module.ts";
import { LayerNorm } from "./normalization.ts";

export type Activation = "relu" | "gelu" | ((x: Tensor) => Tensor);

function activationOf(activation: Activation): (x: Tensor) => Tensor {
  if (activation === "relu") return relu;
  if (activation === "gelu") return (x) => gelu(x);
  return activation;
}

/** What may be left out of a call of an encoder layer. */
interface EncoderLayerCall {
  /** `[sequence, sequence]`: true, or −∞ to add, where nothing is to be seen. */
  srcMask?: Tensor | null;
  /** `[batch, sequence]`: true where there is padding. */
  srcKeyPaddingMask?: Tensor | null;
  /** A hint that the mask is the causal one. */
  isCausal?: boolean;
}

type EncoderLayerArguments = [
  src: Tensor,
  srcMask?: Tensor | null | EncoderLayerCall,
  srcKeyPaddingMask?: Tensor | null | EncoderLayerCall,
  isCausal?: boolean | EncoderLayerCall,
];

/**
 * Self-attention and a feed-forward network, each with a residual connection and normalisation.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
 * @api nn.TransformerEncoderLayer
 * @factory
 */
export class TransformerEncoderLayer extends Module<EncoderLayerArguments> {
  static override readonly stateNames: Readonly<Record<string, string>> = { selfAttn: "self_attn" };
  selfAttn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  readonly normFirst: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  activation: (x: Tensor) => Tensor;

  /**
   * @param dimFeedforward width of the feed-forward part
   * @param activation within it
   * @param batchFirst `[batch, sequence, features]` instead of `[sequence, batch, features]`
   * @param normFirst normalise before each part rather than after it
   * @param bias of linear layers and normalisations
   */
  constructor(
    dModel: Int,
    nhead: Int,
    dimFeedforward: Int = 2048,
    dropout = 0.1,
    activation: Activation = "relu",
    layerNormEps = 1e-5,
    batchFirst = false,
    normFirst = false,
    bias = true,
  ) {
    super();
    this.selfAttn = new MultiheadAttention(dModel, nhead, dropout, bias, false, false, null, null, batchFirst);
    this.linear1 = new Linear(dModel, dimFeedforward, bias);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, bias);
    this.normFirst = normFirst;
    this.norm1 = new LayerNorm(dModel, layerNormEps, true, bias);
    this.norm2 = new LayerNorm(dModel, layerNormEps, true, bias);
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.activation = activationOf(activation);
  }

  /**
   * @param srcMask `[sequence, sequence]`: true, or −∞ to add, where nothing is to be seen
   * @param srcKeyPaddingMask `[batch, sequence]`: true where there is padding
   * @param isCausal a hint that `srcMask` is the causal one; it changes nothing
   */
  override forward(src: Tensor, srcMask: Tensor | null = null, srcKeyPaddingMask: Tensor | null = null, isCausal = false): Tensor {
    const attended = (x: Tensor): Tensor => this.dropout1(this.selfAttn(x, x, x, srcKeyPaddingMask, false, srcMask, true, isCausal)[0]);
    const fed = (x: Tensor): Tensor => this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
    if (this.normFirst) {
      const x = src.add(attended(this.norm1(src)));
      return x.add(fed(this.norm2(x)));
    }
    const x = this.norm1(src.add(attended(src)));
    return this.norm2(x.add(fed(x)));
  }
}

/** What may be left out of a call of a decoder or of one of its layers. */
interface DecoderCall {
  tgtMask?: Tensor | null;
  memoryMask?: Tensor | null;
  tgtKeyPaddingMask?: Tensor | null;
  memoryKeyPaddingMask?: Tensor | null;
  tgtIsCausal?: boolean | null;
  memoryIsCausal?: boolean;
}

type DecoderArguments = [
  tgt: Tensor,
  memory: Tensor,
  tgtMask?: Tensor | null | DecoderCall,
  memoryMask?: Tensor | null | DecoderCall,
  tgtKeyPaddingMask?: Tensor | null | DecoderCall,
  memoryKeyPaddingMask?: Tensor | null | DecoderCall,
  tgtIsCausal?: boolean | null | DecoderCall,
  memoryIsCausal?: boolean | DecoderCall,
];

/**
 * Self-attention, attention to an encoder's output, and a feed-forward network.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
 * @api nn.TransformerDecoderLayer
 * @factory
 */
export class TransformerDecoderLayer extends Module<DecoderArguments> {
  static override readonly stateNames: Readonly<Record<string, string>> = { selfAttn: "self_attn", multiheadAttn: "multihead_attn" };
  selfAttn: MultiheadAttention;
  multiheadAttn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  readonly normFirst: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;
  activation: (x: Tensor) => Tensor;

  /**
   * @param dimFeedforward width of the feed-forward part
   * @param activation within it
   * @param batchFirst `[batch, sequence, features]` instead of `[sequence, batch, features]`
   * @param normFirst normalise before each part rather than after it
   * @param bias of linear layers and normalisations
   */
  constructor(
    dModel: Int,
    nhead: Int,
    dimFeedforward: Int = 2048,
    dropout = 0.1,
    activation: Activation = "relu",
    layerNormEps = 1e-5,
    batchFirst = false,
    normFirst = false,
    bias = true,
  ) {
    super();
    this.selfAttn = new MultiheadAttention(dModel, nhead, dropout, bias, false, false, null, null, batchFirst);
    this.multiheadAttn = new MultiheadAttention(dModel, nhead, dropout, bias, false, false, null, null, batchFirst);
    this.linear1 = new Linear(dModel, dimFeedforward, bias);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, bias);
    this.normFirst = normFirst;
    this.norm1 = new LayerNorm(dModel, layerNormEps, true, bias);
    this.norm2 = new LayerNorm(dModel, layerNormEps, true, bias);
    this.norm3 = new LayerNorm(dModel, layerNormEps, true, bias);
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.activation = activationOf(activation);
  }

  /**
   * @param tgtMask `[targets, targets]`: true, or −∞ to add, where nothing is to be seen
   * @param memoryMask `[targets, memory]`, likewise
   * @param tgtKeyPaddingMask `[batch, targets]`: true where there is padding
   * @param memoryKeyPaddingMask `[batch, memory]`, likewise
   * @param tgtIsCausal a hint that `tgtMask` is the causal one; it changes nothing
   * @param memoryIsCausal the same of `memoryMask`
   */
  override forward(
    tgt: Tensor,
    memory: Tensor,
    tgtMask: Tensor | null = null,
    memoryMask: Tensor | null = null,
    tgtKeyPaddingMask: Tensor | null = null,
    memoryKeyPaddingMask: Tensor | null = null,
    tgtIsCausal = false,
    memoryIsCausal = false,
  ): Tensor {
    const own = (x: Tensor): Tensor => this.dropout1(this.selfAttn(x, x, x, tgtKeyPaddingMask, false, tgtMask, true, tgtIsCausal)[0]);
    const toMemory = (x: Tensor): Tensor =>
      this.dropout2(this.multiheadAttn(x, memory, memory, memoryKeyPaddingMask, false, memoryMask, true, memoryIsCausal)[0]);
    const fed = (x: Tensor): Tensor => this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))));
    if (this.normFirst) {
      let x = tgt.add(own(this.norm1(tgt)));
      x = x.add(toMemory(this.norm2(x)));
      return x.add(fed(this.norm3(x)));
    }
    let x = this.norm1(tgt.add(own(tgt)));
    x = this.norm2(x.add(toMemory(x)));
    return this.norm3(x.add(fed(x)));
  }
}

function copies<M extends AnyModule>(layer: M, count: number): ModuleList<M> {
  return new ModuleList(Array.from({ length: count }, () => deepcopy(layer)));
}

/** What may be left out of a call of an encoder. */
interface EncoderCall {
  mask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  isCausal?: boolean | null;
}

type EncoderArguments = [
  src: Tensor,
  mask?: Tensor | null | EncoderCall,
  srcKeyPaddingMask?: Tensor | null | EncoderCall,
  isCausal?: boolean | null | EncoderCall,
];

/**
 * Copies of an encoder layer, one after the other.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
 * @api nn.TransformerEncoder
 */
export class TransformerEncoder extends Module<EncoderArguments> {
  layers: ModuleList<TransformerEncoderLayer>;
  readonly numLayers: number;
  norm: AnyModule | null;

  /** @param norm normalises the last layer's output */
  constructor(encoderLayer: TransformerEncoderLayer, numLayers: Int, norm: AnyModule | null = null) {
    super();
    this.layers = copies(encoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = norm;
  }

  /**
   * @param mask `[sequence, sequence]`: true, or −∞ to add, where nothing is to be seen
   * @param srcKeyPaddingMask `[batch, sequence]`: true where there is padding
   * @param isCausal a hint that `mask` is the causal one; it changes nothing
   */
  override forward(src: Tensor, mask: Tensor | null = null, srcKeyPaddingMask: Tensor | null = null, isCausal: boolean | null = null): Tensor {
    let x = src;
    for (const layer of this.layers) x = layer(x, mask, srcKeyPaddingMask, isCausal === true);
    return this.norm ? (this.norm as unknown as (x: Tensor) => Tensor)(x) : x;
  }
}

/**
 * Copies of a decoder layer, one after the other.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
 * @api nn.TransformerDecoder
 */
export class TransformerDecoder extends Module<DecoderArguments> {
  layers: ModuleList<TransformerDecoderLayer>;
  readonly numLayers: number;
  norm: AnyModule | null;

  /** @param norm normalises the last layer's output */
  constructor(decoderLayer: TransformerDecoderLayer, numLayers: Int, norm: AnyModule | null = null) {
    super();
    this.layers = copies(decoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = norm;
  }

  /**
   * @param tgtMask `[targets, targets]`: true, or −∞ to add, where nothing is to be seen
   * @param memoryMask `[targets, memory]`, likewise
   * @param tgtKeyPaddingMask `[batch, targets]`: true where there is padding
   * @param memoryKeyPaddingMask `[batch, memory]`, likewise
   * @param tgtIsCausal a hint that `tgtMask` is the causal one; it changes nothing
   * @param memoryIsCausal the same of `memoryMask`
   */
  override forward(
    tgt: Tensor,
    memory: Tensor,
    tgtMask: Tensor | null = null,
    memoryMask: Tensor | null = null,
    tgtKeyPaddingMask: Tensor | null = null,
    memoryKeyPaddingMask: Tensor | null = null,
    tgtIsCausal: boolean | null = null,
    memoryIsCausal = false,
  ): Tensor {
    let x = tgt;
    for (const layer of this.layers) {
      x = layer(x, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal === true, memoryIsCausal);
    }
    return this.norm ? (this.norm as unknown as (x: Tensor) => Tensor)(x) : x;
  }
}

/** What may be left out of a call of a transformer. */
interface TransformerCall extends DecoderCall {
  srcMask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  srcIsCausal?: boolean | null;
}

type TransformerArguments = [
  src: Tensor,
  tgt: Tensor,
  srcMask?: Tensor | null | TransformerCall,
  tgtMask?: Tensor | null | TransformerCall,
  memoryMask?: Tensor | null | TransformerCall,
  srcKeyPaddingMask?: Tensor | null | TransformerCall,
  tgtKeyPaddingMask?: Tensor | null | TransformerCall,
  memoryKeyPaddingMask?: Tensor | null | TransformerCall,
  srcIsCausal?: boolean | null | TransformerCall,
  tgtIsCausal?: boolean | null | TransformerCall,
  memoryIsCausal?: boolean | TransformerCall,
];

/**
 * Encoder and decoder: called with source and target sequences and maybe masks.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Transformer.html
 * @api nn.Transformer
 * @factory
 */
export class Transformer extends Module<TransformerArguments> {
  encoder: AnyModule;
  decoder: AnyModule;
  readonly dModel: number;
  readonly nhead: number;

  /**
   * @param dimFeedforward width of the feed-forward parts
   * @param activation within them
   * @param customEncoder in place of the standard one
   * @param customDecoder in place of the standard one
   * @param batchFirst `[batch, sequence, features]` instead of `[sequence, batch, features]`
   * @param normFirst normalise before each part rather than after it
   * @param bias of linear layers and normalisations
   */
  constructor(
    dModel: Int = 512,
    nhead: Int = 8,
    numEncoderLayers: Int = 6,
    numDecoderLayers: Int = 6,
    dimFeedforward: Int = 2048,
    dropout = 0.1,
    activation: Activation = "relu",
    customEncoder: AnyModule | null = null,
    customDecoder: AnyModule | null = null,
    layerNormEps = 1e-5,
    batchFirst = false,
    normFirst = false,
    bias = true,
  ) {
    super();
    const layer = [dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias] as const;
    const norm = (): LayerNorm => new LayerNorm(dModel, layerNormEps, true, bias);
    this.encoder = customEncoder ?? new TransformerEncoder(new TransformerEncoderLayer(...layer), numEncoderLayers, norm());
    this.decoder = customDecoder ?? new TransformerDecoder(new TransformerDecoderLayer(...layer), numDecoderLayers, norm());
    for (const parameter of this.parameters()) if (parameter.dim() > 1) xavierUniform_(parameter);
    this.dModel = dModel;
    this.nhead = nhead;
  }

  /** Zeros up to the diagonal and −∞ above: with it each place sees itself and those before. */
  static generateSquareSubsequentMask(sz: Int): Tensor {
    return squareSubsequentMask(sz);
  }

  generateSquareSubsequentMask(sz: Int): Tensor {
    return squareSubsequentMask(sz);
  }

  /**
   * @param srcMask `[sources, sources]`: true, or −∞ to add, where nothing is to be seen
   * @param tgtMask `[targets, targets]`, likewise
   * @param memoryMask `[targets, sources]`, likewise
   * @param srcKeyPaddingMask `[batch, sources]`: true where there is padding
   * @param tgtKeyPaddingMask `[batch, targets]`, likewise
   * @param memoryKeyPaddingMask `[batch, sources]`, likewise
   * @param srcIsCausal a hint that `srcMask` is the causal one; it changes nothing
   * @param tgtIsCausal the same of `tgtMask`
   * @param memoryIsCausal the same of `memoryMask`
   */
  override forward(
    src: Tensor,
    tgt: Tensor,
    srcMask: Tensor | null = null,
    tgtMask: Tensor | null = null,
    memoryMask: Tensor | null = null,
    srcKeyPaddingMask: Tensor | null = null,
    tgtKeyPaddingMask: Tensor | null = null,
    memoryKeyPaddingMask: Tensor | null = null,
    srcIsCausal: boolean | null = null,
    tgtIsCausal: boolean | null = null,
    memoryIsCausal = false,
  ): Tensor {
    if (src.size(-1) !== this.dModel || tgt.size(-1) !== this.dModel) {
      throw new ArgumentError("the feature number of src and tgt must be equal to d_model", "RuntimeError");
    }
    const memory = (this.encoder as unknown as TransformerEncoder)(src, srcMask, srcKeyPaddingMask, srcIsCausal);
    return (this.decoder as unknown as TransformerDecoder)(
      tgt,
      memory,
      tgtMask,
      memoryMask,
      tgtKeyPaddingMask,
      memoryKeyPaddingMask,
      tgtIsCausal,
      memoryIsCausal,
    );
  }
}
