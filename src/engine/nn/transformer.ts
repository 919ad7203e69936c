/** Transformers. https://arxiv.org/abs/1706.03762 */
import { ArgumentError } from "../errors.ts";
import { gelu, relu, squareSubsequentMask } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { MultiheadAttention } from "./attention.ts";
import { ModuleList } from "./containers.ts";
import { deepcopy } from "./deepcopy.ts";
import { Dropout } from "./dropout.ts";
import { xavierUniform_ } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module, type AnyModule } from "./module.ts";
import { LayerNorm } from "./normalization.ts";
import { optionalArguments } from "../optionalArguments.ts";

type Activation = "relu" | "gelu" | ((x: Tensor) => Tensor);

export interface TransformerLayerOptions {
  /** Width of the feed-forward part. Default 2048. */
  dimFeedforward?: number;
  /** Default 0.1. */
  dropout?: number;
  /** Default "relu". */
  activation?: Activation;
  /** Default 1e-5. */
  layerNormEps?: number;
  /** `[batch, sequence, features]` instead of `[sequence, batch, features]`. Default false. */
  batchFirst?: boolean;
  /** Normalise before each part rather than after it. Default false. */
  normFirst?: boolean;
}

function activationOf(activation: Activation): (x: Tensor) => Tensor {
  if (activation === "relu") return relu;
  if (activation === "gelu") return (x) => gelu(x);
  if (typeof activation === "function") return activation;
  throw new ArgumentError(`activation should be relu/gelu, not ${String(activation)}`, "RuntimeError");
}

export interface EncoderLayerCall {
  /** `[sequence, sequence]`: true, or −∞ to add, where nothing is to be seen. */
  srcMask?: Tensor | null;
  /** `[batch, sequence]`: true where there is padding. */
  srcKeyPaddingMask?: Tensor | null;
}

/** Self-attention and a feed-forward network, each with a residual connection and normalisation. */
export class TransformerEncoderLayer extends Module<[src: Tensor, srcMask?: Tensor | EncoderLayerCall | null, srcKeyPaddingMask?: Tensor | null]> {
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

  constructor(dModel: number, nhead: number, feedforward?: number | TransformerLayerOptions, options?: TransformerLayerOptions) {
    super();
    const chosen = optionalArguments<TransformerLayerOptions>([feedforward, options], ["dimFeedforward"]);
    const { dimFeedforward = 2048, dropout = 0.1, activation = "relu", layerNormEps: eps = 1e-5, batchFirst = false, normFirst = false } = chosen;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst });
    this.linear1 = new Linear(dModel, dimFeedforward);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel);
    this.normFirst = normFirst;
    this.norm1 = new LayerNorm(dModel, { eps });
    this.norm2 = new LayerNorm(dModel, { eps });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.activation = activationOf(activation);
  }

  override forward(src: Tensor, srcMask?: Tensor | EncoderLayerCall | null, srcKeyPaddingMask?: Tensor | null): Tensor {
    const call = optionalArguments<EncoderLayerCall>([srcMask ?? undefined, srcKeyPaddingMask ?? undefined], ["srcMask", "srcKeyPaddingMask"]);
    const attended = (x: Tensor): Tensor =>
      this.dropout1(this.selfAttn(x, x, x, { attnMask: call.srcMask ?? null, keyPaddingMask: call.srcKeyPaddingMask ?? null, needWeights: false })[0]);
    const fed = (x: Tensor): Tensor => this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
    if (this.normFirst) {
      const x = src.add(attended(this.norm1(src)));
      return x.add(fed(this.norm2(x)));
    }
    const x = this.norm1(src.add(attended(src)));
    return this.norm2(x.add(fed(x)));
  }
}

export interface DecoderLayerCall {
  tgtMask?: Tensor | null;
  memoryMask?: Tensor | null;
  tgtKeyPaddingMask?: Tensor | null;
  memoryKeyPaddingMask?: Tensor | null;
}

const DECODER_CALL = ["tgtMask", "memoryMask", "tgtKeyPaddingMask", "memoryKeyPaddingMask"] as const;
type DecoderArguments = [tgt: Tensor, memory: Tensor, ...call: (Tensor | DecoderLayerCall | null | undefined)[]];

/** Self-attention, attention to an encoder's output, and a feed-forward network. */
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

  constructor(dModel: number, nhead: number, feedforward?: number | TransformerLayerOptions, options?: TransformerLayerOptions) {
    super();
    const chosen = optionalArguments<TransformerLayerOptions>([feedforward, options], ["dimFeedforward"]);
    const { dimFeedforward = 2048, dropout = 0.1, activation = "relu", layerNormEps: eps = 1e-5, batchFirst = false, normFirst = false } = chosen;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst });
    this.multiheadAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst });
    this.linear1 = new Linear(dModel, dimFeedforward);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel);
    this.normFirst = normFirst;
    this.norm1 = new LayerNorm(dModel, { eps });
    this.norm2 = new LayerNorm(dModel, { eps });
    this.norm3 = new LayerNorm(dModel, { eps });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.activation = activationOf(activation);
  }

  override forward(tgt: Tensor, memory: Tensor, ...call: (Tensor | DecoderLayerCall | null | undefined)[]): Tensor {
    const masks = optionalArguments<DecoderLayerCall>(call.map((value) => value ?? undefined), DECODER_CALL);
    const own = (x: Tensor): Tensor =>
      this.dropout1(this.selfAttn(x, x, x, { attnMask: masks.tgtMask ?? null, keyPaddingMask: masks.tgtKeyPaddingMask ?? null, needWeights: false })[0]);
    const toMemory = (x: Tensor): Tensor =>
      this.dropout2(this.multiheadAttn(x, memory, memory, { attnMask: masks.memoryMask ?? null, keyPaddingMask: masks.memoryKeyPaddingMask ?? null, needWeights: false })[0]);
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

export interface EncoderCall {
  mask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
}

export interface StackOptions {
  /** Normalises the last layer's output. */
  norm?: AnyModule | null;
}

/** Copies of an encoder layer, one after the other. */
export class TransformerEncoder extends Module<[src: Tensor, mask?: Tensor | EncoderCall | null, srcKeyPaddingMask?: Tensor | null]> {
  layers: ModuleList<TransformerEncoderLayer>;
  readonly numLayers: number;
  norm: AnyModule | null;

  constructor(encoderLayer: TransformerEncoderLayer, numLayers: number, norm?: AnyModule | StackOptions | null) {
    super();
    this.layers = copies(encoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = normOf(norm);
  }

  override forward(src: Tensor, mask?: Tensor | EncoderCall | null, srcKeyPaddingMask?: Tensor | null): Tensor {
    const call = optionalArguments<EncoderCall>([mask ?? undefined, srcKeyPaddingMask ?? undefined], ["mask", "srcKeyPaddingMask"]);
    let x = src;
    for (const layer of this.layers) x = layer(x, { srcMask: call.mask ?? null, srcKeyPaddingMask: call.srcKeyPaddingMask ?? null });
    return this.norm ? (this.norm as unknown as (x: Tensor) => Tensor)(x) : x;
  }
}

function normOf(norm: AnyModule | StackOptions | null | undefined): AnyModule | null {
  if (norm === undefined || norm === null) return null;
  return norm instanceof Module ? (norm as unknown as AnyModule) : (norm as StackOptions).norm ?? null;
}

/** Copies of a decoder layer, one after the other. */
export class TransformerDecoder extends Module<DecoderArguments> {
  layers: ModuleList<TransformerDecoderLayer>;
  readonly numLayers: number;
  norm: AnyModule | null;

  constructor(decoderLayer: TransformerDecoderLayer, numLayers: number, norm?: AnyModule | StackOptions | null) {
    super();
    this.layers = copies(decoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = normOf(norm);
  }

  override forward(tgt: Tensor, memory: Tensor, ...call: (Tensor | DecoderLayerCall | null | undefined)[]): Tensor {
    let x = tgt;
    for (const layer of this.layers) x = layer(x, memory, ...call);
    return this.norm ? (this.norm as unknown as (x: Tensor) => Tensor)(x) : x;
  }
}

export interface TransformerOptions extends TransformerLayerOptions {
  /** Default 512. */
  dModel?: number;
  /** Default 8. */
  nhead?: number;
  /** Default 6. */
  numEncoderLayers?: number;
  /** Default 6. */
  numDecoderLayers?: number;
  /** In place of the standard ones. */
  customEncoder?: AnyModule | null;
  customDecoder?: AnyModule | null;
}

export interface TransformerCall extends DecoderLayerCall {
  srcMask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
}

/** Encoder and decoder: called with source and target sequences and maybe masks. */
export class Transformer extends Module<[src: Tensor, tgt: Tensor, call?: TransformerCall]> {
  encoder: AnyModule;
  decoder: AnyModule;
  readonly dModel: number;
  readonly nhead: number;

  constructor(dModel?: number | TransformerOptions, nhead?: number | TransformerOptions, options?: TransformerOptions) {
    super();
    const chosen = optionalArguments<TransformerOptions>([dModel, nhead, options], ["dModel", "nhead"]);
    const { dModel: width = 512, nhead: heads = 8, numEncoderLayers = 6, numDecoderLayers = 6, customEncoder = null, customDecoder = null, ...layer } = chosen;
    const norm = (): LayerNorm => new LayerNorm(width, { eps: layer.layerNormEps ?? 1e-5 });
    this.encoder = customEncoder ?? new TransformerEncoder(new TransformerEncoderLayer(width, heads, layer), numEncoderLayers, norm());
    this.decoder = customDecoder ?? new TransformerDecoder(new TransformerDecoderLayer(width, heads, layer), numDecoderLayers, norm());
    for (const parameter of this.parameters()) if (parameter.dim() > 1) xavierUniform_(parameter);
    this.dModel = width;
    this.nhead = heads;
  }

  /** Zeros up to the diagonal and −∞ above: with it each place sees itself and those before. */
  static generateSquareSubsequentMask(size: number): Tensor {
    return squareSubsequentMask(size);
  }

  generateSquareSubsequentMask(size: number): Tensor {
    return squareSubsequentMask(size);
  }

  override forward(src: Tensor, tgt: Tensor, call: TransformerCall = {}): Tensor {
    if (src.size(-1) !== this.dModel || tgt.size(-1) !== this.dModel) {
      throw new ArgumentError("the feature number of src and tgt must be equal to d_model", "RuntimeError");
    }
    const { srcMask = null, srcKeyPaddingMask = null, ...decoding } = call;
    const memory = (this.encoder as unknown as TransformerEncoder)(src, { mask: srcMask, srcKeyPaddingMask });
    return (this.decoder as unknown as TransformerDecoder)(tgt, memory, decoding);
  }
}
