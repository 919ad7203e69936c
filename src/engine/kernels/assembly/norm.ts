// Batch norm over [n, channels, length], layer norm over rows. Sums are double precision.
import { MOMENTS } from "./scratch";
import { word, at, put, read, write, promoteHigh, total, demote } from "./lanes";
import { splat, add, sub, mul, fma } from "./math";
import { sumRun, squaresRun, columnMoments } from "./reduce";

/** A vector of an optional parameter that starts at channel `c`; ones or zeros where it is absent. */
// @ts-ignore: decorator
@inline function parameter(base: usize, c: i32, absent: f32, wide: bool): v128 {
  return base ? read(word(base, c), wide) : splat(absent);
}

// @ts-ignore: decorator
@inline function parameterAt(base: usize, c: i32, absent: f32): f32 {
  return base ? at(base, c) : absent;
}

// --- batch norm, length 1: channels are columns ---

// @ts-ignore: decorator
@inline function columnStatistics(wide: bool, x: usize, n: i32, step: usize, c: i32, mean: usize, inverseStd: usize, eps: f64, variance: usize): void {
  columnMoments(wide, x, step, n);
  const count = f64x2.splat(<f64>n), one = f64x2.splat(1), e = f64x2.splat(eps);
  const low = f64x2.div(v128.load(MOMENTS, 32), count), high = f64x2.div(v128.load(MOMENTS, 48), count);
  write(word(mean, c), demote(v128.load(MOMENTS), v128.load(MOMENTS, 16)), wide);
  if (variance) write(word(variance, c), demote(low, high), wide);
  const a = f64x2.div(one, f64x2.sqrt(f64x2.add(low, e))), b = f64x2.div(one, f64x2.sqrt(f64x2.add(high, e)));
  write(word(inverseStd, c), demote(a, b), wide);
}

export function batchNormStatistics(x: usize, mean: usize, inverseStd: usize, n: i32, channels: i32, length: i32, eps: f64, variance: usize): void {
  const image = <usize>(channels * length) << 2;
  if (length == 1) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) columnStatistics(true, word(x, c), n, image, c, mean, inverseStd, eps, variance);
    for (; c < channels; c++) columnStatistics(false, word(x, c), n, image, c, mean, inverseStd, eps, variance);
    return;
  }
  const count = <f64>n * <f64>length;
  for (let c = 0; c < channels; c++) {
    const start = word(x, c * length);
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += sumRun(start + image * i, length);
    const m = sum / count;
    let squares: f64 = 0;
    for (let i = 0; i < n; i++) squares += squaresRun(start + image * i, length, m);
    squares /= count;
    put(mean, c, <f32>m);
    if (variance) put(variance, c, <f32>squares);
    put(inverseStd, c, <f32>(1 / NativeMath.sqrt(squares + eps)));
  }
}

// @ts-ignore: decorator
@inline function applyColumn(wide: bool, x: usize, out: usize, c: i32, mean: usize, inverseStd: usize, weight: usize, bias: usize): void {
  const scale = mul(read(word(inverseStd, c), wide), parameter(weight, c, 1, wide));
  const centred = sub(read(x, wide), read(word(mean, c), wide));
  write(out, fma(centred, scale, parameter(bias, c, 0, wide)), wide);
}

export function batchNormApply(x: usize, mean: usize, inverseStd: usize, weight: usize, bias: usize, out: usize, n: i32, channels: i32, length: i32): void {
  if (length == 1) {
    for (let i = 0; i < n; i++) {
      let c = 0;
      for (; c + 4 <= channels; c += 4) { applyColumn(true, x, out, c, mean, inverseStd, weight, bias); x += 16; out += 16; }
      for (; c < channels; c++) { applyColumn(false, x, out, c, mean, inverseStd, weight, bias); x += 4; out += 4; }
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < channels; c++) {
      const m = at(mean, c), scale = at(inverseStd, c) * parameterAt(weight, c, 1), shift = parameterAt(bias, c, 0);
      const vm = splat(m), vs = splat(scale), vb = splat(shift);
      let k = 0;
      for (; k + 4 <= length; k += 4) { v128.store(out, fma(sub(v128.load(x), vm), vs, vb)); x += 16; out += 16; }
      for (; k < length; k++) { store<f32>(out, (load<f32>(x) - m) * scale + shift); x += 4; out += 4; }
    }
  }
}

// gradient = (g − a − (x − mean)·b)·scale, where a is the mean of g, b that of g·(x − mean)·inverseStd²; in evaluation
// mean and standard deviation are constants, and a = b = 0.

// @ts-ignore: decorator
@inline function backwardColumn(wide: bool, g: usize, x: usize, n: i32, step: usize, c: i32, mean: usize, inverseStd: usize, weight: usize, outX: usize, outWeight: usize, outBias: usize, training: bool): void {
  const m = read(word(mean, c), wide), s = read(word(inverseStd, c), wide);
  let gLow = f64x2.splat(0), gHigh = f64x2.splat(0), xLow = f64x2.splat(0), xHigh = f64x2.splat(0);
  let at: usize = 0;
  const end = step * n;
  for (; at < end; at += step) {
    const v = read(g + at, wide), product = mul(v, mul(sub(read(x + at, wide), m), s));
    gLow = f64x2.add(gLow, f64x2.promote_low_f32x4(v));
    gHigh = f64x2.add(gHigh, promoteHigh(v));
    xLow = f64x2.add(xLow, f64x2.promote_low_f32x4(product));
    xHigh = f64x2.add(xHigh, promoteHigh(product));
  }
  if (outWeight) write(word(outWeight, c), demote(xLow, xHigh), wide);
  if (outBias) write(word(outBias, c), demote(gLow, gHigh), wide);
  if (!outX) return;
  const scale = mul(s, parameter(weight, c, 1, wide));
  const share = f64x2.splat(training ? 1 / <f64>n : 0);
  const a = demote(f64x2.mul(gLow, share), f64x2.mul(gHigh, share));
  const b = mul(demote(f64x2.mul(xLow, share), f64x2.mul(xHigh, share)), s);
  for (at = 0; at < end; at += step) {
    const centred = sub(read(x + at, wide), m);
    write(outX + at, mul(sub(sub(read(g + at, wide), a), mul(centred, b)), scale), wide);
  }
}

/** Σ g·(x − mean) of a dense run. */
function centredDot(g: usize, x: usize, n: i32, mean: f32): f64 {
  const m = splat(mean);
  let sum: f64 = 0;
  let i = 0;
  while (n - i >= 4) {
    const end = i + min((n - i) & ~3, 256);
    let v = splat(0);
    for (; i < end; i += 4) v = fma(v128.load(word(g, i)), sub(v128.load(word(x, i)), m), v);
    sum += total(v);
  }
  for (; i < n; i++) sum += <f64>at(g, i) * <f64>(at(x, i) - mean);
  return sum;
}

export function batchNormBackward(g: usize, x: usize, mean: usize, inverseStd: usize, weight: usize, outX: usize, outWeight: usize, outBias: usize, n: i32, channels: i32, length: i32, training: i32): void {
  const image = <usize>(channels * length) << 2;
  if (length == 1) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at = <usize>c << 2;
      backwardColumn(true, g + at, x + at, n, image, c, mean, inverseStd, weight, outX ? outX + at : 0, outWeight, outBias, training != 0);
    }
    for (; c < channels; c++) {
      const at = <usize>c << 2;
      backwardColumn(false, g + at, x + at, n, image, c, mean, inverseStd, weight, outX ? outX + at : 0, outWeight, outBias, training != 0);
    }
    return;
  }
  const count = <f64>n * <f64>length;
  for (let c = 0; c < channels; c++) {
    const start = <usize>(c * length) << 2;
    const m = at(mean, c), s = at(inverseStd, c);
    let sumG: f64 = 0, sumGX: f64 = 0;
    for (let i = 0; i < n; i++) {
      const base = start + image * i;
      sumG += sumRun(g + base, length);
      sumGX += centredDot(g + base, x + base, length, m);
    }
    sumGX *= <f64>s;
    if (outWeight) put(outWeight, c, <f32>sumGX);
    if (outBias) put(outBias, c, <f32>sumG);
    if (!outX) continue;
    const scale = s * parameterAt(weight, c, 1);
    const a: f32 = training ? <f32>(sumG / count) : 0;
    const b: f32 = training ? <f32>(sumGX / count) * s : 0;
    for (let i = 0; i < n; i++) {
      const base = start + image * i;
      gradientRun(g + base, x + base, outX + base, length, m, a, b, scale);
    }
  }
}

/** out = (g − a − (x − mean)·b)·scale */
function gradientRun(g: usize, x: usize, out: usize, n: i32, mean: f32, a: f32, b: f32, scale: f32): void {
  const vm = splat(mean), va = splat(a), vb = splat(b), vs = splat(scale);
  const whole = n & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    const centred = sub(v128.load(word(x, i)), vm);
    v128.store(word(out, i), mul(sub(sub(v128.load(word(g, i)), va), mul(centred, vb)), vs));
  }
  for (; i < n; i++) put(out, i, (at(g, i) - a - (at(x, i) - mean) * b) * scale);
}

// --- layer norm ---

// @ts-ignore: decorator
@inline function layerApply(wide: bool, x: usize, out: usize, k: i32, m: v128, s: v128, weight: usize, bias: usize): void {
  const normal = mul(sub(read(word(x, k), wide), m), s);
  write(word(out, k), add(mul(normal, parameter(weight, k, 1, wide)), parameter(bias, k, 0, wide)), wide);
}

export function layerNorm(x: usize, weight: usize, bias: usize, out: usize, mean: usize, inverseStd: usize, rows: i32, cols: i32, eps: f64): void {
  const step = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    const m = sumRun(x, cols) / cols;
    const s = <f32>(1 / NativeMath.sqrt(squaresRun(x, cols, m) / cols + eps));
    put(mean, r, <f32>m);
    put(inverseStd, r, s);
    const vm = splat(<f32>m), vs = splat(s);
    let k = 0;
    for (; k + 4 <= cols; k += 4) layerApply(true, x, out, k, vm, vs, weight, bias);
    for (; k < cols; k++) layerApply(false, x, out, k, vm, vs, weight, bias);
    x += step; out += step;
  }
}

// @ts-ignore: decorator
@inline function accumulate(out: usize, k: i32, value: v128, wide: bool): void {
  if (out) write(word(out, k), add(read(word(out, k), wide), value), wide);
}

export function layerNormBackward(g: usize, x: usize, mean: usize, inverseStd: usize, weight: usize, outX: usize, outWeight: usize, outBias: usize, rows: i32, cols: i32): void {
  const step = <usize>cols << 2;
  if (outWeight) memory.fill(outWeight, 0, step);
  if (outBias) memory.fill(outBias, 0, step);
  for (let r = 0; r < rows; r++) {
    const m = splat(at(mean, r)), s = splat(at(inverseStd, r));
    let low = f64x2.splat(0), high = f64x2.splat(0), lowX = f64x2.splat(0), highX = f64x2.splat(0);
    for (let k = 0; k < cols;) {
      const wide = k + 4 <= cols;
      const raw = wide ? v128.load(word(g, k)) : v128.load32_zero(word(g, k));
      const normal = mul(sub(wide ? v128.load(word(x, k)) : v128.load32_zero(word(x, k)), m), s);
      if (wide) { accumulate(outWeight, k, mul(raw, normal), true); accumulate(outBias, k, raw, true); }
      else { accumulate(outWeight, k, mul(raw, normal), false); accumulate(outBias, k, raw, false); }
      const v = weight ? mul(raw, wide ? v128.load(word(weight, k)) : v128.load32_zero(word(weight, k))) : raw;
      const product = mul(v, normal);
      low = f64x2.add(low, f64x2.promote_low_f32x4(v));
      high = f64x2.add(high, promoteHigh(v));
      lowX = f64x2.add(lowX, f64x2.promote_low_f32x4(product));
      highX = f64x2.add(highX, promoteHigh(product));
      k += wide ? 4 : 1;
    }
    if (outX) {
      const sums = f64x2.add(low, high), sumsX = f64x2.add(lowX, highX);
      const a = splat(<f32>((f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)) / cols));
      const b = splat(<f32>((f64x2.extract_lane(sumsX, 0) + f64x2.extract_lane(sumsX, 1)) / cols));
      let k = 0;
      for (; k + 4 <= cols; k += 4) layerGradient(true, g, x, outX, k, m, s, a, b, weight);
      for (; k < cols; k++) layerGradient(false, g, x, outX, k, m, s, a, b, weight);
      outX += step;
    }
    g += step; x += step;
  }
}

// @ts-ignore: decorator
@inline function layerGradient(wide: bool, g: usize, x: usize, out: usize, k: i32, m: v128, s: v128, a: v128, b: v128, weight: usize): void {
  const v = mul(read(word(g, k), wide), parameter(weight, k, 1, wide));
  const normal = mul(sub(read(word(x, k), wide), m), s);
  write(word(out, k), mul(sub(sub(v, a), mul(normal, b)), s), wide);
}
