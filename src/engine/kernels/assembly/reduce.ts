// Reductions over the middle of [outer, n, inner], softmax, and statistics.
import { splat, add, sub, mul, exp4 } from "./math";

// @ts-ignore: decorator
@inline function total(v: v128): f64 {
  return <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1) + <f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3);
}

const BLOCK: i32 = 256;

/** Σ x: float32 within blocks of 256, double precision across them. */
export function sumRun(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  let left = n;
  while (left >= 16) {
    const block = min(left & ~15, BLOCK);
    let a = splat(0), b = splat(0), c = splat(0), d = splat(0);
    const end = x + (<usize>block << 2);
    while (x < end) {
      a = add(a, v128.load(x)); b = add(b, v128.load(x, 16)); c = add(c, v128.load(x, 32)); d = add(d, v128.load(x, 48));
      x += 64;
    }
    sum += total(add(add(a, b), add(c, d)));
    left -= block;
  }
  for (let i = 0; i < left; i++) sum += <f64>load<f32>(x + (<usize>i << 2));
  return sum;
}

/** Column sums of [n, inner], block-wise for accuracy; `out` is overwritten. */
function sumColumns(x: usize, out: usize, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  let j = 0;
  for (; j + 4 <= inner; j += 4) {
    let p = x + (<usize>j << 2);
    let high = splat(0);
    let left = n;
    while (left > 0) {
      const block = min(left, BLOCK);
      let low = splat(0);
      for (let i = 0; i < block; i++) { low = add(low, v128.load(p)); p += step; }
      high = add(high, low);
      left -= block;
    }
    v128.store(out + (<usize>j << 2), high);
  }
  for (; j < inner; j++) {
    let p = x + (<usize>j << 2);
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) { sum += <f64>load<f32>(p); p += step; }
    store<f32>(out + (<usize>j << 2), <f32>sum);
  }
}

// @ts-ignore: decorator
@inline function fold(op: i32, a: f32, b: f32): f32 {
  if (op == 1) return a * b;
  // max and min of WebAssembly hand NaN on, as PyTorch does
  return op == 2 ? max<f32>(a, b) : min<f32>(a, b);
}

// @ts-ignore: decorator
@inline function foldAll(op: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let p = x + (<usize>j << 2);
      let r: f32 = op == 1 ? 1 : op == 2 ? f32.NEGATIVE_INFINITY : f32.POSITIVE_INFINITY;
      for (let i = 0; i < n; i++) { r = fold(op, r, load<f32>(p)); p += step; }
      store<f32>(out, r);
      out += 4;
    }
    x += step * n;
  }
}

export function reduce(op: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>n * inner << 2;
  if (op == 0) {
    for (let o = 0; o < outer; o++) {
      if (inner == 1) store<f32>(out, <f32>sumRun(x, n));
      else sumColumns(x, out, n, inner);
      x += step; out += <usize>inner << 2;
    }
  } else if (op == 1) foldAll(1, x, out, outer, n, inner);
  else if (op == 2) foldAll(2, x, out, outer, n, inner);
  else foldAll(3, x, out, outer, n, inner);
}

export function variance(x: usize, outVariance: usize, outMean: usize, outer: i32, n: i32, inner: i32, correction: f32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const start = x + (<usize>j << 2);
      let sum: f64 = 0;
      let p = start;
      for (let i = 0; i < n; i++) { sum += <f64>load<f32>(p); p += step; }
      const mean = sum / n;
      let squares: f64 = 0;
      p = start;
      for (let i = 0; i < n; i++) { const d = <f64>load<f32>(p) - mean; squares += d * d; p += step; }
      const divisor = <f64>n - <f64>correction;
      store<f32>(outVariance, <f32>(squares / (divisor > 0 ? divisor : 0)));
      store<f32>(outMean, <f32>mean);
      outVariance += 4; outMean += 4;
    }
    x += step * n;
  }
}

export function argReduce(sign: i32, x: usize, outValues: usize, outIndices: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let p = x + (<usize>j << 2);
      let best = load<f32>(p);
      let at = 0;
      for (let i = 1; i < n; i++) {
        p += step;
        const v = load<f32>(p);
        if (best == best && ((sign > 0 ? v > best : v < best) || v != v)) { best = v; at = i; }
      }
      store<f32>(outValues, best);
      store<i32>(outIndices, at);
      outValues += 4; outIndices += 4;
    }
    x += step * n;
  }
}

export function cumsum(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let sum: f64 = 0;
      let at = <usize>j << 2;
      for (let i = 0; i < n; i++) {
        sum += <f64>load<f32>(x + at);
        store<f32>(out + at, <f32>sum);
        at += step;
      }
    }
    x += step * n; out += step * n;
  }
}

export function sumOfSquares(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) { const v = <f64>load<f32>(x + (<usize>i << 2)); sum += v * v; }
  return sum;
}

// --- softmax ---

const LANES: usize = memory.data(32, 16);

// @ts-ignore: decorator
@inline function maxRun(x: usize, n: i32): f32 {
  let r = f32.NEGATIVE_INFINITY;
  let i = 0;
  if (n >= 4) {
    let m = v128.load(x);
    for (i = 4; i + 4 <= n; i += 4) m = f32x4.max(m, v128.load(x + (<usize>i << 2)));
    r = max<f32>(max<f32>(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)), max<f32>(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)));
  }
  for (; i < n; i++) r = max<f32>(r, load<f32>(x + (<usize>i << 2)));
  return r;
}

/** out = e^(x − shift), returns the sum */
function expRun(x: usize, out: usize, n: i32, shift: f32): f64 {
  const s = splat(shift);
  let sum: f64 = 0;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const e = exp4(sub(v128.load(x + (<usize>i << 2)), s));
    v128.store(out + (<usize>i << 2), e);
    sum += total(e);
  }
  if (i < n) {
    for (let k = i; k < n; k++) store<f32>(LANES + (<usize>(k - i) << 2), load<f32>(x + (<usize>k << 2)));
    v128.store(LANES, exp4(sub(v128.load(LANES), s)));
    for (let k = i; k < n; k++) {
      const e = load<f32>(LANES + (<usize>(k - i) << 2));
      store<f32>(out + (<usize>k << 2), e);
      sum += <f64>e;
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(splat(x)), 0);
}

// @ts-ignore: decorator
@inline function log1(x: f64): f32 {
  return <f32>NativeMath.log(x);
}

function scaleRun(x: usize, n: i32, factor: f32): void {
  const f = splat(factor);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(x + (<usize>i << 2), mul(v128.load(x + (<usize>i << 2)), f));
  for (; i < n; i++) store<f32>(x + (<usize>i << 2), load<f32>(x + (<usize>i << 2)) * factor);
}

function softmaxAny(x: usize, out: usize, outer: i32, n: i32, inner: i32, logarithm: bool): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const start = <usize>j << 2;
      let high = f32.NEGATIVE_INFINITY;
      let at = start;
      for (let i = 0; i < n; i++) { high = max<f32>(high, load<f32>(x + at)); at += step; }
      let sum: f64 = 0;
      at = start;
      for (let i = 0; i < n; i++) {
        const e = exp1(load<f32>(x + at) - high);
        sum += <f64>e;
        if (!logarithm) store<f32>(out + at, e);
        at += step;
      }
      at = start;
      const factor = <f32>(1 / sum), shift = log1(sum);
      for (let i = 0; i < n; i++) {
        if (logarithm) store<f32>(out + at, load<f32>(x + at) - high - shift);
        else store<f32>(out + at, load<f32>(out + at) * factor);
        at += step;
      }
    }
    x += step * n; out += step * n;
  }
}

export function softmax(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  if (inner != 1) { softmaxAny(x, out, outer, n, inner, false); return; }
  const step = <usize>n << 2;
  for (let o = 0; o < outer; o++) {
    const sum = expRun(x, out, n, maxRun(x, n));
    scaleRun(out, n, <f32>(1 / sum));
    x += step; out += step;
  }
}

export function logSoftmax(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  if (inner != 1) { softmaxAny(x, out, outer, n, inner, true); return; }
  const step = <usize>n << 2;
  for (let o = 0; o < outer; o++) {
    const high = maxRun(x, n);
    // The exponentials go where the result will stand; x is still needed unless it is the same memory.
    let sum: f64 = 0;
    for (let i = 0; i < n; i += 4) {
      const left = min(4, n - i);
      if (left == 4) sum += total(exp4(sub(v128.load(x + (<usize>i << 2)), splat(high))));
      else for (let k = 0; k < left; k++) sum += <f64>exp1(load<f32>(x + (<usize>(i + k) << 2)) - high);
    }
    const shift = log1(sum);
    for (let i = 0; i < n; i++) store<f32>(out + (<usize>i << 2), load<f32>(x + (<usize>i << 2)) - high - shift);
    x += step; out += step;
  }
}

export function softmaxBackward(g: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let at = <usize>j << 2;
      let dot: f64 = 0;
      for (let i = 0; i < n; i++) { dot += <f64>load<f32>(g + at) * <f64>load<f32>(y + at); at += step; }
      const d = <f32>dot;
      at = <usize>j << 2;
      for (let i = 0; i < n; i++) { store<f32>(out + at, (load<f32>(g + at) - d) * load<f32>(y + at)); at += step; }
    }
    g += step * n; y += step * n; out += step * n;
  }
}

export function logSoftmaxBackward(g: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let at = <usize>j << 2;
      let sum: f64 = 0;
      for (let i = 0; i < n; i++) { sum += <f64>load<f32>(g + at); at += step; }
      const s = <f32>sum;
      at = <usize>j << 2;
      for (let i = 0; i < n; i++) { store<f32>(out + at, load<f32>(g + at) - exp1(load<f32>(y + at)) * s); at += step; }
    }
    g += step * n; y += step * n; out += step * n;
  }
}

// --- observation ---

export function statistics(x: usize, n: i32, out: usize): void {
  let finite: f64 = 0, sum: f64 = 0, zeros: f64 = 0, nan: f64 = 0, infinite: f64 = 0;
  let low = f64.POSITIVE_INFINITY, high = f64.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const v = <f64>load<f32>(x + (<usize>i << 2));
    if (v - v != 0) { if (v != v) nan += 1; else infinite += 1; continue; }
    finite += 1; sum += v;
    if (v == 0) zeros += 1;
    low = min<f64>(low, v); high = max<f64>(high, v);
  }
  const mean = sum / finite;
  let squares: f64 = 0;
  for (let i = 0; i < n; i++) {
    const v = <f64>load<f32>(x + (<usize>i << 2));
    if (v - v == 0) { const d = v - mean; squares += d * d; }
  }
  store<f64>(out, finite); store<f64>(out, mean, 8); store<f64>(out, NativeMath.sqrt(squares / (finite - 1)), 16);
  store<f64>(out, low, 24); store<f64>(out, high, 32); store<f64>(out, zeros, 40); store<f64>(out, nan, 48); store<f64>(out, infinite, 56);
}

export function histogram(x: usize, n: i32, low: f32, high: f32, bins: i32, out: usize): void {
  memory.fill(out, 0, <usize>bins << 2);
  const width = <f64>high - <f64>low;
  const scale = width > 0 ? <f64>bins / width : 0;
  for (let i = 0; i < n; i++) {
    const v = load<f32>(x + (<usize>i << 2));
    if (v - v != 0) continue;
    let bin = <i32>((<f64>v - <f64>low) * scale);
    bin = min(max(bin, 0), bins - 1);
    const p = out + (<usize>bin << 2);
    store<i32>(p, load<i32>(p) + 1);
  }
}

