// Softmax and its logarithm over the middle of [outer, n, inner], and the cross entropy on top.
import { TAIL_A } from "./scratch";
import { word, at, read, write, total, copyFew, promoteHigh, demote } from "./lanes";
import { splat, add, sub, mul, exp4, exp4Call, exp1 } from "./math";
import { maxRun, sumRun, dotRun } from "./reduce";

/** out = e^(x − shift) unless `out` is 0; returns the sum. */
function expRun(x: usize, out: usize, n: i32, shift: f32): f64 {
  const s = splat(shift);
  let sum: f64 = 0;
  let i = 0;
  while (n - i >= 4) {
    const end = i + min((n - i) & ~3, 256);
    let part = splat(0);
    for (; i < end; i += 4) {
      const e = exp4(sub(v128.load(word(x, i)), s));
      if (out) v128.store(word(out, i), e);
      part = add(part, e);
    }
    sum += total(part);
  }
  if (i < n) {
    // Lanes that hold nothing are −∞ and so count 0.
    v128.store(TAIL_A, splat(f32.NEGATIVE_INFINITY));
    copyFew(TAIL_A, word(x, i), n - i);
    const e = exp4Call(sub(v128.load(TAIL_A), s));
    v128.store(TAIL_A, e);
    if (out) copyFew(word(out, i), TAIL_A, n - i);
    sum += total(e);
  }
  return sum;
}

// @ts-ignore: decorator
@inline function logTotals(sum: v128): v128 {
  const a = <f32>NativeMath.log(<f64>f32x4.extract_lane(sum, 0)), b = <f32>NativeMath.log(<f64>f32x4.extract_lane(sum, 1));
  const c = <f32>NativeMath.log(<f64>f32x4.extract_lane(sum, 2)), d = <f32>NativeMath.log(<f64>f32x4.extract_lane(sum, 3));
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(splat(a), 1, b), 2, c), 3, d);
}

/** Four columns, or one. */
// @ts-ignore: decorator
@inline function softmaxColumn(wide: bool, logarithm: bool, x: usize, out: usize, n: i32, step: usize): void {
  const end = step * n;
  let high = splat(f32.NEGATIVE_INFINITY);
  for (let i: usize = 0; i < end; i += step) high = f32x4.max(high, read(x + i, wide));
  let low2 = f64x2.splat(0), high2 = f64x2.splat(0);
  for (let i: usize = 0; i < end; i += step) {
    const e = exp4Call(sub(read(x + i, wide), high));
    if (!logarithm) write(out + i, e, wide);
    low2 = f64x2.add(low2, f64x2.promote_low_f32x4(e));
    high2 = f64x2.add(high2, promoteHigh(e));
  }
  const sum = demote(low2, high2);
  if (logarithm) {
    const shift = logTotals(sum);
    for (let i: usize = 0; i < end; i += step) write(out + i, sub(sub(read(x + i, wide), high), shift), wide);
  } else {
    for (let i: usize = 0; i < end; i += step) write(out + i, f32x4.div(read(out + i, wide), sum), wide);
  }
}

// @ts-ignore: decorator
@inline function softmaxColumns(logarithm: bool, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    let j = 0;
    for (; j + 4 <= inner; j += 4) softmaxColumn(true, logarithm, word(x, j), word(out, j), n, step);
    for (; j < inner; j++) softmaxColumn(false, logarithm, word(x, j), word(out, j), n, step);
    x += step * n; out += step * n;
  }
}

/** A dense row; in place is allowed. */
export function softmaxRow(x: usize, out: usize, n: i32): void {
  const sum = <f32>expRun(x, out, n, maxRun(x, n));
  const v = splat(sum);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(out, i), f32x4.div(v128.load(word(out, i)), v));
  for (; i < n; i++) store<f32>(word(out, i), at(out, i) / sum);
}

export function softmax(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  if (inner != 1) { softmaxColumns(false, x, out, outer, n, inner); return; }
  const step = <usize>n << 2;
  for (let o = 0; o < outer; o++) {
    softmaxRow(x, out, n);
    x += step; out += step;
  }
}

export function logSoftmax(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  if (inner != 1) { softmaxColumns(true, x, out, outer, n, inner); return; }
  const step = <usize>n << 2;
  for (let o = 0; o < outer; o++) {
    const high = maxRun(x, n);
    const shift = <f32>NativeMath.log(expRun(x, 0, n, high));
    const vHigh = splat(high), vShift = splat(shift);
    let i = 0;
    for (; i + 4 <= n; i += 4) v128.store(word(out, i), sub(sub(v128.load(word(x, i)), vHigh), vShift));
    for (; i < n; i++) store<f32>(word(out, i), at(x, i) - high - shift);
    x += step; out += step;
  }
}

// @ts-ignore: decorator
@inline function backwardColumn(wide: bool, logarithm: bool, g: usize, y: usize, out: usize, n: i32, step: usize): void {
  const end = step * n;
  let low = f64x2.splat(0), high = f64x2.splat(0);
  for (let i: usize = 0; i < end; i += step) {
    const v = logarithm ? read(g + i, wide) : mul(read(g + i, wide), read(y + i, wide));
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, promoteHigh(v));
  }
  const sum = demote(low, high);
  for (let i: usize = 0; i < end; i += step) {
    const gradient = read(g + i, wide), value = read(y + i, wide);
    const result = logarithm ? sub(gradient, mul(exp4Call(value), sum)) : mul(sub(gradient, sum), value);
    write(out + i, result, wide);
  }
}

// @ts-ignore: decorator
@inline function backwardColumns(logarithm: bool, g: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    let j = 0;
    for (; j + 4 <= inner; j += 4) backwardColumn(true, logarithm, word(g, j), word(y, j), word(out, j), n, step);
    for (; j < inner; j++) backwardColumn(false, logarithm, word(g, j), word(y, j), word(out, j), n, step);
    g += step * n; y += step * n; out += step * n;
  }
}

// @ts-ignore: decorator
@inline function backwardRow(wide: bool, logarithm: bool, g: usize, y: usize, out: usize, sum: v128): void {
  const gradient = read(g, wide), value = read(y, wide);
  write(out, logarithm ? sub(gradient, mul(exp4Call(value), sum)) : mul(sub(gradient, sum), value), wide);
}

// @ts-ignore: decorator
@inline function backwardRows(logarithm: bool, g: usize, y: usize, out: usize, outer: i32, n: i32): void {
  const step = <usize>n << 2;
  for (let o = 0; o < outer; o++) {
    const sum = splat(<f32>(logarithm ? sumRun(g, n) : dotRun(g, y, n)));
    let i: usize = 0;
    for (; i + 16 <= step; i += 16) backwardRow(true, logarithm, g + i, y + i, out + i, sum);
    for (; i < step; i += 4) backwardRow(false, logarithm, g + i, y + i, out + i, sum);
    g += step; y += step; out += step;
  }
}

export function softmaxBackward(g: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  if (inner == 1) backwardRows(false, g, y, out, outer, n);
  else backwardColumns(false, g, y, out, outer, n, inner);
}

export function logSoftmaxBackward(g: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  if (inner == 1) backwardRows(true, g, y, out, outer, n);
  else backwardColumns(true, g, y, out, outer, n, inner);
}

// --- cross entropy with class indices ---

// @ts-ignore: decorator
@inline function classWeight(weights: usize, c: i32): f32 {
  return weights ? at(weights, c) : 1;
}

/**
 * Losses of single rows and what they weigh in the mean, from log-probabilities. Returns −1, or the first row whose
 * target is no class.
 */
export function nllLoss(
  logProbs: usize, targets: usize, weights: usize, rowLoss: usize, rowWeight: usize, outer: i32, classes: i32, inner: i32,
  ignoreIndex: i32, smoothing: f32,
): i32 {
  const share = smoothing / <f32>classes, keep: f32 = 1 - smoothing;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const row = o * inner + j;
      const target = load<i32>(word(targets, row));
      if (target == ignoreIndex) {
        store<f32>(word(rowLoss, row), 0);
        store<f32>(word(rowWeight, row), 0);
        continue;
      }
      if (<u32>target >= <u32>classes) return row;
      const first = o * classes * inner + j;
      const weight = classWeight(weights, target);
      let loss = -at(logProbs, first + target * inner) * weight;
      if (smoothing != 0) {
        let sum: f64 = 0;
        for (let c = 0; c < classes; c++) sum -= <f64>(at(logProbs, first + c * inner) * classWeight(weights, c));
        loss = keep * loss + share * <f32>sum;
      }
      store<f32>(word(rowLoss, row), loss);
      store<f32>(word(rowWeight, row), weight);
    }
  }
  return -1;
}

/** Gradient with respect to the log-probabilities. `stepG` 0: one upstream gradient for all rows. */
export function nllLossBackward(
  g: usize, stepG: i32, targets: usize, weights: usize, out: usize, outer: i32, classes: i32, inner: i32, ignoreIndex: i32,
  smoothing: f32,
): void {
  const share = smoothing / <f32>classes, keep: f32 = 1 - smoothing;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const row = o * inner + j;
      const target = load<i32>(word(targets, row));
      const upstream: f32 = target == ignoreIndex ? 0 : at(g, row * stepG);
      const first = o * classes * inner + j;
      for (let c = 0; c < classes; c++) store<f32>(word(out, first + c * inner), -upstream * share * classWeight(weights, c));
      if (target == ignoreIndex) continue;
      const p = word(out, first + target * inner);
      store<f32>(p, load<f32>(p) - upstream * keep * classWeight(weights, target));
    }
  }
}

export function crossEntropy(
  logits: usize, targets: usize, weights: usize, logProbs: usize, rowLoss: usize, rowWeight: usize, outer: i32, classes: i32,
  inner: i32, ignoreIndex: i32, smoothing: f32,
): i32 {
  logSoftmax(logits, logProbs, outer, classes, inner);
  return nllLoss(logProbs, targets, weights, rowLoss, rowWeight, outer, classes, inner, ignoreIndex, smoothing);
}

/**
 * Gradient with respect to the logits: e^logProb · Σ q − q, where q is what each class should have weighed:
 * (1 − smoothing) · weight for the target, and smoothing / classes · weight for every class.
 */
export function crossEntropyBackward(
  g: usize, stepG: i32, logProbs: usize, targets: usize, weights: usize, out: usize, outer: i32, classes: i32, inner: i32,
  ignoreIndex: i32, smoothing: f32,
): void {
  const share = smoothing / <f32>classes, keep: f32 = 1 - smoothing;
  const allWeights = weights ? <f32>sumRun(weights, classes) : <f32>classes;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const row = o * inner + j;
      const target = load<i32>(word(targets, row));
      const first = o * classes * inner + j;
      const ignored = target == ignoreIndex;
      const upstream: f32 = ignored ? 0 : at(g, row * stepG);
      const own: f32 = ignored ? 0 : upstream * keep * classWeight(weights, target);
      const scale = own + upstream * share * allWeights;
      if (inner == 1) expScaled(word(logProbs, first), word(out, first), classes, scale);
      else {
        for (let c = 0; c < classes; c++) {
          const k = first + c * inner;
          store<f32>(word(out, k), exp1(at(logProbs, k)) * scale);
        }
      }
      if (smoothing != 0) {
        for (let c = 0; c < classes; c++) {
          const p = word(out, first + c * inner);
          store<f32>(p, load<f32>(p) - upstream * share * classWeight(weights, c));
        }
      }
      if (ignored) continue;
      const p = word(out, first + target * inner);
      store<f32>(p, load<f32>(p) - own);
    }
  }
}

/** out = e^x · scale */
function expScaled(x: usize, out: usize, n: i32, scale: f32): void {
  const v = splat(scale);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(out, i), mul(exp4(v128.load(word(x, i))), v));
  for (; i < n; i++) store<f32>(word(out, i), exp1(at(x, i)) * scale);
}
