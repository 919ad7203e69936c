/** From a tensor's values to pixels: grey for images, from one colour over the background to another for what has a sign. */
import type { Rgb } from "./palette.ts";

/** What `low` and `high` are shown as; between them the shades are even. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** The range that an image's values are in: 0 to 1, 0 to 255, or what there is. */
export function imageScale(values: Float32Array): Scale {
  const { low, high } = extremes(values);
  if (low >= 0 && high <= 1) return { low: 0, high: 1 };
  if (low >= 0 && high <= 255 && high > 16) return { low: 0, high: 255 };
  return high > low ? { low, high } : { low: low - 0.5, high: high + 0.5 };
}

/** As far on one side of 0 as on the other. */
export function signedScale(values: Float32Array): Scale {
  const { low, high } = extremes(values);
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return { low: -most, high: most };
}

/** Of the finite values; 0 and 0 if there are none. */
function extremes(values: Float32Array): Scale {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high < low ? { low: 0, high: 0 } : { low, high };
}

/** Where a value lies between `low` and `high`, 0 to 1. */
function share(value: number, { low, high }: Scale): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Colours of what is below 0, of 0, above it, and of what is no finite number. */
export interface SignedColours {
  readonly below: Rgb;
  readonly zero: Rgb;
  readonly above: Rgb;
  readonly broken: Rgb;
}

/** Writes the pixels of one channel, or of red, green and blue behind each other, from black to white. */
export function greyPixels(values: Float32Array, count: number, scale: Scale, broken: Rgb): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * count);
  const planes = values.length >= 3 * count ? 3 : 1;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      const value = values[(planes === 3 ? k * count : 0) + i]!;
      pixels[4 * i + k] = Number.isFinite(value) ? Math.round(255 * share(value, scale)) : broken[k]!;
    }
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/** Writes the pixels of one channel. */
export function signedPixels(values: Float32Array, scale: Scale, colours: SignedColours): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const strength = 2 * share(value, scale) - 1;
    const towards = strength < 0 ? colours.below : colours.above;
    for (let k = 0; k < 3; k++) {
      pixels[4 * i + k] = Number.isFinite(value) ? Math.round(colours.zero[k]! + Math.abs(strength) * (towards[k]! - colours.zero[k]!)) : colours.broken[k]!;
    }
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}
