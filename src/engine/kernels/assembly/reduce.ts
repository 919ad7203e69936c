// Reductions over the middle of [outer, n, inner]. Sums are float32 within blocks and double precision across them.
import { MOMENTS } from "./scratch";
import { word, at, read, write, total, total2, promoteHigh, demote } from "./lanes";
import { splat, add, sub, pick, exp4Call } from "./math";

const BLOCK: i32 = 256;
/** Rows of a block. */
const ROWS: i32 = 64;

/** Σ x of a dense run. */
export function sumRun(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  let left = n;
  while (left >= 16) {
    const block = min(left & ~15, BLOCK);
    let a = splat(0), b = splat(0), c = splat(0), d = splat(0);
    const end = word(x, block);
    while (x < end) {
      a = add(a, v128.load(x)); b = add(b, v128.load(x, 16)); c = add(c, v128.load(x, 32)); d = add(d, v128.load(x, 48));
      x += 64;
    }
    sum += total(add(add(a, b), add(c, d)));
    left -= block;
  }
  for (let i = 0; i < left; i++) sum += <f64>at(x, i);
  return sum;
}

/** Σ (x − mean)² of a dense run, in double precision. */
export function squaresRun(x: usize, n: i32, mean: f64): f64 {
  const m = f64x2.splat(mean);
  let a = f64x2.splat(0), b = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(word(x, i));
    const low = f64x2.sub(f64x2.promote_low_f32x4(v), m), high = f64x2.sub(promoteHigh(v), m);
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  let sum = total2(a, b);
  for (; i < n; i++) { const d = <f64>at(x, i) - mean; sum += d * d; }
  return sum;
}

/** Σ x² in double precision. */
export function sumOfSquares(x: usize, n: i32): f64 {
  return squaresRun(x, n, 0);
}

/** Σ a·b of dense runs. */
export function dotRun(a: usize, b: usize, n: i32): f64 {
  let sum: f64 = 0;
  let i = 0;
  while (n - i >= 4) {
    const end = i + min((n - i) & ~3, BLOCK);
    let v = splat(0);
    for (; i < end; i += 4) v = add(v, f32x4.mul(v128.load(word(a, i)), v128.load(word(b, i))));
    sum += total(v);
  }
  for (; i < n; i++) sum += <f64>at(a, i) * <f64>at(b, i);
  return sum;
}

/** Writes four sums, or with `wide` false one, divided by `divisor`. */
// @ts-ignore: decorator
@inline function writeQuotients(wide: bool, out: usize, low: v128, high: v128, divisor: f64): void {
  const d = f64x2.splat(divisor);
  write(out, demote(f64x2.div(low, d), f64x2.div(high, d)), wide);
}

/** Sums of four columns (or one) of [n, …], `step` bytes from one row to the next, divided by `divisor`. */
// @ts-ignore: decorator
@inline function sumColumn(wide: bool, x: usize, step: usize, n: i32, out: usize, divisor: f64): void {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  for (let left = n; left > 0; left -= ROWS) {
    let v = splat(0);
    for (let i = min(left, ROWS); i > 0; i--) { v = add(v, read(x, wide)); x += step; }
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, promoteHigh(v));
  }
  writeQuotients(wide, out, low, high, divisor);
}

/** The same for sixteen columns, which are about a cache line. */
function sumLine(x: usize, step: usize, n: i32, out: usize, divisor: f64): void {
  let lowA = f64x2.splat(0), highA = lowA, lowB = lowA, highB = lowA, lowC = lowA, highC = lowA, lowD = lowA, highD = lowA;
  for (let left = n; left > 0; left -= ROWS) {
    let a = splat(0), b = a, c = a, d = a;
    for (let i = min(left, ROWS); i > 0; i--) {
      a = add(a, v128.load(x)); b = add(b, v128.load(x, 16)); c = add(c, v128.load(x, 32)); d = add(d, v128.load(x, 48));
      x += step;
    }
    lowA = f64x2.add(lowA, f64x2.promote_low_f32x4(a)); highA = f64x2.add(highA, promoteHigh(a));
    lowB = f64x2.add(lowB, f64x2.promote_low_f32x4(b)); highB = f64x2.add(highB, promoteHigh(b));
    lowC = f64x2.add(lowC, f64x2.promote_low_f32x4(c)); highC = f64x2.add(highC, promoteHigh(c));
    lowD = f64x2.add(lowD, f64x2.promote_low_f32x4(d)); highD = f64x2.add(highD, promoteHigh(d));
  }
  writeQuotients(true, out, lowA, highA, divisor); writeQuotients(true, out + 16, lowB, highB, divisor);
  writeQuotients(true, out + 32, lowC, highC, divisor); writeQuotients(true, out + 48, lowD, highD, divisor);
}

function sums(x: usize, out: usize, outer: i32, n: i32, inner: i32, divisor: f64): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) store<f32>(out, <f32>(sumRun(x, n) / divisor));
    else {
      let j = 0;
      for (; j + 16 <= inner; j += 16) sumLine(word(x, j), step, n, word(out, j), divisor);
      for (; j + 4 <= inner; j += 4) sumColumn(true, word(x, j), step, n, word(out, j), divisor);
      for (; j < inner; j++) sumColumn(false, word(x, j), step, n, word(out, j), divisor);
    }
    x += step * n; out += step;
  }
}

// max and min of WebAssembly hand NaN on, as PyTorch's do.
// @ts-ignore: decorator
@inline function fold(op: i32, a: v128, b: v128): v128 {
  if (op == 1) return f32x4.mul(a, b);
  return op == 2 ? f32x4.max(a, b) : f32x4.min(a, b);
}

// @ts-ignore: decorator
@inline function neutral(op: i32): v128 {
  return splat(op == 1 ? 1 : op == 2 ? f32.NEGATIVE_INFINITY : f32.POSITIVE_INFINITY);
}

// @ts-ignore: decorator
@inline function foldRun(op: i32, x: usize, n: i32): f32 {
  let a = neutral(op), b = a;
  let i = 0;
  // Four at a time, because each waits long for the one before. Of products two, as the order matters to them.
  if (op != 1 && n >= 16) {
    let c = a, d = a;
    for (; i + 16 <= n; i += 16) {
      a = fold(op, a, v128.load(word(x, i)));
      b = fold(op, b, v128.load(word(x, i), 16));
      c = fold(op, c, v128.load(word(x, i), 32));
      d = fold(op, d, v128.load(word(x, i), 48));
    }
    a = fold(op, a, c);
    b = fold(op, b, d);
  }
  for (; i + 8 <= n; i += 8) {
    a = fold(op, a, v128.load(word(x, i)));
    b = fold(op, b, v128.load(word(x, i), 16));
  }
  a = fold(op, a, b);
  a = fold(op, a, v128.shuffle<u32>(a, a, 2, 3, 0, 1));
  a = fold(op, a, v128.shuffle<u32>(a, a, 1, 0, 3, 2));
  for (; i < n; i++) a = fold(op, a, v128.load32_zero(word(x, i)));
  return f32x4.extract_lane(a, 0);
}

// @ts-ignore: decorator
@inline function foldColumn(op: i32, wide: bool, x: usize, step: usize, n: i32, out: usize): void {
  let v = neutral(op);
  for (let i = 0; i < n; i++) { v = fold(op, v, read(x, wide)); x += step; }
  write(out, v, wide);
}

/** Sixteen columns, which are about a cache line. */
// @ts-ignore: decorator
@inline function foldLine(op: i32, x: usize, step: usize, n: i32, out: usize): void {
  let a = neutral(op), b = a, c = a, d = a;
  for (let i = 0; i < n; i++) {
    a = fold(op, a, v128.load(x)); b = fold(op, b, v128.load(x, 16)); c = fold(op, c, v128.load(x, 32)); d = fold(op, d, v128.load(x, 48));
    x += step;
  }
  v128.store(out, a); v128.store(out, b, 16); v128.store(out, c, 32); v128.store(out, d, 48);
}

// @ts-ignore: decorator
@inline function folds(op: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) store<f32>(out, foldRun(op, x, n));
    else {
      let j = 0;
      for (; j + 16 <= inner; j += 16) foldLine(op, word(x, j), step, n, word(out, j));
      for (; j + 4 <= inner; j += 4) foldColumn(op, true, word(x, j), step, n, word(out, j));
      for (; j < inner; j++) foldColumn(op, false, word(x, j), step, n, word(out, j));
    }
    x += step * n; out += step;
  }
}

export function maxRun(x: usize, n: i32): f32 {
  return foldRun(2, x, n);
}

export function reduce(op: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  switch (op) {
    case 0: sums(x, out, outer, n, inner, 1); break;
    case 1: folds(1, x, out, outer, n, inner); break;
    case 2: folds(2, x, out, outer, n, inner); break;
    case 3: folds(3, x, out, outer, n, inner); break;
    case 4: sums(x, out, outer, n, inner, n); break;
    default: unreachable();
  }
}

/** Integers: 0 sum, 1 product, 2 max, 3 min. */
export function reduceI32(op: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let p = word(x, j);
      let r = op == 0 ? 0 : op == 1 ? 1 : op == 2 ? i32.MIN_VALUE : i32.MAX_VALUE;
      for (let i = 0; i < n; i++) {
        const v = load<i32>(p);
        if (op == 0) r += v;
        else if (op == 1) r *= v;
        else if (op == 2) r = max(r, v);
        else r = min(r, v);
        p += step;
      }
      store<i32>(out, r);
      out += 4;
    }
    x += step * n;
  }
}

/** Bytes: 0 any and 1 all give bytes, 2 counts those that aren't zero into int32. */
export function reduceBytes(op: i32, x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let p = x + j;
      let count = 0;
      for (let i = 0; i < n; i++) { count += i32(load<u8>(p) != 0); p += inner; }
      if (op == 2) { store<i32>(out, count); out += 4; }
      else { store<u8>(out, op == 0 ? count > 0 : count == n); out += 1; }
    }
    x += <usize>n * inner;
  }
}

/** Means and squares of four columns, or with `wide` false of one, in double precision; rows are `step` bytes apart. */
export function columnMoments(wide: bool, x: usize, step: usize, n: i32): void {
  if (wide) momentsOf(true, x, step, n);
  else momentsOf(false, x, step, n);
}

// @ts-ignore: decorator
@inline function momentsOf(wide: bool, x: usize, step: usize, n: i32): void {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  let p = x;
  for (let i = 0; i < n; i++) {
    const v = read(p, wide);
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, promoteHigh(v));
    p += step;
  }
  const count = f64x2.splat(<f64>n);
  const meanLow = f64x2.div(low, count), meanHigh = f64x2.div(high, count);
  low = f64x2.splat(0); high = f64x2.splat(0);
  p = x;
  for (let i = 0; i < n; i++) {
    const v = read(p, wide);
    const a = f64x2.sub(f64x2.promote_low_f32x4(v), meanLow), b = f64x2.sub(promoteHigh(v), meanHigh);
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
    p += step;
  }
  v128.store(MOMENTS, meanLow);
  v128.store(MOMENTS, meanHigh, 16);
  v128.store(MOMENTS, low, 32);
  v128.store(MOMENTS, high, 48);
}

export function variance(x: usize, outVariance: usize, outMean: usize, outer: i32, n: i32, inner: i32, correction: f32): void {
  const step = <usize>inner << 2;
  const divisor = max<f64>(<f64>n - <f64>correction, 0);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner;) {
      const start = word(x, j);
      const columns = inner - j >= 4 ? 4 : 1;
      if (inner == 1) {
        const mean = sumRun(start, n) / n;
        store<f64>(MOMENTS, mean);
        store<f64>(MOMENTS, squaresRun(start, n, mean), 32);
      } else columnMoments(columns == 4, start, step, n);
      for (let c = 0; c < columns; c++) {
        const moment = MOMENTS + (<usize>c << 3);
        store<f32>(word(outMean, j + c), <f32>load<f64>(moment));
        store<f32>(word(outVariance, j + c), <f32>(load<f64>(moment, 32) / divisor));
      }
      j += columns;
    }
    x += step * n; outVariance += step; outMean += step;
  }
}

// Best values and positions of four columns, or one. A NaN beats all else, and the first of equals wins.
// @ts-ignore: decorator
@inline function argColumn(wide: bool, greater: bool, p: usize, step: usize, n: i32, values: usize, indices: usize): void {
  let best = read(p, wide);
  let where = i32x4.splat(0);
  for (let i = 1; i < n; i++) {
    p += step;
    const v = read(p, wide);
    const beats = v128.or(greater ? f32x4.gt(v, best) : f32x4.lt(v, best), f32x4.ne(v, v));
    const takes = v128.and(beats, f32x4.eq(best, best));
    best = pick(takes, v, best);
    where = pick(takes, i32x4.splat(i), where);
  }
  write(values, best, wide);
  write(indices, where, wide);
}

// @ts-ignore: decorator
@inline function argColumns(greater: bool, x: usize, values: usize, indices: usize, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  let j = 0;
  for (; j + 4 <= inner; j += 4) argColumn(true, greater, word(x, j), step, n, word(values, j), word(indices, j));
  for (; j < inner; j++) argColumn(false, greater, word(x, j), step, n, word(values, j), word(indices, j));
}

/** The position of the first element of a dense run that equals `value`, or that is NaN if it is. */
function firstEqual(x: usize, n: i32, value: f32): i32 {
  const wanted = splat(value), nan = value != value;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(word(x, i));
    if (v128.any_true(nan ? f32x4.ne(v, v) : f32x4.eq(v, wanted))) break;
  }
  for (; i < n; i++) {
    const v = at(x, i);
    if (nan ? v != v : v == value) break;
  }
  return i;
}

function argRow(greater: bool, x: usize, value: usize, index: usize, n: i32): void {
  const where = firstEqual(x, n, greater ? foldRun(2, x, n) : foldRun(3, x, n));
  store<f32>(value, at(x, where));
  store<i32>(index, where);
}

export function argReduce(sign: i32, x: usize, values: usize, indices: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) argRow(sign > 0, x, values, indices, n);
    else if (sign > 0) argColumns(true, x, values, indices, n, inner);
    else argColumns(false, x, values, indices, n, inner);
    x += step * n; values += step; indices += step;
  }
}

export function cumsum(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let sum: f64 = 0;
      let offset = <usize>j << 2;
      for (let i = 0; i < n; i++) {
        sum += <f64>load<f32>(x + offset);
        store<f32>(out + offset, <f32>sum);
        offset += step;
      }
    }
    x += step * n; out += step * n;
  }
}

/** ln Σ e^x */
export function logsumexp(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const start = word(x, j);
      let high = f32.NEGATIVE_INFINITY;
      let p = start;
      for (let i = 0; i < n; i++) { high = max<f32>(high, load<f32>(p)); p += step; }
      // Infinite maxima would give ∞ − ∞.
      const shift: f32 = high - high == 0 ? high : 0;
      let sum: f64 = 0;
      p = start;
      for (let i = 0; i < n; i++) {
        sum += <f64>f32x4.extract_lane(exp4Call(sub(v128.load32_zero(p), splat(shift))), 0);
        p += step;
      }
      store<f32>(out, <f32>(NativeMath.log(sum) + <f64>shift));
      out += 4;
    }
    x += step * n;
  }
}
