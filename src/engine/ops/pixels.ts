/** Channels as pixels, pixels as channels, and channels mixed. */
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import type { Int } from "./types.ts";
import { permute, reshape, transpose } from "./views.ts";

function checkFactor(name: string, input: Tensor, factor: number, word: string): void {
  if (input.shape.length < 3)
    throw new KindlingError(`${name} expects input to have at least 3 dimensions, but got input with ${input.shape.length} dimension(s)`);
  if (factor <= 0) throw new KindlingError(`${name} expects a positive ${word}, but got ${factor}`);
}

/**
 * Channels spread over pixels. https://arxiv.org/abs/1609.05158
 *
 * Shapes: input `[…, channels · r², height, width]` → `[…, channels, height · r, width · r]` with r = `upscaleFactor`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_shuffle.html
 * @api nn.functional.pixelShuffle torch.pixelShuffle
 */
export function pixelShuffle(input: Tensor, upscaleFactor: Int): Tensor {
  const r = upscaleFactor;
  checkFactor("pixel_shuffle", input, r, "upscale_factor");
  const lead = input.shape.slice(0, -3);
  const [channels, height, width] = input.shape.slice(-3) as [number, number, number];
  if (channels % (r * r) !== 0) {
    throw new KindlingError(
      `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${channels} is not divisible by ${r * r}`,
    );
  }
  const out = channels / (r * r);
  const split = reshape(input, [-1, out, r, r, height, width]);
  return reshape(permute(split, [0, 1, 4, 2, 5, 3]), [...lead, out, height * r, width * r]);
}

/**
 * Pixels gathered into channels: the reverse of `pixelShuffle`.
 *
 * Shapes: input `[…, channels, height, width]` → `[…, channels · r², height / r, width / r]` with r = `downscaleFactor`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_unshuffle.html
 * @api nn.functional.pixelUnshuffle torch.pixelUnshuffle
 */
export function pixelUnshuffle(input: Tensor, downscaleFactor: Int): Tensor {
  const r = downscaleFactor;
  checkFactor("pixel_unshuffle", input, r, "downscale_factor");
  const lead = input.shape.slice(0, -3);
  const [channels, height, width] = input.shape.slice(-3) as [number, number, number];
  for (const [name, size, dim] of [
    ["height", height, -2],
    ["width", width, -1],
  ] as const) {
    if (size % r !== 0)
      throw new KindlingError(`pixel_unshuffle expects ${name} to be divisible by downscale_factor, but input.size(${dim})=${size} is not divisible by ${r}`);
  }
  const split = reshape(input, [-1, channels, height / r, r, width / r, r]);
  return reshape(permute(split, [0, 1, 3, 5, 2, 4]), [...lead, channels * r * r, height / r, width / r]);
}

/**
 * The channels of `groups` groups, dealt out in turn. https://arxiv.org/abs/1707.01083
 *
 * Shapes: input `[batch, channels, …]` → the same.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 * @api nn.functional.channelShuffle torch.channelShuffle
 */
export function channelShuffle(input: Tensor, groups: Int): Tensor {
  if (input.shape.length < 3) throw new KindlingError(`channel_shuffle expects input with > 2 dims, but got input with sizes [${input.shape.join(", ")}]`);
  const [batch, channels] = input.shape as [number, number];
  if (groups <= 0) throw new KindlingError(`Number of groups to divide channels in must be positive. Value of groups:${groups}`);
  if (channels % groups !== 0) throw new KindlingError(`Number of channels must be divisible by groups. Got ${channels} channels and ${groups} groups.`);
  return reshape(transpose(reshape(input, [batch, groups, channels / groups, ...input.shape.slice(2)]), 1, 2), input.shape);
}
