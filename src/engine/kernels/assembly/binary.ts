// Operations on pairs of elements, comparisons and selections, in every layout that broadcasting makes.
//
// There is one loop for each operation: an operand that is a single value is spread over one vector and read again and
// again; short rows are repeated, and strided operands gathered, into chunks that the loop then runs over.
import { TAIL_A, TAIL_B, TAIL_OUT, SPREAD_A, SPREAD_B, LANES, CHUNK_A, CHUNK_B, CHUNK_C, CHUNK } from "./scratch";
import { word, at, copyFew } from "./lanes";
import { splat, add, sub, mul, div, fma, pick } from "./math";
import { unary } from "./unary";
import { gatherRange, gatherRange1, windowSize } from "./windows";

// --- arithmetic ---

function floorMod(a: f32, b: f32, sameSign: bool): f32 {
  const x = <f64>a, y = <f64>b;
  const quotient = NativeMath.trunc(x / y);
  // Exact as long as the quotient is; beyond that bit by bit.
  let r = NativeMath.abs(quotient) < 16777216 && NativeMath.abs(y) < Infinity ? <f32>(x - quotient * y) : NativeMathf.mod(a, b);
  if (r == 0) r = copysign<f32>(r, a);
  return sameSign && r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

/** As in C: 1 to any power is 1, and −1 to an infinite one, where JavaScript says NaN. */
function power(a: f32, b: f32): f32 {
  if (a == 1 || (a == -1 && b - b != 0 && b == b)) return 1;
  return <f32>NativeMath.pow(a, b);
}

function eachPair(op: i32, x: v128, y: v128): v128 {
  v128.store(LANES, x);
  v128.store(LANES, y, 16);
  for (let i: usize = 0; i < 16; i += 4) {
    const a = load<f32>(LANES + i), b = load<f32>(LANES + i, 16);
    let r: f32;
    switch (op) {
      case 4: r = power(a, b); break;
      case 7: r = floorMod(a, b, false); break;
      case 8: r = floorMod(a, b, true); break;
      default: r = <f32>NativeMath.atan2(a, b);
    }
    store<f32>(LANES + i, r);
  }
  return v128.load(LANES);
}

// @ts-ignore: decorator
@inline function combine(op: i32, x: v128, y: v128, alpha: v128): v128 {
  if (op == 0) return fma(y, alpha, x);
  if (op == 1) return sub(x, mul(y, alpha));
  if (op == 2) return mul(x, y);
  if (op == 3) return div(x, y);
  if (op == 5) return f32x4.max(x, y);
  if (op == 6) return f32x4.min(x, y);
  return eachPair(op, x, y);
}

/** Steps are 16 or, for one repeated vector, 0. */
// @ts-ignore: decorator
@inline function pairs(op: i32, a: usize, stepA: usize, b: usize, stepB: usize, out: usize, bytes: usize, alpha: f32): void {
  const scale = splat(alpha);
  const end = out + bytes;
  while (out < end) {
    v128.store(out, combine(op, v128.load(a), v128.load(b), scale));
    a += stepA; b += stepB; out += 16;
  }
}

function binaryVectors(op: i32, a: usize, stepA: usize, b: usize, stepB: usize, out: usize, bytes: usize, alpha: f32): void {
  switch (op) {
    case 0: pairs(0, a, stepA, b, stepB, out, bytes, alpha); break;
    case 1: pairs(1, a, stepA, b, stepB, out, bytes, alpha); break;
    case 2: pairs(2, a, stepA, b, stepB, out, bytes, alpha); break;
    case 3: pairs(3, a, stepA, b, stepB, out, bytes, alpha); break;
    case 4: pairs(4, a, stepA, b, stepB, out, bytes, alpha); break;
    case 5: pairs(5, a, stepA, b, stepB, out, bytes, alpha); break;
    case 6: pairs(6, a, stepA, b, stepB, out, bytes, alpha); break;
    case 7: pairs(7, a, stepA, b, stepB, out, bytes, alpha); break;
    case 8: pairs(8, a, stepA, b, stepB, out, bytes, alpha); break;
    case 9: pairs(9, a, stepA, b, stepB, out, bytes, alpha); break;
    default: unreachable();
  }
}

/** Exponents that have an operation of their own, as PyTorch's. Returns whether this was one. */
function simplePower(x: usize, exponent: f32, out: usize, n: i32): bool {
  if (exponent == 2) unary(7, x, out, n, 0, 0);
  else if (exponent == 0.5) unary(4, x, out, n, 0, 0);
  else if (exponent == -1) unary(6, x, out, n, 0, 0);
  else if (exponent == -0.5) unary(5, x, out, n, 0, 0);
  else return false;
  return true;
}

export function binary(op: i32, a: usize, sa: i32, b: usize, sb: i32, out: usize, n: i32, alpha: f32): void {
  if (n == 0) return;
  if (op == 4 && sa && !sb && simplePower(a, load<f32>(b), out, n)) return;
  if (!sa) { v128.store(SPREAD_A, v128.load32_splat(a)); a = SPREAD_A; }
  if (!sb) { v128.store(SPREAD_B, v128.load32_splat(b)); b = SPREAD_B; }
  const stepA: usize = sa ? 16 : 0, stepB: usize = sb ? 16 : 0;
  const whole = <usize>(n & ~3) << 2;
  if (whole) binaryVectors(op, a, stepA, b, stepB, out, whole, alpha);
  const left = n & 3;
  if (left) {
    if (sa) { copyFew(TAIL_A, a + whole, left); a = TAIL_A; }
    if (sb) { copyFew(TAIL_B, b + whole, left); b = TAIL_B; }
    binaryVectors(op, a, 0, b, 0, TAIL_OUT, 16, alpha);
    copyFew(out + whole, TAIL_OUT, left);
  }
}

// @ts-ignore: decorator
@inline function ordered(op: i32, a: usize, sa: i32, b: usize, sb: i32, swapped: i32, out: usize, n: i32, alpha: f32): void {
  if (swapped) binary(op, b, sb, a, sa, out, n, alpha);
  else binary(op, a, sa, b, sb, out, n, alpha);
}

/** Rows that are at least this long are worked on one by one. */
const LONG_ROW: i32 = 256;

/** How many short rows fit a chunk; whole vectors if possible. */
// @ts-ignore: decorator
@inline function rowsPerChunk(rows: i32, cols: i32): i32 {
  return min(rows, (CHUNK / cols) & ~3);
}

/** Repeats a row in chunk B. */
function repeatRow(row: usize, cols: i32, times: i32): void {
  const bytes = <usize>cols << 2;
  for (let i = 0; i < times; i++) memory.copy(CHUNK_B + bytes * i, row, bytes);
}

export function binaryRow(op: i32, a: usize, b: usize, out: usize, rows: i32, cols: i32, swapped: i32, alpha: f32): void {
  if (cols == 0) return;
  const step = <usize>cols << 2;
  if (cols >= LONG_ROW) {
    for (let r = 0; r < rows; r++) {
      ordered(op, a, 1, b, 1, swapped, out, cols, alpha);
      a += step; out += step;
    }
    return;
  }
  const group = rowsPerChunk(rows, cols);
  repeatRow(b, cols, group);
  for (let r = 0; r < rows; r += group) {
    ordered(op, a, 1, CHUNK_B, 1, swapped, out, min(group, rows - r) * cols, alpha);
    a += step * group; out += step * group;
  }
}

export function binaryColumn(op: i32, a: usize, b: usize, out: usize, rows: i32, cols: i32, swapped: i32, alpha: f32): void {
  if (cols == 0) return;
  const step = <usize>cols << 2;
  if (cols >= LONG_ROW) {
    for (let r = 0; r < rows; r++) {
      ordered(op, a, 1, b, 0, swapped, out, cols, alpha);
      a += step; out += step; b += 4;
    }
    return;
  }
  const group = rowsPerChunk(rows, cols);
  for (let r = 0; r < rows; r += group) {
    const now = min(group, rows - r);
    let p = CHUNK_B;
    for (let i = 0; i < now; i++) {
      const value = load<f32>(b);
      for (let c = 0; c < cols; c++) { store<f32>(p, value); p += 4; }
      b += 4;
    }
    ordered(op, a, 1, CHUNK_B, 1, swapped, out, now * cols, alpha);
    a += step * group; out += step * group;
  }
}

export function binaryStrided(op: i32, a: usize, b: usize, out: usize, rank: i32, meta: usize, alpha: f32): void {
  const n = windowSize(rank, meta);
  const stridesA = word(meta, rank), stridesB = word(meta, 2 * rank);
  for (let i = 0; i < n; i += CHUNK) {
    const now = min(CHUNK, n - i);
    gatherRange(CHUNK_A, a, rank, meta, stridesA, i, now);
    gatherRange(CHUNK_B, b, rank, meta, stridesB, i, now);
    binary(op, CHUNK_A, 1, CHUNK_B, 1, word(out, i), now, alpha);
  }
}

/** x[rows, cols] += bias[cols] */
export function addRowBias(x: usize, bias: usize, rows: i32, cols: i32): void {
  binaryRow(0, x, bias, x, rows, cols, 0, 1);
}

/** out += alpha · x */
export function axpy(out: usize, x: usize, n: i32, alpha: f32): void {
  binary(0, out, 1, x, 1, out, n, alpha);
}

// --- comparisons: one byte for each pair ---

// @ts-ignore: decorator
@inline function test(op: i32, x: v128, y: v128): v128 {
  if (op == 0) return f32x4.eq(x, y);
  if (op == 1) return f32x4.ne(x, y);
  if (op == 2) return f32x4.lt(x, y);
  if (op == 3) return f32x4.le(x, y);
  if (op == 4) return f32x4.gt(x, y);
  if (op == 5) return f32x4.ge(x, y);
  if (op == 6) return i32x4.eq(x, y);
  if (op == 7) return i32x4.ne(x, y);
  if (op == 8) return i32x4.lt_s(x, y);
  if (op == 9) return i32x4.le_s(x, y);
  if (op == 10) return i32x4.gt_s(x, y);
  return i32x4.ge_s(x, y);
}

// @ts-ignore: decorator
@inline function testFour(op: i32, a: usize, b: usize): u32 {
  const mask = test(op, v128.load(a), v128.load(b));
  const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(mask, mask), mask);
  return i32x4.extract_lane(bytes, 0) & 0x01010101;
}

// @ts-ignore: decorator
@inline function tests(op: i32, a: usize, stepA: usize, b: usize, stepB: usize, out: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    store<u32>(out + i, testFour(op, a, b));
    a += stepA; b += stepB;
  }
  if (i < n) {
    copyFew(TAIL_A, a, stepA ? n - i : 3);
    copyFew(TAIL_B, b, stepB ? n - i : 3);
    let bits = testFour(op, TAIL_A, TAIL_B);
    for (; i < n; i++) { store<u8>(out + i, bits); bits >>= 8; }
  }
}

export function compare(op: i32, a: usize, sa: i32, b: usize, sb: i32, out: usize, n: i32): void {
  if (n == 0) return;
  if (!sa) { v128.store(SPREAD_A, v128.load32_splat(a)); a = SPREAD_A; }
  if (!sb) { v128.store(SPREAD_B, v128.load32_splat(b)); b = SPREAD_B; }
  const stepA: usize = sa ? 16 : 0, stepB: usize = sb ? 16 : 0;
  switch (op) {
    case 0: tests(0, a, stepA, b, stepB, out, n); break;
    case 1: tests(1, a, stepA, b, stepB, out, n); break;
    case 2: tests(2, a, stepA, b, stepB, out, n); break;
    case 3: tests(3, a, stepA, b, stepB, out, n); break;
    case 4: tests(4, a, stepA, b, stepB, out, n); break;
    case 5: tests(5, a, stepA, b, stepB, out, n); break;
    case 6: tests(6, a, stepA, b, stepB, out, n); break;
    case 7: tests(7, a, stepA, b, stepB, out, n); break;
    case 8: tests(8, a, stepA, b, stepB, out, n); break;
    case 9: tests(9, a, stepA, b, stepB, out, n); break;
    case 10: tests(10, a, stepA, b, stepB, out, n); break;
    case 11: tests(11, a, stepA, b, stepB, out, n); break;
    default: unreachable();
  }
}

export function compareStrided(op: i32, a: usize, b: usize, out: usize, rank: i32, meta: usize): void {
  const n = windowSize(rank, meta);
  const stridesA = word(meta, rank), stridesB = word(meta, 2 * rank);
  for (let i = 0; i < n; i += CHUNK) {
    const now = min(CHUNK, n - i);
    gatherRange(CHUNK_A, a, rank, meta, stridesA, i, now);
    gatherRange(CHUNK_B, b, rank, meta, stridesB, i, now);
    compare(op, CHUNK_A, 1, CHUNK_B, 1, out + i, now);
  }
}

// --- bits ---

// @ts-ignore: decorator
@inline function joinBits(op: i32, a: usize, b: usize, out: usize, n: i32): void {
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    const x = v128.load(a + i), y = v128.load(b + i);
    v128.store(out + i, op == 0 ? v128.and(x, y) : op == 1 ? v128.or(x, y) : v128.xor(x, y));
  }
  for (; i < n; i++) {
    const x = load<u8>(a + i), y = load<u8>(b + i);
    store<u8>(out + i, op == 0 ? x & y : op == 1 ? x | y : x ^ y);
  }
}

export function bits(op: i32, a: usize, b: usize, out: usize, n: i32): void {
  switch (op) {
    case 0: joinBits(0, a, b, out, n); break;
    case 1: joinBits(1, a, b, out, n); break;
    case 2: joinBits(2, a, b, out, n); break;
    default: unreachable();
  }
}

// --- selections ---

/** Four condition bytes as four masks. */
// @ts-ignore: decorator
@inline function masks(condition: usize): v128 {
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition)));
  return i32x4.ne(wide, i32x4.splat(0));
}

/** out = condition ? a : b, for any elements of four bytes. */
export function where(condition: usize, a: usize, sa: i32, b: usize, sb: i32, out: usize, n: i32): void {
  if (n == 0) return;
  if (!sa) { v128.store(SPREAD_A, v128.load32_splat(a)); a = SPREAD_A; }
  if (!sb) { v128.store(SPREAD_B, v128.load32_splat(b)); b = SPREAD_B; }
  const stepA: usize = sa ? 16 : 0, stepB: usize = sb ? 16 : 0;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(word(out, i), pick(masks(condition + i), v128.load(a), v128.load(b)));
    a += stepA; b += stepB;
  }
  for (; i < n; i++) {
    store<u32>(word(out, i), load<u8>(condition + i) ? load<u32>(a) : load<u32>(b));
    a += 4; b += 4;
  }
}

/** `meta`: sizes, then the strides of the condition, of a and of b. */
export function whereStrided(condition: usize, a: usize, b: usize, out: usize, rank: i32, meta: usize): void {
  const n = windowSize(rank, meta);
  const stridesC = word(meta, rank), stridesA = word(meta, 2 * rank), stridesB = word(meta, 3 * rank);
  for (let i = 0; i < n; i += CHUNK) {
    const now = min(CHUNK, n - i);
    gatherRange1(CHUNK_C, condition, rank, meta, stridesC, i, now);
    gatherRange(CHUNK_A, a, rank, meta, stridesA, i, now);
    gatherRange(CHUNK_B, b, rank, meta, stridesB, i, now);
    where(CHUNK_C, CHUNK_A, 1, CHUNK_B, 1, word(out, i), now);
  }
}

/** out = x with `value` wherever the mask byte isn't zero. */
export function maskedFill(x: usize, mask: usize, out: usize, n: i32, value: f32): void {
  store<f32>(TAIL_OUT, value);
  where(mask, TAIL_OUT, 0, x, 1, out, n);
}

/** a + weight · (b − a), from the nearer end. */
export function lerp(a: usize, b: usize, out: usize, n: i32, weight: f32): void {
  const near = weight < 0.5;
  const w = near ? weight : 1 - weight, vector = splat(w);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const x = v128.load(word(a, i)), y = v128.load(word(b, i));
    const part = mul(sub(y, x), vector);
    v128.store(word(out, i), near ? add(x, part) : sub(y, part));
  }
  for (; i < n; i++) {
    const x = at(a, i), y = at(b, i);
    store<f32>(word(out, i), near ? x + (y - x) * w : y - (y - x) * w);
  }
}

/** out = x · scale where the mask byte isn't zero, x · 0 elsewhere. */
export function dropout(x: usize, mask: usize, out: usize, n: i32, scale: f32): void {
  const factor = splat(scale);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(word(out, i), mul(v128.load(word(x, i)), v128.and(masks(mask + i), factor)));
  }
  for (; i < n; i++) store<f32>(word(out, i), at(x, i) * (load<u8>(mask + i) ? scale : 0));
}
