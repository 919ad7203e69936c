/** Scaled dot-product attention. */
import { KindlingError } from "../../errors.ts";
import { broadcastShapes, numelOf, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { asFloat } from "../internal/unaryKernels.ts";
import { repeatInterleave } from "../shape.ts";
import { expand, reshape } from "../views.ts";
import { where } from "../where.ts";
import { attendHeads, type HeadLayout, type Triple } from "./heads.ts";

/** What `scaledDotProductAttention` takes by name. */
export interface ScoreOptions {
  /** Factor of the scores. Default 1/√features. */
  scale?: number | null;
  /** Whether groups of query heads share a head of keys and values, of which there are fewer. Default false. */
  enableGqa?: boolean;
}

/**
 * softmax(q·kᵀ · scale + mask) · v. https://arxiv.org/abs/1706.03762
 *
 * Shapes: query `[…, queries, features]`, key `[…, keys, features]`, value `[…, keys, features of values]` →
 * `[…, queries, features of values]`; what leads broadcasts.
 * @param attnMask broadcasts to `[…, queries, keys]`: where a truth value is false, nothing is seen; a float is added to the scores
 * @param dropoutP probability of dropout on the weights, in training or not
 * @param isCausal each query sees the keys up to its own place only
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
 * @api nn.functional.scaledDotProductAttention
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  attnMask: Tensor | null = null,
  dropoutP = 0,
  isCausal = false,
  { scale = null, enableGqa = false }: ScoreOptions = {},
): Tensor {
  if (enableGqa) return scaledDotProductAttention(query, sharedHeads(query, key), sharedHeads(query, value), attnMask, dropoutP, isCausal, { scale });
  if (isCausal && attnMask) throw new KindlingError("Explicit attn_mask should not be set when is_causal=True");
  const mask = attnMask && matrixOf(attnMask.dtype === "bool" ? where(attnMask, 0, -Infinity) : asFloat(attnMask));
  const lead = [query, key, value, ...(mask ? [mask] : [])].map((x) => x.shape.slice(0, -2)).reduce(broadcastShapes);
  const heads = [query, key, value].map((x) => fourDimensional(expand(x, [...lead, -1, -1]), lead.length));
  const [batch, count, targets] = heads[0]!.shape as [number, number, number];
  const layout: HeadLayout = {
    split: (inputs) => inputs as unknown as Triple,
    join: (parts) => parts,
    outputShape: [batch, count, targets, value.size(-1)],
    splitOutput: (output) => output,
  };
  const { output } = attendHeads(heads, layout, {
    mask: mask && maskOf(mask, lead),
    isCausal,
    scale: scale ?? 1 / Math.sqrt(query.size(-1)),
    dropoutP,
  });
  return reshape(output, [...lead, targets, value.size(-1)]);
}

/** As many heads as the query has, each of `x` several times. */
function sharedHeads(query: Tensor, x: Tensor): Tensor {
  const [wanted, own] = [query.shape.at(-3), x.shape.at(-3)];
  if (wanted === undefined || own === undefined) throw new KindlingError("enableGqa: query, key and value have to be [batch, heads, length, features]");
  if (wanted % own !== 0)
    throw new KindlingError(`enableGqa: the number of heads of the query (${wanted}) has to be a multiple of that of key and value (${own})`);
  return wanted === own ? x : repeatInterleave(x, wanted / own, -3);
}

/** At least two dimensions. */
const matrixOf = (mask: Tensor): Tensor => (mask.dim() < 2 ? reshape(mask, [1, mask.numel()]) : mask);

/** As `[batch, heads, …]`: what leads is padded with ones behind, or merged. */
function fourDimensional(x: Tensor, leading: number): Tensor {
  const [rows, cols] = x.shape.slice(-2) as [number, number];
  if (leading === 2) return x;
  return reshape(x, leading > 2 ? [-1, 1, rows, cols] : [...x.shape.slice(0, leading), ...new Array<number>(2 - leading).fill(1), rows, cols]);
}

function maskOf(mask: Tensor, lead: Shape): Tensor {
  const [rows, cols] = mask.shape.slice(-2) as [number, number];
  const own = mask.shape.slice(0, -2);
  if (numelOf(own) === 1) return reshape(mask, [1, 1, rows, cols]);
  const padded = [...new Array<number>(lead.length - own.length).fill(1), ...own];
  return fourDimensional(lead.length > 2 ? expand(mask, [...lead, rows, cols]) : reshape(mask, [...padded, rows, cols]), lead.length);
}
