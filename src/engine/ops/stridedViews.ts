/** Views by strides: all slices of a size, and any window on the memory. */
import { record, type Operation } from "../autograd/node.ts";
import { itemSize } from "../dtype.ts";
import { ArgumentError, IndexError, KindlingError } from "../errors.ts";
import { checkSizes, numelOf, shapeText, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { contiguous } from "./conversion.ts";
import { arange, empty, zeros, type TensorOptions } from "./creation.ts";
import { viewOf } from "./internal/make.ts";
import { scatterAdd } from "./scatter.ts";
import { unbind } from "./split.ts";
import type { Int } from "./types.ts";
import { sliceScatter } from "./viewScatter.ts";
import { detach, reshape, view } from "./views.ts";

interface Windows {
  readonly shape: Shape;
  readonly dim: number;
  readonly step: number;
}

const unfoldOp: Operation<Windows> = {
  name: "UnfoldBackward0",
  backward(node, gradient) {
    const { shape, dim, step } = node.data;
    const parts = unbind(gradient, -1).map((part, i) => spread(part, shape, dim, i, step));
    return [parts.reduce((a, b) => a.add(b))];
  },
};

/** Zeros of `shape` with the entries of `values` at every `step`-th place from `start` along `dim`. */
function spread(values: Tensor, shape: Shape, dim: number, start: number, step: number): Tensor {
  return sliceScatter(zeros(shape), values, dim, start, start + (values.shape[dim]! - 1) * step + 1, step);
}

/**
 * All slices of `size` entries along `dimension`, `step` apart, in a new last dimension (a view).
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.unfold.html
 * @api Tensor.unfold
 */
export function unfold(input: Tensor, dimension: Int, size: Int, step: Int): Tensor {
  const d = wrapDim(dimension, input.shape.length);
  const length = input.shape[d] ?? 1;
  if (size > length) throw new KindlingError(`maximum size for tensor at dimension ${d} is ${length} but size is ${size}`);
  if (!(step > 0)) throw new KindlingError(`step is ${step} but must be > 0`);
  if (input.shape.length === 0) return view(input, [1]);
  const shape = [...input.shape.map((n, i) => (i === d ? Math.floor((length - size) / step) + 1 : n)), size];
  const strides = [...input.strides.map((s, i) => (i === d ? s * step : s)), input.strides[d]!];
  return record(unfoldOp, viewOf(input, shape, strides), [input], [], { shape: input.shape, dim: d, step });
}

const asStridedOp: Operation<{ shape: Shape; places: Tensor }> = {
  name: "AsStridedBackward0",
  backward(node, gradient) {
    const { shape, places } = node.data;
    const flat = scatterAdd(zeros([numelOf(shape)]), 0, places, reshape(gradient, [gradient.numel()]));
    return [reshape(flat, shape)];
  },
};

/**
 * Any window on the memory that the tensor shows (a view).
 * @param stride steps between neighbours in each dimension, counted in elements
 * @param storageOffset where the first element is; default where the tensor's own is
 * @throws IndexError where the window goes beyond the memory
 * @see https://pytorch.org/docs/stable/generated/torch.as_strided.html
 * @api torch.asStrided Tensor.asStrided
 */
export function asStrided(input: Tensor, size: Shape, stride: Shape, storageOffset: Int | null = null): Tensor {
  const offset = storageOffset ?? input.offset;
  if (size.length !== stride.length) throw new ArgumentError("mismatch in length of strides and shape", "RuntimeError");
  if (stride.some((step) => step < 0))
    throw new KindlingError(`as_strided: Negative strides are not supported at the moment, got strides: ${shapeText(stride)}`);
  if (offset < 0) throw new KindlingError(`Tensor: invalid storage offset ${offset}`);
  checkSizes(size);
  const last = size.includes(0) ? 0 : size.reduce((end, n, i) => end + (n - 1) * stride[i]!, offset);
  const held = input.storage.bytes / itemSize(input.dtype);
  if (last >= Math.max(1, held)) {
    throw new IndexError(`setStorage: sizes [${size.join(", ")}], strides [${stride.join(", ")}], storage offset ${offset} are out of bounds for storage`);
  }
  const result = viewOf(input, size, stride, offset);
  if (!input.requiresGrad) return result;
  if (!input.dense) throw new KindlingError("as_strided() of a tensor that is itself strided can't be differentiated; call contiguous() first");
  const ordinals = arange(0, input.numel());
  const places = reshape(contiguous(viewOf(ordinals, size, stride, offset - input.offset)), [numelOf(size)]);
  return record(asStridedOp, result, [input], [], { shape: input.shape, places });
}

/**
 * A tensor of the given size and strides with undefined contents.
 * @param stride steps between neighbours in each dimension, counted in elements
 * @see https://pytorch.org/docs/stable/generated/torch.empty_strided.html
 * @api torch.emptyStrided
 */
export function emptyStrided(size: Shape, stride: Shape, { dtype, requiresGrad }: TensorOptions = {}): Tensor {
  const reach = size.includes(0) ? 0 : size.reduce((last, n, i) => last + (n - 1) * (stride[i] ?? 0), 1);
  const made = detach(asStrided(empty([reach], { dtype: dtype ?? null }), size, stride));
  return requiresGrad ? made.requiresGrad_() : made;
}
