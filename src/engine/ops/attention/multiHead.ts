/** Attention of several heads between one projection in and one out. https://arxiv.org/abs/1706.03762 */
import { ArgumentError, KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { full, ones, zeros } from "../creation.ts";
import { cat } from "../join.ts";
import { linear } from "../linear.ts";
import { pad } from "../padding.ts";
import { split } from "../split.ts";
import { tril } from "../triangular.ts";
import type { Int } from "../types.ts";
import { narrow } from "../views.ts";
import { where } from "../where.ts";
import { attendHeads, type HeadLayout } from "./heads.ts";

/** The weights of an attention of several heads, and what else doesn't change from call to call. */
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
  /** `[batch, sequence, features]` instead of `[sequence, batch, features]`. Default false. */
  readonly batchFirst?: boolean;
}

/** What may change from call to call. */
export interface AttentionCall {
  /** `[batch, keys]`: true, or −∞ to add, where a key is padding. */
  keyPaddingMask?: Tensor | null;
  /** `[queries, keys]` or `[batch · heads, queries, keys]`: true, or −∞ to add, where nothing is to be seen. */
  attnMask?: Tensor | null;
  /** Give the weights as well. Default true. */
  needWeights?: boolean;
  /** Their mean over heads rather than each head's. Default true. */
  averageAttnWeights?: boolean;
  /** Says that `attnMask` hides all that comes after a query's place. Default false. */
  isCausal?: boolean;
  /** Keys and values `[batch · heads, keys, embedDim / heads]` instead of those that come from `key` and `value`. */
  staticK?: Tensor | null;
  staticV?: Tensor | null;
}

/** A mask that is added to the scores. */
function additive(mask: Tensor): Tensor {
  if (mask.dtype === "float32") return mask;
  return where(mask.bool(), -Infinity, 0);
}

/**
 * Attention of several heads between one projection in and one out.
 *
 * Shapes: query `[queries, batch, embedDim]`, key and value `[keys, batch, …]`, all without the batch if there is none → the
 * output in the query's shape, and the weights `[batch, queries, keys]` (`[batch, heads, queries, keys]` where they aren't
 * averaged) or `null`.
 * @param embedDimToCheck features of the query
 * @param inProjWeight projects query, key and value, `[3 · embedDim, embedDim]`
 * @param inProjBias `[3 · embedDim]`
 * @param biasK a learned key at the end of the sequence, `[1, 1, embedDim]`; with `biasV`
 * @param addZeroAttn add a key and a value of zeros at the end
 * @param dropoutP probability of dropout on the weights, in training
 * @param keyPaddingMask `[batch, keys]`: true, or −∞ to add, where a key is padding
 * @param needWeights give the weights as well, else `null`
 * @param attnMask `[queries, keys]` or `[batch · heads, queries, keys]`: true, or −∞ to add, where nothing is to be seen
 * @param useSeparateProjWeight project by `qProjWeight`, `kProjWeight` and `vProjWeight` instead of `inProjWeight`
 * @param staticK keys `[batch · heads, keys, embedDim / heads]` instead of those from `key`; likewise `staticV`
 * @param averageAttnWeights give the weights' mean over heads
 * @param isCausal says that `attnMask`, which has to be given, hides all that comes after a query's place
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 * @api nn.functional.multiHeadAttentionForward
 */
export function multiHeadAttentionForward(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  embedDimToCheck: Int,
  numHeads: Int,
  inProjWeight: Tensor | null,
  inProjBias: Tensor | null,
  biasK: Tensor | null,
  biasV: Tensor | null,
  addZeroAttn: boolean,
  dropoutP: number,
  outProjWeight: Tensor,
  outProjBias: Tensor | null,
  training = true,
  keyPaddingMask: Tensor | null = null,
  needWeights = true,
  attnMask: Tensor | null = null,
  useSeparateProjWeight = false,
  qProjWeight: Tensor | null = null,
  kProjWeight: Tensor | null = null,
  vProjWeight: Tensor | null = null,
  staticK: Tensor | null = null,
  staticV: Tensor | null = null,
  averageAttnWeights = true,
  isCausal = false,
): [output: Tensor, weights: Tensor | null] {
  const projections = useSeparateProjWeight ? separate(qProjWeight, kProjWeight, vProjWeight) : inProjWeight;
  if (projections === null) throw new ArgumentError("use_separate_proj_weight is False but in_proj_weight is None", "AssertionError");
  const weights: AttentionWeights = {
    embedDim: embedDimToCheck,
    numHeads,
    projections,
    projectionBias: inProjBias,
    biasK,
    biasV,
    outputWeight: outProjWeight,
    outputBias: outProjBias,
    addZeroAttn,
    dropoutP: training ? dropoutP : 0,
  };
  return attendInHeads(query, key, value, weights, { keyPaddingMask, attnMask, needWeights, averageAttnWeights, isCausal, staticK, staticV });
}

function separate(q: Tensor | null, k: Tensor | null, v: Tensor | null): readonly [Tensor, Tensor, Tensor] {
  if (q && k && v) return [q, k, v];
  const missing = q ? (k ? "v_proj_weight" : "k_proj_weight") : "q_proj_weight";
  throw new ArgumentError(`use_separate_proj_weight is True but ${missing} is None`, "AssertionError");
}

/** The same as layers call it; with `batchFirst` the batch stands first in all shapes. */
export function attendInHeads(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  weights: AttentionWeights,
  call: AttentionCall = {},
): [output: Tensor, weights: Tensor | null] {
  if (call.isCausal && !call.attnMask) throw new KindlingError("Need attn_mask if specifying the is_causal hint.");
  if (query.dim() === 2) return withoutBatch(query, key, value, weights, call);
  if (query.dim() !== 3) throw new KindlingError(`query should be unbatched 2D or batched 3D tensor but received ${query.dim()}-D query tensor`);
  const { embedDim, numHeads, dropoutP, batchFirst = false } = weights;
  if (query.shape[2] !== embedDim) throw new KindlingError(`was expecting embedding dimension of ${embedDim}, but got ${query.shape[2]}`);
  if (embedDim % numHeads !== 0) throw new ArgumentError(`embed_dim ${embedDim} not divisible by num_heads ${numHeads}`, "AssertionError");
  if ((weights.biasK === null) !== (weights.biasV === null)) throw new ArgumentError("bias_k and bias_v have to be given together", "AssertionError");
  const [sequence, batch] = batchFirst ? [1, 0] : [0, 1];
  const extra = Number(weights.biasK !== null) + Number(weights.addZeroAttn);
  const projected = withStatic(project(query, key, value, weights), query.shape[batch]!, weights, call);
  const inputs = extra > 0 ? extended(projected, weights) : projected;
  const keys = call.staticK ? call.staticK.shape[1]! : key.shape[sequence]!;
  const mask = joinMasks(call, [query.shape[batch]!, numHeads, query.shape[sequence]!, keys], extra);
  const scale = 1 / Math.sqrt(embedDim / numHeads);
  const attended = attendHeads(inputs, headLayout(inputs, query, weights), { mask, isCausal: false, scale, dropoutP });
  const result = linear(attended.output, weights.outputWeight, weights.outputBias);
  if (call.needWeights === false) return [result, null];
  return [result, call.averageAttnWeights === false ? attended.weights : attended.weights.mean(1)];
}

/** Keys and values that are given take the place of the projected ones. */
function withStatic(
  projected: readonly Tensor[],
  batch: number,
  { embedDim, numHeads, biasK, batchFirst }: AttentionWeights,
  { staticK = null, staticV = null }: AttentionCall,
): readonly Tensor[] {
  if (!staticK && !staticV) return projected;
  if (biasK) throw new ArgumentError("bias cannot be added to static key.", "AssertionError");
  const size = embedDim / numHeads;
  const sideBySide = (x: Tensor, name: string): Tensor => {
    if (x.dim() !== 3 || x.shape[0] !== batch * numHeads || x.shape[2] !== size) {
      throw new KindlingError(`expecting ${name} of [${batch * numHeads}, keys, ${size}], but got [${x.shape.join(", ")}]`);
    }
    return x
      .reshape(batch, numHeads, -1, size)
      .permute(batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3])
      .flatten(2);
  };
  const [q, k, v] = projected.flatMap((x) => split(x, embedDim, -1)) as [Tensor, Tensor, Tensor];
  return [q, staticK ? sideBySide(staticK, "static_k") : k, staticV ? sideBySide(staticV, "static_v") : v];
}

function withoutBatch(query: Tensor, key: Tensor, value: Tensor, weights: AttentionWeights, call: AttentionCall): [Tensor, Tensor | null] {
  const [q, k, v] = eachOnce([query, key, value], (x) => x.unsqueeze(1));
  const batched = { ...call, keyPaddingMask: call.keyPaddingMask?.unsqueeze(0) ?? null };
  const [output, attention] = attendInHeads(q, k, v, { ...weights, batchFirst: false }, batched);
  return [output.squeeze(1), attention?.squeeze(0) ?? null];
}

/** Tensors that are the same stay the same. */
function eachOnce(tensors: readonly [Tensor, Tensor, Tensor], change: (x: Tensor) => Tensor): [Tensor, Tensor, Tensor] {
  const [q, k, v] = tensors;
  const changed = new Map([...new Set(tensors)].map((x) => [x, change(x)]));
  return [changed.get(q)!, changed.get(k)!, changed.get(v)!];
}

/** Queries, keys and values, `[…, embedDim]` each; those that come from one tensor stay side by side in one product. */
function project(query: Tensor, key: Tensor, value: Tensor, { projections, projectionBias, embedDim }: AttentionWeights): Tensor[] {
  const sources = [query, key, value];
  const biasOf = (first: number, count: number): Tensor | null => projectionBias && narrow(projectionBias, 0, first * embedDim, count * embedDim);
  if (Array.isArray(projections)) return sources.map((x, i) => linear(x, (projections as readonly Tensor[])[i]!, biasOf(i, 1)));
  const packed = projections as Tensor;
  const starts = [0, 1, 2].filter((i) => i === 0 || sources[i] !== sources[i - 1]);
  return starts.map((first, i) => {
    const count = (starts[i + 1] ?? 3) - first;
    if (count === 3) return linear(query, packed, projectionBias);
    return linear(sources[first]!, narrow(packed, 0, first * embedDim, count * embedDim), biasOf(first, count));
  });
}

/** With a learned key and value, or zeros, at the end of the sequence. */
function extended(projected: readonly Tensor[], { embedDim, biasK, biasV, addZeroAttn, batchFirst }: AttentionWeights): Tensor[] {
  const sequence = batchFirst ? 1 : 0;
  const [q, k, v] = projected.flatMap((x) => split(x, embedDim, -1)) as [Tensor, Tensor, Tensor];
  const end = k.shape.map((size, i) => (i === sequence ? 1 : size));
  const longer = (x: Tensor, bias: Tensor | null): Tensor => cat([x, ...(bias ? [bias.expand(end)] : []), ...(addZeroAttn ? [zeros(end)] : [])], sequence);
  return [q, longer(k, biasK), longer(v, biasV)];
}

/** Heads lie side by side in the last dimension, and queries, keys and values of one product next to each other. */
function headLayout(inputs: readonly Tensor[], query: Tensor, { embedDim, numHeads, batchFirst }: AttentionWeights): HeadLayout {
  const order = batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3];
  const back = batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3];
  const heads = (x: Tensor): Tensor => x.reshape(x.shape[0]!, x.shape[1]!, numHeads, embedDim / numHeads).permute(order);
  const parts = inputs.map((x) => x.shape[2]! / embedDim);
  return {
    split: (tensors) => tensors.flatMap((x) => split(x, embedDim, -1)).map(heads) as [Tensor, Tensor, Tensor],
    join(triple) {
      const sides = triple.map((x) => x.permute(back).flatten(2));
      return parts.map((count) => cat(sides.splice(0, count), -1));
    },
    outputShape: query.shape,
    splitOutput: heads,
  };
}

/** Both masks as one that is added to the scores `[batch, heads, queries, keys]`; 0 for the `extra` keys at the end. */
function joinMasks(call: AttentionCall, [batch, heads, targets, keys]: readonly [number, number, number, number], extra: number): Tensor | null {
  const sources = keys + extra;
  const widened = (mask: Tensor | null | undefined): Tensor | null => (mask ? (extra > 0 ? pad(additive(mask), [0, extra]) : additive(mask)) : null);
  const mask = widened(call.attnMask);
  const padding = widened(call.keyPaddingMask);
  if (mask && mask.dim() === 3 && mask.shape[0] !== batch * heads) {
    throw new KindlingError(
      `The shape of the 3D attn_mask is torch.Size([${mask.shape.join(", ")}]), but should be (${batch * heads}, ${targets}, ${sources}).`,
    );
  }
  if (padding && (padding.shape[0] !== batch || padding.shape[1] !== sources)) {
    throw new KindlingError(`expecting key_padding_mask shape of (${batch}, ${sources}), but got torch.Size([${padding.shape.join(", ")}])`);
  }
  const ofHeads = mask && mask.reshape(mask.dim() === 3 ? [batch, heads, targets, sources] : [1, 1, ...mask.shape]);
  const ofKeys = padding && padding.reshape(batch, 1, 1, sources);
  return ofHeads && ofKeys ? ofHeads.add(ofKeys) : (ofHeads ?? ofKeys);
}

/** Zeros up to the diagonal and −∞ above: with it each place sees itself and those before. */
export function squareSubsequentMask(size: number): Tensor {
  return where(tril(ones([size, size])).bool(), full([], 0), -Infinity);
}
