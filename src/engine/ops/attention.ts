/** Attention: how much of each value a query gets. https://arxiv.org/abs/1706.03762 */
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { where } from "./binary.ts";
import { full, ones, zeros } from "./creation.ts";
import { dropout } from "./dropout.ts";
import { cat, tril } from "./joining.ts";
import { linear, matmul } from "./matmul.ts";
import { pad } from "./padding.ts";
import { softmax } from "./softmax.ts";
import { transpose } from "./views.ts";

export interface AttentionOptions {
  /** Broadcasts to `[…, queries, keys]`: where a truth value is false, nothing is seen; a float is added to the scores. */
  attnMask?: Tensor | null;
  /** Probability of dropout on the weights. Default 0. */
  dropoutP?: number;
  /** Each query sees the keys up to its own place only. Default false. */
  isCausal?: boolean;
  /** Factor of the scores. Default 1/√features. */
  scale?: number | null;
}

/**
 * softmax(q·kᵀ · scale + mask) · v.
 * @param query [..., queries, features], @param key [..., keys, features], @param value [..., keys, features of values]
 */
export function scaledDotProductAttention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  return attend(query, key, value, options).output;
}

/** The output and the weights that gave it. */
function attend(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions): { output: Tensor; weights: Tensor } {
  const { attnMask = null, dropoutP = 0, isCausal = false, scale = null } = options;
  if (isCausal && attnMask) throw new KindlingError("Explicit attn_mask should not be set when is_causal=True");
  const scores = matmul(query.mul(scale ?? 1 / Math.sqrt(query.size(-1))), transpose(key, -2, -1));
  const mask = isCausal ? tril(ones(query.size(-2), key.size(-2))).bool() : attnMask;
  const masked = mask === null ? scores : mask.dtype === "bool" ? where(mask, scores, -Infinity) : scores.add(mask);
  const weights = dropout(softmax(masked, -1), dropoutP, dropoutP > 0);
  return { output: matmul(weights, value), weights };
}

/** The weights of a multi-head attention. */
export interface AttentionWeights {
  readonly embedDim: number;
  readonly numHeads: number;
  /** Of query, key and value in one `[3 · embedDim, embedDim]`, or one of each. */
  readonly projections: Tensor | readonly [Tensor, Tensor, Tensor];
  readonly projectionBias: Tensor | null;
  readonly biasK: Tensor | null;
  readonly biasV: Tensor | null;
  readonly outputWeight: Tensor;
  readonly outputBias: Tensor | null;
  readonly addZeroAttn: boolean;
  readonly dropoutP: number;
}

export interface AttentionCall {
  /** `[batch, keys]`: true, or −∞ to add, where a key is padding. */
  keyPaddingMask?: Tensor | null;
  /** `[queries, keys]` or `[batch · heads, queries, keys]`: true, or −∞ to add, where nothing is to be seen. */
  attnMask?: Tensor | null;
  /** Give the weights as well. Default true. */
  needWeights?: boolean;
  /** Their mean over heads rather than each head's. Default true. */
  averageAttnWeights?: boolean;
}

/** A mask that is added to the scores. */
function additive(mask: Tensor): Tensor {
  if (mask.dtype === "float32") return mask;
  return where(mask.bool(), -Infinity, 0);
}

/**
 * Attention of several heads. query `[queries, batch, embedDim]`, key and value `[keys, batch, …]`, all without the batch if
 * there is none. Gives the output `[queries, batch, embedDim]` and the weights, or `null`.
 */
export function multiHeadAttentionForward(query: Tensor, key: Tensor, value: Tensor, weights: AttentionWeights, call: AttentionCall = {}): [output: Tensor, weights: Tensor | null] {
  if (query.dim() === 2) {
    const unbatched = { ...call, keyPaddingMask: call.keyPaddingMask?.unsqueeze(0) ?? null };
    const [output, attention] = multiHeadAttentionForward(query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1), weights, unbatched);
    return [output.squeeze(1), attention?.squeeze(0) ?? null];
  }
  if (query.dim() !== 3) throw new KindlingError(`query should be unbatched 2D or batched 3D tensor but received ${query.dim()}-D query tensor`);
  const { embedDim, numHeads, biasK, biasV, dropoutP } = weights;
  const [targets, batch] = query.shape as [number, number];
  if (query.shape[2] !== embedDim) throw new KindlingError(`was expecting embedding dimension of ${embedDim}, but got ${query.shape[2]}`);
  const headDim = embedDim / numHeads;
  let [q, k, v] = project(query, key, value, weights);
  let mask = call.attnMask ? additive(call.attnMask) : null;
  let padding = call.keyPaddingMask ? additive(call.keyPaddingMask) : null;
  const widened = (): void => {
    mask = mask && pad(mask, [0, 1]);
    padding = padding && pad(padding, [0, 1]);
  };
  if (biasK && biasV) {
    k = cat([k, biasK.expand(1, batch, embedDim)], 0);
    v = cat([v, biasV.expand(1, batch, embedDim)], 0);
    widened();
  }
  const heads = (x: Tensor): Tensor => x.reshape(x.shape[0]!, batch * numHeads, headDim).transpose(0, 1);
  [q, k, v] = [heads(q), heads(k), heads(v)];
  if (weights.addZeroAttn) {
    const nothing = zeros([batch * numHeads, 1, headDim]);
    [k, v] = [cat([k, nothing], 1), cat([v, nothing], 1)];
    widened();
  }
  const sources = k.shape[1]!;
  if (mask && mask.dim() === 3 && mask.shape[0] !== batch * numHeads) {
    throw new KindlingError(`The shape of the 3D attn_mask is torch.Size([${mask.shape.join(", ")}]), but should be (${batch * numHeads}, ${targets}, ${sources}).`);
  }
  if (padding) {
    if (padding.shape[0] !== batch || padding.shape[1] !== sources) {
      throw new KindlingError(`expecting key_padding_mask shape of ${tupleText([batch, sources])}, but got torch.Size([${padding.shape.join(", ")}])`);
    }
    const each = padding.reshape(batch, 1, 1, sources).expand(batch, numHeads, 1, sources).reshape(batch * numHeads, 1, sources);
    mask = mask ? mask.add(each) : each;
  }
  const { output, weights: attention } = attend(q, k, v, { attnMask: mask, dropoutP });
  const joined = output.transpose(0, 1).reshape(targets * batch, embedDim);
  const result = linear(joined, weights.outputWeight, weights.outputBias).reshape(targets, batch, embedDim);
  if (call.needWeights === false) return [result, null];
  const perHead = attention.reshape(batch, numHeads, targets, sources);
  return [result, call.averageAttnWeights === false ? perHead : perHead.mean(1)];
}

const tupleText = (values: readonly number[]): string => `(${values.join(", ")})`;

function project(query: Tensor, key: Tensor, value: Tensor, { projections, projectionBias, embedDim }: AttentionWeights): [Tensor, Tensor, Tensor] {
  const parts = Array.isArray(projections) ? (projections as readonly Tensor[]) : (projections as Tensor).split(embedDim, 0);
  const biases = projectionBias?.split(embedDim, 0);
  return [query, key, value].map((x, i) => linear(x, parts[i]!, biases?.[i] ?? null)) as [Tensor, Tensor, Tensor];
}

/** Zeros up to the diagonal and −∞ above: with it each place sees itself and those before. */
export function squareSubsequentMask(size: number): Tensor {
  return where(tril(ones(size, size)).bool(), full([], 0), -Infinity);
}
