// Looking at tensors: statistics and histograms. Values that aren't finite are counted apart and left out of the rest.
import { word, at, total2, promoteHigh } from "./lanes";
import { splat, sub, pick } from "./math";

/** Lanes that hold finite numbers. */
// @ts-ignore: decorator
@inline function finiteLanes(v: v128): v128 {
  return f32x4.eq(sub(v, v), splat(0));
}

// @ts-ignore: decorator
@inline function lanesTotal(v: v128): f64 {
  return <f64>(i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3));
}

export function statistics(x: usize, n: i32, out: usize): void {
  const inf = splat(f32.POSITIVE_INFINITY), minusInf = splat(f32.NEGATIVE_INFINITY);
  let finites = i32x4.splat(0), zeroLanes = i32x4.splat(0), nanLanes = i32x4.splat(0);
  let sumA = f64x2.splat(0), sumB = f64x2.splat(0);
  let lows = inf, highs = minusInf;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(word(x, i));
    const finite = finiteLanes(v);
    const counted = v128.and(v, finite);
    // A mask is −1 in each lane where it holds.
    finites = i32x4.sub(finites, finite);
    zeroLanes = i32x4.sub(zeroLanes, f32x4.eq(v, splat(0)));
    nanLanes = i32x4.sub(nanLanes, f32x4.ne(v, v));
    sumA = f64x2.add(sumA, f64x2.promote_low_f32x4(counted));
    sumB = f64x2.add(sumB, promoteHigh(counted));
    lows = f32x4.min(lows, pick(finite, v, inf));
    highs = f32x4.max(highs, pick(finite, v, minusInf));
  }
  let count = lanesTotal(finites), zeros = lanesTotal(zeroLanes), nans = lanesTotal(nanLanes);
  let sum = total2(sumA, sumB);
  let low = min<f32>(min<f32>(f32x4.extract_lane(lows, 0), f32x4.extract_lane(lows, 1)), min<f32>(f32x4.extract_lane(lows, 2), f32x4.extract_lane(lows, 3)));
  let high = max<f32>(max<f32>(f32x4.extract_lane(highs, 0), f32x4.extract_lane(highs, 1)), max<f32>(f32x4.extract_lane(highs, 2), f32x4.extract_lane(highs, 3)));
  for (; i < n; i++) {
    const v = at(x, i);
    if (v != v) nans += 1;
    if (v - v != 0) continue;
    count += 1;
    sum += <f64>v;
    if (v == 0) zeros += 1;
    low = min<f32>(low, v);
    high = max<f32>(high, v);
  }
  const none = count == 0;
  const mean = sum / count;
  store<f64>(out, count);
  store<f64>(out, mean, 8);
  store<f64>(out, NativeMath.sqrt(finiteSquares(x, n, mean) / max<f64>(count - 1, 0)), 16);
  store<f64>(out, none ? NaN : <f64>low, 24);
  store<f64>(out, none ? NaN : <f64>high, 32);
  store<f64>(out, zeros, 40);
  store<f64>(out, nans, 48);
  store<f64>(out, <f64>n - count - nans, 56);
}

/** Σ (x − mean)² over the finite values. */
function finiteSquares(x: usize, n: i32, mean: f64): f64 {
  const m = f64x2.splat(mean);
  let a = f64x2.splat(0), b = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(word(x, i));
    const finite = finiteLanes(v);
    const maskA = v128.shuffle<u32>(finite, finite, 0, 0, 1, 1), maskB = v128.shuffle<u32>(finite, finite, 2, 2, 3, 3);
    const low = v128.and(f64x2.sub(f64x2.promote_low_f32x4(v), m), maskA);
    const high = v128.and(f64x2.sub(promoteHigh(v), m), maskB);
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  let sum = total2(a, b);
  for (; i < n; i++) {
    const v = at(x, i);
    if (v - v == 0) { const d = <f64>v - mean; sum += d * d; }
  }
  return sum;
}

export function histogram(x: usize, n: i32, low: f64, high: f64, bins: i32, out: usize): void {
  memory.fill(out, 0, <usize>bins << 2);
  const width = high - low;
  const perUnit = width > 0 ? <f64>bins / width : 0;
  for (let i = 0; i < n; i++) {
    const v = <f64>at(x, i);
    // NaN fails both.
    if (!(v >= low && v <= high) || v - v != 0) continue;
    const p = word(out, min(<i32>((v - low) * perUnit), bins - 1));
    store<i32>(p, load<i32>(p) + 1);
  }
}
