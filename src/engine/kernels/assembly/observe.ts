// Looking at tensors: statistics and histograms. Values that aren't finite are counted apart and left out of the rest.
import { word, at, total, total2, promoteHigh } from "./lanes";
import { splat, sub, mul, add, held } from "./math";
import { CHUNK_A } from "./scratch";

const FLOAT: i32 = 0;
const INT: i32 = 1;

/** The element at `index` of whatever type. */
// @ts-ignore: decorator
@inline function valueAt(x: usize, index: i32, element: i32): f64 {
  if (element == FLOAT) return <f64>at(x, index);
  return element == INT ? <f64>load<i32>(word(x, index)) : <f64>load<u8>(x + <usize>index);
}

// @ts-ignore: decorator
@inline function lanesTotal(v: v128): f64 {
  return <f64>(i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3));
}

/** Index of the first finite value, or `n`. */
function firstFinite(x: usize, n: i32, element: i32): i32 {
  let i = 0;
  while (i < n) {
    const v = valueAt(x, i, element);
    if (v - v == 0) break;
    i++;
  }
  return i;
}

// Sums are of distances from one of the values: what it is away from the mean is at most √n standard deviations, so that
// nothing that matters cancels however large the mean is.

export function statistics(x: usize, n: i32, out: usize, element: i32): void {
  if (element != FLOAT || !finiteStatistics(x, n, out)) anyStatistics(x, n, out, element);
}

/** Returns false if something isn't finite; then nothing of what it wrote counts. */
function finiteStatistics(x: usize, n: i32, out: usize): bool {
  if (n < 4) return false;
  const first = at(x, 0);
  const shift = f64x2.splat(<f64>first);
  let probe = splat(0), zeroLanes = i32x4.splat(0);
  let sumA = f64x2.splat(0), sumB = f64x2.splat(0), squaresA = f64x2.splat(0), squaresB = f64x2.splat(0);
  let lows = splat(first), highs = lows;
  const zero = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(word(x, i));
    // NaN as soon as one isn't finite.
    probe = add(probe, sub(v, v));
    // A mask is −1 in each lane where it holds.
    zeroLanes = i32x4.sub(zeroLanes, f32x4.eq(v, zero));
    lows = f32x4.pmin(lows, v);
    highs = f32x4.pmax(highs, v);
    const a = f64x2.sub(f64x2.promote_low_f32x4(v), shift), b = f64x2.sub(promoteHigh(v), shift);
    sumA = f64x2.add(sumA, a);
    sumB = f64x2.add(sumB, b);
    squaresA = f64x2.add(squaresA, f64x2.mul(a, a));
    squaresB = f64x2.add(squaresB, f64x2.mul(b, b));
  }
  if (v128.any_true(f32x4.ne(probe, probe))) return false;
  let zeros = lanesTotal(zeroLanes), sum = total2(sumA, sumB), squares = total2(squaresA, squaresB);
  let low = min<f32>(min<f32>(f32x4.extract_lane(lows, 0), f32x4.extract_lane(lows, 1)), min<f32>(f32x4.extract_lane(lows, 2), f32x4.extract_lane(lows, 3)));
  let high = max<f32>(max<f32>(f32x4.extract_lane(highs, 0), f32x4.extract_lane(highs, 1)), max<f32>(f32x4.extract_lane(highs, 2), f32x4.extract_lane(highs, 3)));
  for (; i < n; i++) {
    const v = at(x, i);
    if (v - v != 0) return false;
    if (v == 0) zeros += 1;
    low = min<f32>(low, v);
    high = max<f32>(high, v);
    const d = <f64>v - <f64>first;
    sum += d;
    squares += d * d;
  }
  writeMeasures(out, <f64>n, <f64>first, sum, squares, <f64>low, <f64>high, zeros, 0, 0);
  return true;
}

function anyStatistics(x: usize, n: i32, out: usize, element: i32): void {
  const begin = firstFinite(x, n, element);
  const shift = begin < n ? valueAt(x, begin, element) : 0;
  let count: f64 = 0, zeros: f64 = 0, nans: f64 = 0, sum: f64 = 0, squares: f64 = 0;
  let low: f64 = Infinity, high: f64 = -Infinity;
  for (let i = 0; i < n; i++) {
    const v = valueAt(x, i, element);
    if (v != v) nans += 1;
    if (v - v != 0) continue;
    count += 1;
    if (v == 0) zeros += 1;
    low = min<f64>(low, v);
    high = max<f64>(high, v);
    const d = v - shift;
    sum += d;
    squares += d * d;
  }
  writeMeasures(out, count, shift, sum, squares, low, high, zeros, nans, <f64>n - count - nans);
}

/** `sum` and `squares` are of distances from `shift`. */
function writeMeasures(out: usize, count: f64, shift: f64, sum: f64, squares: f64, low: f64, high: f64, zeros: f64, nans: f64, infinities: f64): void {
  const none = count == 0;
  // Rounding must not make a small difference negative.
  const around = max<f64>(squares - sum * (sum / count), 0);
  store<f64>(out, count);
  store<f64>(out, none ? NaN : shift + sum / count, 8);
  store<f64>(out, none ? NaN : NativeMath.sqrt(around / (count - 1)), 16);
  store<f64>(out, none ? NaN : low, 24);
  store<f64>(out, none ? NaN : high, 32);
  store<f64>(out, zeros, 40);
  store<f64>(out, nans, 48);
  store<f64>(out, infinities, 56);
}

/** Each lane counts in a table of its own, so that equal values don't wait for each other. */
const TABLE: usize = 3072;
const MOST_TABLE_BINS: i32 = 768;
/** 1.5 · 2²³: what is added to it is rounded to a whole number, which then stands in the lowest bits. */
const ROUNDER: usize = memory.data<f32>([12582912]);
const SIGNLESS: usize = memory.data<i32>([0x7fffffff]);

/**
 * Counts in `bins` bins, each cut into `parts`; behind the counts, how many lie below and above.
 * `zeros`: how many of the values are zero; they are left out.
 */
export function histogram(x: usize, n: i32, low: f64, high: f64, bins: i32, parts: i32, zeros: i32, out: usize, element: i32): void {
  const cells = bins * parts;
  // Not `memory.fill`, which is slow where memory is shared.
  for (let cell = 0; cell < cells + 2; cell++) store<i32>(word(out, cell), 0);
  const width = high - low;
  const scale = <f32>(<f64>cells / width);
  const suits = <f64><f32>low == low && <f64><f32>high == high && <f32>width < f32.MAX_VALUE && width > 1e-30 && scale > 1e-30;
  let i = 0;
  if (element == FLOAT && suits && cells <= MOST_TABLE_BINS) i = histogramInLanes(x, n, low, high, bins, parts, scale, out);
  for (; i < n; i++) count(valueAt(x, i, element), low, high, bins, parts, out);
  if (zeros > 0) {
    const p = word(out, cellOf(0, low, high, bins, parts));
    store<i32>(p, load<i32>(p) - zeros);
  }
}

/** Counts as many as there are whole vectors; returns the number. */
function histogramInLanes(x: usize, n: i32, low: f64, high: f64, bins: i32, parts: i32, scale: f32, out: usize): i32 {
  const tables = CHUNK_A;
  const cells = bins * parts;
  clearTables(tables, cells);
  const lows = splat(<f32>low), scales = splat(scale), zero = splat(0);
  const rounder = held(ROUNDER), signless = held(SIGNLESS), last = i32x4.splat(cells - 1);
  // In single precision a place is wrong by less than this: there it is looked at more closely.
  const near = splat(<f32>cells / 1048576);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const place = mul(sub(v128.load(word(x, i)), lows), scales);
    const sum = add(place, rounder);
    const whole = sub(sum, rounder);
    const rest = sub(place, whole);
    // A mask is −1: where the place was rounded up, the cell is one further down. Anything but a place within gives none of the cells.
    const cell = i32x4.add(i32x4.sub(sum, rounder), f32x4.lt(rest, zero));
    const within = i32x4.eq(i32x4.min_u(cell, last), cell);
    // At the lowest edge nothing can go wrong, and many values lie there: all that a ReLU made zero.
    const close = v128.and(f32x4.lt(v128.and(rest, signless), near), f32x4.ne(whole, zero));
    if (i32x4.all_true(v128.andnot(within, close))) {
      const offsets = i32x4.shl(cell, 2);
      const a = tables + <usize>i32x4.extract_lane(offsets, 0), b = tables + <usize>i32x4.extract_lane(offsets, 1);
      const c = tables + <usize>i32x4.extract_lane(offsets, 2), d = tables + <usize>i32x4.extract_lane(offsets, 3);
      store<i32>(a, load<i32>(a) + 1);
      store<i32>(b, load<i32>(b, TABLE) + 1, TABLE);
      store<i32>(c, load<i32>(c, 2 * TABLE) + 1, 2 * TABLE);
      store<i32>(d, load<i32>(d, 3 * TABLE) + 1, 3 * TABLE);
    } else {
      for (let k = 0; k < 4; k++) count(<f64>at(x, i + k), low, high, bins, parts, out);
    }
  }
  for (let at = 0; at < cells; at++) {
    const p = word(tables, at), q = word(out, at);
    store<i32>(q, load<i32>(q) + load<i32>(p) + load<i32>(p, TABLE) + load<i32>(p, 2 * TABLE) + load<i32>(p, 3 * TABLE));
  }
  return i;
}

function clearTables(tables: usize, cells: i32): void {
  const zero = i32x4.splat(0);
  for (let p = tables, end = word(tables, cells); p < end; p += 16) {
    v128.store(p, zero);
    v128.store(p, zero, TABLE);
    v128.store(p, zero, 2 * TABLE);
    v128.store(p, zero, 3 * TABLE);
  }
}

function count(v: f64, low: f64, high: f64, bins: i32, parts: i32, out: usize): void {
  if (v - v != 0) return;
  const p = word(out, cellOf(v, low, high, bins, parts));
  store<i32>(p, load<i32>(p) + 1);
}

/**
 * Edges of bins are `low + bin · (width / bins)`, and a value that lies on one belongs above it: as NumPy counts. Where a bin
 * is cut into parts doesn't matter to the last bit.
 */
function cellOf(v: f64, low: f64, high: f64, bins: i32, parts: i32): i32 {
  if (v < low) return bins * parts;
  if (v > high) return bins * parts + 1;
  const width = high - low;
  const step = width / <f64>bins;
  if (width == 0) return 0;
  let bin = min(<i32>((v - low) / width * <f64>bins), bins - 1);
  if (v < low + <f64>bin * step) bin--;
  else if (bin < bins - 1 && v >= low + <f64>(bin + 1) * step) bin++;
  const part = <i32>((v - (low + <f64>bin * step)) / step * <f64>parts);
  return bin * parts + min(part, parts - 1);
}

/**
 * Of each unit of x [outer, units, inner]: its largest distance from zero, and from what the first of `outer` has in its place;
 * NaN where one of its values isn't finite. `peaks` and `spreads` take a float32 for each unit.
 */
export function unitRanges(x: usize, outer: i32, units: i32, inner: i32, peaks: usize, spreads: usize): void {
  let unit = 0;
  // As many as lie in one line of the cache, then fewer.
  if (inner == 1) for (; unit + 16 <= units; unit += 16) lineRanges(word(x, unit), outer, units, word(peaks, unit), word(spreads, unit));
  if (inner == 1) for (; unit + 4 <= units; unit += 4) fourRanges(word(x, unit), outer, units, word(peaks, unit), word(spreads, unit));
  for (; unit < units; unit++) rangesOfUnit(word(x, unit * inner), outer, units * inner, inner, word(peaks, unit), word(spreads, unit));
}

/** Of sixteen units beside each other, each with one value in a row. */
function lineRanges(x: usize, outer: i32, stride: i32, peak: usize, spread: usize): void {
  const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
  const zero = splat(0);
  let peakA = zero, peakB = zero, peakC = zero, peakD = zero;
  let spreadA = zero, spreadB = zero, spreadC = zero, spreadD = zero;
  let probeA = zero, probeB = zero, probeC = zero, probeD = zero;
  for (let n = 0, p = x; n < outer; n++, p = word(p, stride)) {
    const e = v128.load(p), f = v128.load(p, 16), g = v128.load(p, 32), h = v128.load(p, 48);
    peakA = f32x4.pmax(peakA, f32x4.abs(e));
    peakB = f32x4.pmax(peakB, f32x4.abs(f));
    peakC = f32x4.pmax(peakC, f32x4.abs(g));
    peakD = f32x4.pmax(peakD, f32x4.abs(h));
    spreadA = f32x4.pmax(spreadA, f32x4.abs(sub(e, a)));
    spreadB = f32x4.pmax(spreadB, f32x4.abs(sub(f, b)));
    spreadC = f32x4.pmax(spreadC, f32x4.abs(sub(g, c)));
    spreadD = f32x4.pmax(spreadD, f32x4.abs(sub(h, d)));
    // NaN as soon as one isn't finite.
    probeA = add(probeA, sub(e, e));
    probeB = add(probeB, sub(f, f));
    probeC = add(probeC, sub(g, g));
    probeD = add(probeD, sub(h, h));
  }
  v128.store(peak, add(peakA, probeA));
  v128.store(peak, add(peakB, probeB), 16);
  v128.store(peak, add(peakC, probeC), 32);
  v128.store(peak, add(peakD, probeD), 48);
  v128.store(spread, add(spreadA, probeA));
  v128.store(spread, add(spreadB, probeB), 16);
  v128.store(spread, add(spreadC, probeC), 32);
  v128.store(spread, add(spreadD, probeD), 48);
}

/** Of four units beside each other, each with one value in a row. */
function fourRanges(x: usize, outer: i32, stride: i32, peak: usize, spread: usize): void {
  const first = v128.load(x);
  let peaks = splat(0), spreads = peaks, probe = peaks;
  for (let n = 0, p = x; n < outer; n++, p = word(p, stride)) {
    const v = v128.load(p);
    peaks = f32x4.pmax(peaks, f32x4.abs(v));
    spreads = f32x4.pmax(spreads, f32x4.abs(sub(v, first)));
    // NaN as soon as one isn't finite.
    probe = add(probe, sub(v, v));
  }
  v128.store(peak, add(peaks, probe));
  v128.store(spread, add(spreads, probe));
}

/** Of one, with `inner` values in each row. */
function rangesOfUnit(x: usize, outer: i32, stride: i32, inner: i32, peak: usize, spread: usize): void {
  let peaks = splat(0), spreads = peaks, probes = peaks;
  let largest: f32 = 0, widest: f32 = 0, probe: f32 = 0;
  for (let n = 0, p = x; n < outer; n++, p = word(p, stride)) {
    let i = 0;
    for (; i + 4 <= inner; i += 4) {
      const v = v128.load(word(p, i));
      peaks = f32x4.pmax(peaks, f32x4.abs(v));
      spreads = f32x4.pmax(spreads, f32x4.abs(sub(v, v128.load(word(x, i)))));
      probes = add(probes, sub(v, v));
    }
    for (; i < inner; i++) {
      const v = at(p, i);
      largest = max<f32>(largest, abs<f32>(v));
      widest = max<f32>(widest, abs<f32>(v - at(x, i)));
      probe += v - v;
    }
  }
  probe += <f32>total(probes);
  store<f32>(peak, max<f32>(largest, largestLane(peaks)) + probe);
  store<f32>(spread, max<f32>(widest, largestLane(spreads)) + probe);
}

// @ts-ignore: decorator
@inline function largestLane(v: v128): f32 {
  return max<f32>(max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

/** How many of n values are at most `low` or at least `high`. */
export function countBeyond(x: usize, n: i32, low: f32, high: f32): f64 {
  const lows = splat(low), highs = splat(high);
  let counts = i32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(word(x, i));
    // A mask is −1 in each lane where it holds.
    counts = i32x4.sub(counts, v128.or(f32x4.le(v, lows), f32x4.ge(v, highs)));
  }
  let count = lanesTotal(counts);
  for (; i < n; i++) if (at(x, i) <= low || at(x, i) >= high) count += 1;
  return count;
}

/** The sum of squared differences of n values each. */
export function squaredDistance(x: usize, y: usize, n: i32): f64 {
  let sumA = f64x2.splat(0), sumB = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const a = v128.load(word(x, i)), b = v128.load(word(y, i));
    const low = f64x2.sub(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b)), high = f64x2.sub(promoteHigh(a), promoteHigh(b));
    sumA = f64x2.add(sumA, f64x2.mul(low, low));
    sumB = f64x2.add(sumB, f64x2.mul(high, high));
  }
  let sum = total2(sumA, sumB);
  for (; i < n; i++) {
    const d = <f64>at(x, i) - <f64>at(y, i);
    sum += d * d;
  }
  return sum;
}
