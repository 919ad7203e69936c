/** Random zeros, drawn as PyTorch draws them. */
import { noGrad } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { longName } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { kernels } from "../memory/linear.ts";
import { sameShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./conversion.ts";
import { at, make } from "./internal/make.ts";
import { asFloat } from "./internal/unaryKernels.ts";
import { randomMask } from "./sampling.ts";
import { replaceBy } from "./inplace.ts";
import { squeeze, unsqueeze } from "./views.ts";

type Masked = (input: Tensor, p: number, shape: Shape) => Tensor;

export function checkProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${p}`);
}

function dropped(input: Tensor, p: number, training: boolean, inplace: boolean, shape: Shape, mask: Masked): Tensor {
  checkProbability(p);
  if (!training || p === 0 || input.numel() === 0) return input;
  if (input.dtype !== "float32") throw new KindlingError(`result type Float can't be cast to the desired output type ${longName(input.dtype)}`);
  return inplace ? replaceBy(input, (before) => mask(before, p, shape)) : mask(input, p, shape);
}

/** Ones where values stay. */
const kept = (p: number, shape: Shape): Tensor => randomMask(shape, 1 - p).float();

/** What values that stay are multiplied by, so that the mean stays: 1 / (1 − p), as float32 rounds it. */
export function keptScale(p: number): number {
  return p === 1 ? 1 : Math.fround(1 / Math.fround(1 - p));
}

const scaleKeptOp: Operation<number> = {
  name: "MulBackward0",
  backward: (node, gradient) => [scaleKept(gradient, node.saved(0), node.data)],
};

/** The input times `scale` where the bytes of `keep` aren't 0, times 0 elsewhere. */
export function scaleKept(input: Tensor, keep: Tensor, scale: number): Tensor {
  const source = contiguous(asFloat(input).detach());
  const result = make(input.shape);
  const target = at(result);
  kernels.dropout(at(source), at(keep), target, result.numel(), scale);
  return record(scaleKeptOp, result, [input], [keep], scale);
}

const scaling: Masked = (input, p, shape) => {
  const scale = keptScale(p);
  if (sameShape(shape, input.shape)) return scaleKept(input, randomMask(shape, 1 - p), scale);
  return input.mul(noGrad(() => kept(p, shape).mul_(scale)));
};

const SELU_FLOOR = 1.7580993408473766;

/** What goes becomes SELU's least value; then mean and variance are put back. https://arxiv.org/abs/1706.02515 */
const selfNormalizing: Masked = (input, p, shape) => {
  if (p === 1) return input.mul(0);
  const a = 1 / Math.sqrt((SELU_FLOOR * SELU_FLOOR * p + 1) * (1 - p));
  const keep = kept(p, shape);
  const shift = noGrad(() =>
    keep
      .sub(1)
      .mul(SELU_FLOOR * a)
      .add(SELU_FLOOR * a * p),
  );
  return input.mul(keep.mul(a)).add(shift);
};

/** One entry for each channel of each sample. */
function channelShape(input: Tensor): number[] {
  if (input.shape.length < 2) throw new ArgumentError("Feature dropout requires at least 2 dimensions in the input", "RuntimeError");
  return input.shape.map((size, i) => (i < 2 ? size : 1));
}

/**
 * In training sets each element to zero with probability `p` and scales the others by 1 / (1 − p); else changes nothing.
 * @api nn.functional.dropout torch.dropout
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export function dropout(input: Tensor, p = 0.5, training = true, inplace = false): Tensor {
  return dropped(input, p, training, inplace, input.shape, scaling);
}

/**
 * The same for inputs of SELU: keeps mean and variance.
 * @api nn.functional.alphaDropout torch.alphaDropout
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
 */
export function alphaDropout(input: Tensor, p = 0.5, training = false, inplace = false): Tensor {
  return dropped(input, p, training, inplace, input.shape, selfNormalizing);
}

/**
 * As `alphaDropout`, whole channels at a time.
 * @api nn.functional.featureAlphaDropout torch.featureAlphaDropout
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html
 */
export function featureAlphaDropout(input: Tensor, p = 0.5, training = false, inplace = false): Tensor {
  return dropped(input, p, training, inplace, channelShape(input), selfNormalizing);
}

/**
 * Whole channels of `[batch, channels, …]` at a time, whatever follows.
 * @api torch.featureDropout
 */
export function featureDropout(input: Tensor, p = 0.5, training = true, inplace = false): Tensor {
  return dropped(input, p, training, inplace, channelShape(input), scaling);
}

/** Sets whole channels to zero. */
export type ChannelDropout = (input: Tensor, p?: number, training?: boolean, inplace?: boolean) => Tensor;

/** Whole channels at a time; an input without a batch is one sample. https://arxiv.org/abs/1411.4280 */
function ofChannels(positions: number, batchOptional: boolean): ChannelDropout {
  return (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    const rank = input.shape.length;
    if (batchOptional && rank !== positions + 1 && rank !== positions + 2) {
      throw new ArgumentError(
        `dropout${positions}d: Expected ${positions + 1}D or ${positions + 2}D input, but received a ${rank}D input. Note that dropout${positions}d exists to provide channel-wise dropout on inputs with ${positions} spatial dimension${positions > 1 ? "s" : ""}, a channel dimension, and an optional batch dimension (i.e. ${positions + 1}D or ${positions + 2}D inputs).`,
        "RuntimeError",
      );
    }
    if (!(batchOptional && rank === positions + 1)) return featureDropout(input, p, training, inplace);
    return squeeze(featureDropout(unsqueeze(input, 0), p, training, inplace), 0);
  };
}
/**
 * Sets whole channels to zero; an input without a batch is one sample. https://arxiv.org/abs/1411.4280
 * @api nn.functional.dropout1d
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html
 */
export const dropout1d: ChannelDropout = ofChannels(1, true);
/**
 * PyTorch 1.13 takes a 3D input here as a batch without positions.
 * @api nn.functional.dropout2d
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
 */
export const dropout2d: ChannelDropout = ofChannels(2, false);
/**
 * Sets whole channels to zero; an input without a batch is one sample. https://arxiv.org/abs/1411.4280
 * @api nn.functional.dropout3d
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html
 */
export const dropout3d: ChannelDropout = ofChannels(3, true);
