// Convolution of single channels, where each output plane depends on one input plane: too little for a matrix product.
// conv.ts sets the geometry and calls these; an input plane with padding lies in a frame of zeros.
import { word, at, put, total } from "./lanes";
import { splat } from "./math";
import { madd } from "./generated/tile";
import {
  height, width, kernelH, kernelW, outH, outW, strideH, strideW, padH, padW, dilationH, dilationW, frameH, frameW, framed, unframed,
} from "./conv";

/** Where element `t` of the window meets the first column of output row `y`. */
// @ts-ignore: decorator
@inline function meets(plane: usize, t: i32, y: i32): usize {
  return word(plane, (y * strideH + (t / kernelW) * dilationH) * frameW + (t % kernelW) * dilationW);
}

/** One output row of one plane. */
// @ts-ignore: decorator
@inline function outputRow(plane: usize, kernel: usize, bias: f32, y: i32, to: usize): void {
  const area = kernelH * kernelW;
  let k = 0;
  if (strideW == 1) {
    for (; k + 4 <= outW; k += 4) {
      let sum = splat(bias);
      for (let t = 0; t < area; t++) sum = madd(splat(at(kernel, t)), v128.load(word(meets(plane, t, y), k)), sum);
      v128.store(word(to, k), sum);
    }
  }
  for (; k < outW; k++) {
    let sum = bias;
    for (let t = 0; t < area; t++) sum += at(kernel, t) * at(meets(plane, t, y), k * strideW);
    put(to, k, sum);
  }
}

/** Every channel gives `rows` output planes. */
export function depthwise(x: usize, weight: usize, bias: usize, out: usize, n: i32, channels: i32, rows: i32, frame: usize): void {
  const area = kernelH * kernelW;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < channels; c++) {
      const plane = framed(x, 1, frame);
      x += <usize>(height * width) << 2;
      for (let r = c * rows; r < (c + 1) * rows; r++) {
        const kernel = word(weight, r * area), shift = bias ? at(bias, r) : 0;
        for (let y = 0; y < outH; y++) { outputRow(plane, kernel, shift, y, out); out += <usize>outW << 2; }
      }
    }
  }
}

/** Adds weight · gradient row to the input's gradient. */
// @ts-ignore: decorator
@inline function spreadRow(to: usize, weight: f32, gradient: usize): void {
  let k = 0;
  if (strideW == 1) {
    const w = splat(weight);
    for (; k + 4 <= outW; k += 4) v128.store(word(to, k), madd(w, v128.load(word(gradient, k)), v128.load(word(to, k))));
  }
  for (; k < outW; k++) put(to, k * strideW, at(to, k * strideW) + weight * at(gradient, k));
}

export function depthwiseBackwardInput(g: usize, weight: usize, outX: usize, n: i32, channels: i32, rows: i32, frame: usize): void {
  const area = kernelH * kernelW, isFramed = padH + padW > 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < channels; c++) {
      const plane = isFramed ? frame : outX;
      memory.fill(plane, 0, <usize>(frameH * frameW) << 2);
      for (let r = c * rows; r < (c + 1) * rows; r++) {
        for (let y = 0; y < outH; y++) {
          for (let t = 0; t < area; t++) spreadRow(meets(plane, t, y), at(weight, r * area + t), g);
          g += <usize>outW << 2;
        }
      }
      if (isFramed) unframed(frame, 1, outX, false);
      outX += <usize>(height * width) << 2;
    }
  }
}

/** Σ input · gradient over one output row. */
// @ts-ignore: decorator
@inline function rowProduct(x: usize, gradient: usize): f64 {
  let k = 0;
  let sum = splat(0);
  if (strideW == 1) for (; k + 4 <= outW; k += 4) sum = madd(v128.load(word(x, k)), v128.load(word(gradient, k)), sum);
  let rest = total(sum);
  for (; k < outW; k++) rest += <f64>(at(x, k * strideW) * at(gradient, k));
  return rest;
}

/** Adds to rows [fromRow, toRow), one for each output plane, and of these to the window's elements [from, to). */
export function depthwiseBackwardWeight(
  g: usize, x: usize, outWeight: usize, n: i32, channels: i32, rows: i32, frame: usize, fromRow: i32, toRow: i32, from: i32, to: i32,
): void {
  const area = kernelH * kernelW, outPlane = outH * outW;
  for (let i = 0; i < n; i++) {
    for (let c = fromRow / rows; c * rows < toRow; c++) {
      const plane = framed(word(x, (i * channels + c) * height * width), 1, frame);
      for (let r = max(fromRow, c * rows), end = min(toRow, (c + 1) * rows); r < end; r++) {
        const gradient = word(g, (i * channels * rows + r) * outPlane);
        for (let t = from; t < to; t++) {
          let sum: f64 = 0;
          for (let y = 0; y < outH; y++) sum += rowProduct(meets(plane, t, y), word(gradient, y * outW));
          put(outWeight, r * area + t, at(outWeight, r * area + t) + <f32>sum);
        }
      }
    }
  }
}
