/** Attention of heads: how much of each value a query gets. Forward beside backward. https://arxiv.org/abs/1706.03762 */
import { isGradEnabled, noGrad } from "../../autograd/gradMode.ts";
import { recordMany, type Node, type Operation } from "../../autograd/node.ts";
import { KindlingError, ShapeError } from "../../errors.ts";
import { kernels } from "../../memory/linear.ts";
import { numelOf, shapeText, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { clone, contiguous } from "../conversion.ts";
import { ones, zeros } from "../creation.ts";
import { checkProbability, keptScale, scaleKept } from "../dropout.ts";
import { copyInto } from "../internal/copy.ts";
import { gemmBatched } from "../internal/gemm.ts";
import { at, make } from "../internal/make.ts";
import { sumTo } from "../internal/sumTo.ts";
import { matmul } from "../matmul.ts";
import { randomMask } from "../sampling.ts";
import { softmax } from "../softmax.ts";
import { tril } from "../triangular.ts";
import { expand, transpose } from "../views.ts";
import { where } from "../where.ts";

export type Triple = readonly [query: Tensor, key: Tensor, value: Tensor];

/** How heads lie in the tensors that attention works on. Heads are `[batch, heads, length, features]`, with any strides. */
export interface HeadLayout {
  /** Views of the heads of queries, keys and values. */
  split(inputs: readonly Tensor[]): Triple;
  /** The reverse, by copies. */
  join(heads: Triple): readonly Tensor[];
  readonly outputShape: Shape;
  /** A view of the output's heads. */
  splitOutput(output: Tensor): Tensor;
}

export interface HeadOptions {
  /** Added to the scores; broadcasts to `[batch, heads, queries, keys]` and has four dimensions. */
  readonly mask: Tensor | null;
  readonly isCausal: boolean;
  readonly scale: number;
  readonly dropoutP: number;
}

interface AttentionData extends HeadOptions {
  readonly layout: HeadLayout;
  /** How many of the saved tensors are inputs. */
  readonly inputs: number;
}

/** c = a · b for each batch and head; columns of `c` are dense. Either is gone along in one call: the one with more. */
function multiply(a: Tensor, b: Tensor, c: Tensor, accumulate = false): void {
  const [m, n, k] = [c.shape[2]!, c.shape[3]!, a.shape[3]!];
  const [outer, inner] = c.shape[0]! < c.shape[1]! ? [0, 1] : [1, 0];
  const [to, left, right] = [at(c), at(a), at(b)];
  for (let i = 0; i < c.shape[outer]!; i++) {
    gemmBatched(
      c.shape[inner]!,
      a.strides[inner]!,
      b.strides[inner]!,
      c.strides[inner]!,
      m,
      n,
      k,
      left + 4 * i * a.strides[outer]!,
      a.strides[2]!,
      a.strides[3]!,
      right + 4 * i * b.strides[outer]!,
      b.strides[2]!,
      b.strides[3]!,
      to + 4 * i * c.strides[outer]!,
      c.strides[2]!,
      accumulate,
    );
  }
}

const turned = (x: Tensor): Tensor => transpose(x, -2, -1);

const attentionOp: Operation<AttentionData> = {
  name: "ScaledDotProductAttentionBackward0",
  backward(node, gradient: Tensor | null, ofWeights: Tensor | null) {
    const { layout } = node.data;
    const upstream = layout.splitOutput(gradient ?? zeros(layout.outputShape));
    return isGradEnabled() ? composedBackward(node, upstream, ofWeights) : fusedBackward(node, upstream, ofWeights);
  },
};

/** What the node saved: inputs, weights before dropout, mask and bytes of the dropout. */
function saved(node: Node<AttentionData>): { data: AttentionData; inputs: Tensor[]; weights: Tensor; keep: Tensor | null } {
  const data = node.data;
  const inputs = Array.from({ length: data.inputs }, (_, i) => node.saved(i));
  return { data, inputs, weights: node.saved(data.inputs), keep: data.dropoutP > 0 ? node.saved(data.inputs + 1) : null };
}

function fusedBackward(node: Node, upstream: Tensor, ofWeights: Tensor | null): (Tensor | null)[] {
  const {
    data: { layout, mask, scale, dropoutP },
    inputs,
    weights,
    keep,
  } = saved(node);
  const [q, k, v] = layout.split(inputs);
  const results = inputs.map((input) => make(input.shape));
  const [toQ, toK, toV] = layout.split(results);
  const [rows, cols] = [numelOf(weights.shape.slice(0, 3)), weights.shape[3]!];
  const work = make(weights.shape);
  if (keep) {
    const target = at(work);
    kernels.dropout(at(weights), at(keep), target, rows * cols, keptScale(dropoutP));
  }
  multiply(turned(keep ? work : weights), upstream, toV);
  if (ofWeights) copyInto(work, ofWeights);
  multiply(upstream, turned(v), work, ofWeights !== null);
  // The mask is added after scaling: its gradient is the one that isn't scaled.
  const masked = mask !== null && node.needs(inputs.length);
  kernels.attentionWeightsBackward(at(work), at(weights), keep ? at(keep) : 0, rows, cols, keptScale(dropoutP), masked ? 1 : scale);
  const ofMask = masked ? sumTo(clone(work), mask.shape) : null;
  if (masked) kernels.scale(at(work), rows * cols, scale);
  multiply(work, k, toQ);
  multiply(turned(work), q, toK);
  return [...results.map((result, i) => (node.needs(i) ? result : null)), ofMask];
}

/** The same by differentiable operations. */
function composedBackward(node: Node, upstream: Tensor, ofWeights: Tensor | null): (Tensor | null)[] {
  const { data, inputs, keep } = saved(node);
  const { layout, mask, isCausal, scale, dropoutP } = data;
  const [q, k, v] = layout.split(inputs);
  const scores = matmul(q.mul(scale), turned(k));
  const seen = isCausal ? where(tril(ones(scores.shape.slice(2))).bool(), scores, -Infinity) : scores;
  const weights = softmax(mask ? seen.add(mask) : seen, -1);
  const dropped = (x: Tensor): Tensor => (keep ? scaleKept(x, keep, keptScale(dropoutP)) : x);
  const product = matmul(upstream, turned(v));
  const ofKept = dropped(ofWeights ? product.add(ofWeights) : product);
  const ofScores = weights.mul(ofKept.sub(ofKept.mul(weights).sum(-1, true)));
  const scaled = ofScores.mul(scale);
  const gradients = layout.join([matmul(scaled, k), matmul(turned(scaled), q), matmul(turned(dropped(weights)), upstream)]);
  return [...gradients, mask && sumTo(ofScores, mask.shape)];
}

/**
 * softmax(q·kᵀ · scale + mask) · v for each head, as one operation.
 * @returns the output, and the weights `[batch, heads, queries, keys]` that gave it
 */
export function attendHeads(inputs: readonly Tensor[], layout: HeadLayout, options: HeadOptions): { output: Tensor; weights: Tensor } {
  const { mask, isCausal, scale, dropoutP } = options;
  checkProbability(dropoutP);
  const [q, k, v] = noGrad(() => layout.split(inputs));
  checkHeads(q, k, v);
  const [batch, heads, targets] = q.shape as [number, number, number];
  const sources = k.shape[2]!;
  const shape = [batch, heads, targets, sources];
  const added = mask && noGrad(() => expand(contiguous(expand(mask, [-1, -1, -1, sources])), shape));
  const keep = dropoutP > 0 ? randomMask(shape, 1 - dropoutP) : null;
  const weights = make(shape);
  const output = make(layout.outputShape);
  multiply(q, turned(k), weights);
  const [maskBatch, maskHead, maskRow] = (added?.strides ?? [0, 0, 0]) as [number, number, number];
  kernels.attentionWeights(at(weights), added ? at(added) : 0, maskBatch, maskHead, maskRow, batch, heads, targets, sources, scale, isCausal ? 1 : 0);
  const used = keep ? noGrad(() => scaleKept(weights, keep, keptScale(dropoutP))) : weights;
  multiply(
    used,
    v,
    noGrad(() => layout.splitOutput(output)),
  );
  const data: AttentionData = { ...options, layout, inputs: inputs.length };
  recordMany(attentionOp, [output, used], mask ? [...inputs, mask] : inputs, [...inputs, weights, ...(keep ? [keep] : [])], data);
  return { output, weights: used };
}

function checkHeads(q: Tensor, k: Tensor, v: Tensor): void {
  for (const x of [q, k, v]) if (x.dtype !== "float32") throw new KindlingError(`attention is for float32, but got ${x.dtype}; convert with .float()`);
  const fits = q.shape[3] === k.shape[3] && k.shape[2] === v.shape[2] && [k, v].every((x) => x.shape[0] === q.shape[0] && x.shape[1] === q.shape[1]);
  if (!fits)
    throw new ShapeError(`queries ${shapeText(q.shape)}, keys ${shapeText(k.shape)} and values ${shapeText(v.shape)} don't belong together`, q.shape, k.shape);
}
