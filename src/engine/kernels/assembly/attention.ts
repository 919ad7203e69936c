// The weights of attention from its scores, and the scores' gradient from the weights', row by row and in place.
import { word, at, read, write } from "./lanes";
import { splat, sub, mul, fma } from "./math";
import { dropout } from "./binary";
import { dotRun } from "./reduce";
import { softmaxRow } from "./softmax";
import { fill } from "./windows";

/** x = x·scale + mask, which may be 0 (absent). */
function scaleAndMask(x: usize, mask: usize, n: i32, factor: f32): void {
  const scale = splat(factor);
  let i = 0;
  if (mask) {
    for (; i + 4 <= n; i += 4) v128.store(word(x, i), fma(v128.load(word(x, i)), scale, v128.load(word(mask, i))));
    for (; i < n; i++) store<f32>(word(x, i), at(x, i) * factor + at(mask, i));
  } else {
    for (; i + 4 <= n; i += 4) v128.store(word(x, i), mul(v128.load(word(x, i)), scale));
    for (; i < n; i++) store<f32>(word(x, i), at(x, i) * factor);
  }
}

export function attentionWeights(
  x: usize, mask: usize, maskBatch: i32, maskHead: i32, maskRow: i32, batch: i32, heads: i32, rows: i32, cols: i32, scale: f32,
  causal: i32,
): void {
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const maskStart = mask ? word(mask, b * maskBatch + h * maskHead) : 0;
      for (let r = 0; r < rows; r++) {
        const seen = causal ? min(r + 1, cols) : cols;
        scaleAndMask(x, mask ? word(maskStart, r * maskRow) : 0, seen, scale);
        softmaxRow(x, x, seen);
        // What isn't seen counts 0; in a row of NaN it is NaN as well.
        if (seen < cols) fill(word(x, seen), at(x, 0) * 0, cols - seen);
        x = word(x, cols);
      }
    }
  }
}

// @ts-ignore: decorator
@inline function scoreGradient(wide: bool, g: usize, p: usize, sum: v128, scale: v128): void {
  write(g, mul(mul(sub(read(g, wide), sum), read(p, wide)), scale), wide);
}

export function attentionWeightsBackward(g: usize, p: usize, keep: usize, rows: i32, cols: i32, keepScale: f32, factor: f32): void {
  const scale = splat(factor);
  const step = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    if (keep) {
      dropout(g, keep, g, cols, keepScale);
      keep += cols;
    }
    const sum = splat(<f32>dotRun(g, p, cols));
    let i: usize = 0;
    for (; i + 16 <= step; i += 16) scoreGradient(true, g + i, p + i, sum, scale);
    for (; i < step; i += 4) scoreGradient(false, g + i, p + i, sum, scale);
    g += step; p += step;
  }
}
