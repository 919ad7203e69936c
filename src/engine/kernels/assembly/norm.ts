// Batch norm over [n, channels, length], layer norm over rows.
import { splat, sub, fma } from "./math";
import { sumRun } from "./reduce";

export function batchNormStatistics(x: usize, mean: usize, inverseStd: usize, n: i32, channels: i32, length: i32, eps: f32): void {
  const count = <f64>n * <f64>length;
  const image = <usize>channels * length << 2;
  for (let c = 0; c < channels; c++) {
    const start = x + (<usize>c * length << 2);
    let sum: f64 = 0;
    let p = start;
    for (let i = 0; i < n; i++) {
      if (length == 1) sum += <f64>load<f32>(p); else sum += sumRun(p, length);
      p += image;
    }
    const m = sum / count;
    let squares: f64 = 0;
    p = start;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < length; k++) { const d = <f64>load<f32>(p + (<usize>k << 2)) - m; squares += d * d; }
      p += image;
    }
    store<f32>(mean + (<usize>c << 2), <f32>m);
    store<f32>(inverseStd + (<usize>c << 2), <f32>(1 / NativeMath.sqrt(squares / count + <f64>eps)));
  }
}

// @ts-ignore: decorator
@inline function weightAt(weight: usize, c: i32): f32 {
  return weight ? load<f32>(weight + (<usize>c << 2)) : 1;
}

export function batchNormApply(x: usize, mean: usize, inverseStd: usize, weight: usize, bias: usize, out: usize, n: i32, channels: i32, length: i32): void {
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2;
      const m = load<f32>(mean + at);
      const scale = load<f32>(inverseStd + at) * weightAt(weight, c);
      const shift: f32 = bias ? load<f32>(bias + at) : 0;
      const vm = splat(m), vs = splat(scale), vb = splat(shift);
      let k = 0;
      for (; k + 4 <= length; k += 4) { v128.store(out, fma(sub(v128.load(x), vm), vs, vb)); x += 16; out += 16; }
      for (; k < length; k++) { store<f32>(out, (load<f32>(x) - m) * scale + shift); x += 4; out += 4; }
    }
  }
}

export function batchNormBackward(g: usize, x: usize, mean: usize, inverseStd: usize, weight: usize, outX: usize, outWeight: usize, outBias: usize, n: i32, channels: i32, length: i32, training: i32): void {
  const image = <usize>channels * length << 2;
  const count = <f64>n * <f64>length;
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2;
    const start = <usize>c * length << 2;
    const m = load<f32>(mean + at), s = load<f32>(inverseStd + at);
    let sumG: f64 = 0, sumGX: f64 = 0;
    for (let i = 0; i < n; i++) {
      const base = start + image * i;
      for (let k = 0; k < length; k++) {
        const p = base + (<usize>k << 2);
        const v = <f64>load<f32>(g + p);
        sumG += v;
        sumGX += v * <f64>(load<f32>(x + p) - m);
      }
    }
    sumGX *= <f64>s;
    if (outWeight) store<f32>(outWeight + at, <f32>sumGX);
    if (outBias) store<f32>(outBias + at, <f32>sumG);
    if (!outX) continue;
    const scale = s * weightAt(weight, c);
    const a: f32 = training ? <f32>(sumG / count) : 0;
    const b: f32 = training ? <f32>(sumGX / count) * s : 0;
    for (let i = 0; i < n; i++) {
      const base = start + image * i;
      for (let k = 0; k < length; k++) {
        const p = base + (<usize>k << 2);
        store<f32>(outX + p, (load<f32>(g + p) - a - (load<f32>(x + p) - m) * b) * scale);
      }
    }
  }
}

export function layerNorm(x: usize, weight: usize, bias: usize, out: usize, mean: usize, inverseStd: usize, rows: i32, cols: i32, eps: f32): void {
  for (let r = 0; r < rows; r++) {
    const m = sumRun(x, cols) / cols;
    let squares: f64 = 0;
    for (let k = 0; k < cols; k++) { const d = <f64>load<f32>(x + (<usize>k << 2)) - m; squares += d * d; }
    const s = <f32>(1 / NativeMath.sqrt(squares / cols + <f64>eps));
    const mf = <f32>m;
    store<f32>(mean, mf); store<f32>(inverseStd, s);
    for (let k = 0; k < cols; k++) {
      const at = <usize>k << 2;
      const y = (load<f32>(x + at) - mf) * s * weightAt(weight, k);
      store<f32>(out + at, bias ? y + load<f32>(bias + at) : y);
    }
    x += <usize>cols << 2; out += <usize>cols << 2; mean += 4; inverseStd += 4;
  }
}

export function layerNormBackward(g: usize, x: usize, mean: usize, inverseStd: usize, weight: usize, outX: usize, outWeight: usize, outBias: usize, rows: i32, cols: i32): void {
  const step = <usize>cols << 2;
  if (outWeight) memory.fill(outWeight, 0, step);
  if (outBias) memory.fill(outBias, 0, step);
  for (let r = 0; r < rows; r++) {
    const m = load<f32>(mean + (<usize>r << 2)), s = load<f32>(inverseStd + (<usize>r << 2));
    let sumG: f64 = 0, sumGX: f64 = 0;
    for (let k = 0; k < cols; k++) {
      const at = <usize>k << 2;
      const raw = load<f32>(g + at);
      const normal = (load<f32>(x + at) - m) * s;
      if (outWeight) store<f32>(outWeight + at, load<f32>(outWeight + at) + raw * normal);
      if (outBias) store<f32>(outBias + at, load<f32>(outBias + at) + raw);
      const v = <f64>(raw * weightAt(weight, k));
      sumG += v; sumGX += v * <f64>normal;
    }
    if (outX) {
      const a = <f32>(sumG / cols), b = <f32>(sumGX / cols);
      for (let k = 0; k < cols; k++) {
        const at = <usize>k << 2;
        store<f32>(outX + at, (load<f32>(g + at) * weightAt(weight, k) - a - (load<f32>(x + at) - m) * s * b) * s);
      }
      outX += step;
    }
    g += step; x += step;
  }
}

