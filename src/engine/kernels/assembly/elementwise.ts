// Operations on single elements and on pairs. The operation's number is a constant in each loop, so that the choice is
// made once and not per element; a last incomplete vector is worked on in a scratch of four lanes, so that an element's
// value never depends on its position.
import { splat, add, sub, mul, div, fma, pick, exp4, log4, tanh4, sigmoid4, erf1 } from "./math";

const LANES: usize = memory.data(64, 16);

// @ts-ignore: decorator
@inline function loadPart(p: usize, n: i32): v128 {
  for (let i = 0; i < n; i++) store<f32>(LANES + (<usize>i << 2), load<f32>(p + (<usize>i << 2)));
  return v128.load(LANES);
}
// @ts-ignore: decorator
@inline function storePart(p: usize, n: i32, value: v128): void {
  v128.store(LANES + 16, value);
  for (let i = 0; i < n; i++) store<f32>(p + (<usize>i << 2), load<f32>(LANES + 16 + (<usize>i << 2)));
}

// @ts-ignore: decorator
@inline function each(op: i32, x: v128): v128 {
  let out = x;
  for (let lane: usize = 0; lane < 4; lane++) {
    v128.store(LANES + 32, lane == 0 ? x : out);
    const v = load<f32>(LANES + 32 + (lane << 2));
    let y: f32 = 0;
    if (op == 8) y = NativeMathf.sin(v);
    if (op == 9) y = NativeMathf.cos(v);
    if (op == 13) y = erf1(v);
    if (op == 25) y = NativeMathf.log1p(v);
    if (op == 26) y = NativeMathf.expm1(v);
    if (lane == 0) out = f32x4.replace_lane(out, 0, y);
    if (lane == 1) out = f32x4.replace_lane(out, 1, y);
    if (lane == 2) out = f32x4.replace_lane(out, 2, y);
    if (lane == 3) out = f32x4.replace_lane(out, 3, y);
  }
  return out;
}

const SQRT_HALF: f32 = 0.70710678118654752440;
const INV_SQRT_2PI: f32 = 0.39894228040143267794;
const GELU_A: f32 = 0.79788456080286535588;
const GELU_B: f32 = 0.044715;

// @ts-ignore: decorator
@inline function softplus4(x: v128, beta: v128, threshold: v128): v128 {
  const scaled = mul(x, beta);
  // ln(1 + e^s) = max(s, 0) + ln(1 + e^−|s|)
  const stable = add(f32x4.max(scaled, splat(0)), log4(add(splat(1), exp4(f32x4.neg(f32x4.abs(scaled))))));
  return pick(f32x4.gt(scaled, threshold), x, div(stable, beta));
}

// @ts-ignore: decorator
@inline function apply(op: i32, x: v128, a: v128, b: v128): v128 {
  if (op == 0) return f32x4.neg(x);
  if (op == 1) return f32x4.abs(x);
  if (op == 2) return exp4(x);
  if (op == 3) return log4(x);
  if (op == 4) return f32x4.sqrt(x);
  if (op == 5) return div(splat(1), f32x4.sqrt(x));
  if (op == 6) return div(splat(1), x);
  if (op == 7) return mul(x, x);
  if (op == 8) return each(8, x);
  if (op == 9) return each(9, x);
  if (op == 10) return tanh4(x);
  if (op == 11) return sigmoid4(x);
  if (op == 12) return f32x4.max(x, splat(0));
  if (op == 13) return each(13, x);
  if (op == 14) return mul(mul(splat(0.5), x), add(splat(1), each(13, mul(x, splat(SQRT_HALF)))));
  if (op == 15) return mul(mul(splat(0.5), x), add(splat(1), tanh4(mul(splat(GELU_A), fma(mul(splat(GELU_B), mul(x, x)), x, x)))));
  if (op == 16) return mul(x, sigmoid4(x));
  if (op == 17) return softplus4(x, a, b);
  if (op == 18) return pick(f32x4.gt(x, splat(0)), x, mul(x, a));
  if (op == 19) return pick(f32x4.gt(x, splat(0)), x, mul(a, sub(exp4(x), splat(1))));
  if (op == 20) return f32x4.floor(x);
  if (op == 21) return f32x4.ceil(x);
  if (op == 22) return f32x4.nearest(x);
  if (op == 23) return f32x4.trunc(x);
  if (op == 24) return pick(f32x4.gt(x, splat(0)), splat(1), pick(f32x4.lt(x, splat(0)), splat(-1), x));
  if (op == 25) return each(25, x);
  if (op == 26) return each(26, x);
  // 27: clamp; NaN stays NaN
  return f32x4.min(f32x4.max(x, a), b);
}

// @ts-ignore: decorator
@inline function unaryLoop(op: i32, x: usize, out: usize, n: i32, alpha: f32, beta: f32): void {
  const a = splat(alpha), b = splat(beta);
  const end = x + (<usize>(n & ~3) << 2);
  while (x < end) {
    v128.store(out, apply(op, v128.load(x), a, b));
    x += 16; out += 16;
  }
  if (n & 3) storePart(out, n & 3, apply(op, loadPart(x, n & 3), a, b));
}

export function unary(op: i32, x: usize, out: usize, n: i32, alpha: f32, beta: f32): void {
  switch (op) {
    case 0: unaryLoop(0, x, out, n, alpha, beta); break;
    case 1: unaryLoop(1, x, out, n, alpha, beta); break;
    case 2: unaryLoop(2, x, out, n, alpha, beta); break;
    case 3: unaryLoop(3, x, out, n, alpha, beta); break;
    case 4: unaryLoop(4, x, out, n, alpha, beta); break;
    case 5: unaryLoop(5, x, out, n, alpha, beta); break;
    case 6: unaryLoop(6, x, out, n, alpha, beta); break;
    case 7: unaryLoop(7, x, out, n, alpha, beta); break;
    case 8: unaryLoop(8, x, out, n, alpha, beta); break;
    case 9: unaryLoop(9, x, out, n, alpha, beta); break;
    case 10: unaryLoop(10, x, out, n, alpha, beta); break;
    case 11: unaryLoop(11, x, out, n, alpha, beta); break;
    case 12: unaryLoop(12, x, out, n, alpha, beta); break;
    case 13: unaryLoop(13, x, out, n, alpha, beta); break;
    case 14: unaryLoop(14, x, out, n, alpha, beta); break;
    case 15: unaryLoop(15, x, out, n, alpha, beta); break;
    case 16: unaryLoop(16, x, out, n, alpha, beta); break;
    case 17: unaryLoop(17, x, out, n, alpha, beta); break;
    case 18: unaryLoop(18, x, out, n, alpha, beta); break;
    case 19: unaryLoop(19, x, out, n, alpha, beta); break;
    case 20: unaryLoop(20, x, out, n, alpha, beta); break;
    case 21: unaryLoop(21, x, out, n, alpha, beta); break;
    case 22: unaryLoop(22, x, out, n, alpha, beta); break;
    case 23: unaryLoop(23, x, out, n, alpha, beta); break;
    case 24: unaryLoop(24, x, out, n, alpha, beta); break;
    case 25: unaryLoop(25, x, out, n, alpha, beta); break;
    case 26: unaryLoop(26, x, out, n, alpha, beta); break;
    case 27: unaryLoop(27, x, out, n, alpha, beta); break;
    default: unreachable();
  }
}

// gradient · derivative; s is the input, or the output where that is what the derivative is easiest in
// @ts-ignore: decorator
@inline function derive(op: i32, g: v128, s: v128, a: v128, b: v128): v128 {
  if (op == 2) return mul(g, s);
  if (op == 3) return div(g, s);
  if (op == 4) return div(g, add(s, s));
  if (op == 5) return mul(mul(splat(-0.5), g), mul(s, mul(s, s)));
  if (op == 6) return mul(f32x4.neg(g), mul(s, s));
  if (op == 7) return mul(g, add(s, s));
  if (op == 10) return mul(g, sub(splat(1), mul(s, s)));
  if (op == 11) return mul(g, mul(sub(splat(1), s), s));
  if (op == 12) return v128.and(g, f32x4.gt(s, splat(0)));
  if (op == 14) {
    const cdf = mul(splat(0.5), add(splat(1), each(13, mul(s, splat(SQRT_HALF)))));
    const pdf = mul(splat(INV_SQRT_2PI), exp4(mul(splat(-0.5), mul(s, s))));
    return mul(g, fma(s, pdf, cdf));
  }
  if (op == 15) {
    const z = mul(s, s);
    const t = tanh4(mul(splat(GELU_A), fma(mul(splat(GELU_B), z), s, s)));
    const slope = mul(splat(GELU_A), fma(splat(3 * GELU_B), z, splat(1)));
    const left = mul(splat(0.5), add(splat(1), t));
    return mul(g, fma(mul(mul(splat(0.5), s), sub(splat(1), mul(t, t))), slope, left));
  }
  if (op == 16) {
    const y = sigmoid4(s);
    return mul(g, mul(y, fma(s, sub(splat(1), y), splat(1))));
  }
  if (op == 17) return pick(f32x4.gt(mul(s, a), b), g, mul(g, sigmoid4(mul(s, a))));
  if (op == 18) return pick(f32x4.gt(s, splat(0)), g, mul(g, a));
  if (op == 19) return pick(f32x4.gt(s, splat(0)), g, mul(g, add(s, a)));
  // 27: clamp
  return v128.and(g, v128.and(f32x4.ge(s, a), f32x4.le(s, b)));
}

// @ts-ignore: decorator
@inline function deriveLoop(op: i32, g: usize, s: usize, out: usize, n: i32, alpha: f32, beta: f32): void {
  const a = splat(alpha), b = splat(beta);
  const end = g + (<usize>(n & ~3) << 2);
  while (g < end) {
    v128.store(out, derive(op, v128.load(g), v128.load(s), a, b));
    g += 16; s += 16; out += 16;
  }
  if (n & 3) {
    const gradient = loadPart(g, n & 3);
    storePart(out, n & 3, derive(op, gradient, loadPart(s, n & 3), a, b));
  }
}

export function unaryBackward(op: i32, g: usize, s: usize, out: usize, n: i32, alpha: f32, beta: f32): void {
  switch (op) {
    case 2: deriveLoop(2, g, s, out, n, alpha, beta); break;
    case 3: deriveLoop(3, g, s, out, n, alpha, beta); break;
    case 4: deriveLoop(4, g, s, out, n, alpha, beta); break;
    case 5: deriveLoop(5, g, s, out, n, alpha, beta); break;
    case 6: deriveLoop(6, g, s, out, n, alpha, beta); break;
    case 7: deriveLoop(7, g, s, out, n, alpha, beta); break;
    case 10: deriveLoop(10, g, s, out, n, alpha, beta); break;
    case 11: deriveLoop(11, g, s, out, n, alpha, beta); break;
    case 12: deriveLoop(12, g, s, out, n, alpha, beta); break;
    case 14: deriveLoop(14, g, s, out, n, alpha, beta); break;
    case 15: deriveLoop(15, g, s, out, n, alpha, beta); break;
    case 16: deriveLoop(16, g, s, out, n, alpha, beta); break;
    case 17: deriveLoop(17, g, s, out, n, alpha, beta); break;
    case 18: deriveLoop(18, g, s, out, n, alpha, beta); break;
    case 19: deriveLoop(19, g, s, out, n, alpha, beta); break;
    case 27: deriveLoop(27, g, s, out, n, alpha, beta); break;
    default: unreachable();
  }
}

// --- pairs ---

// @ts-ignore: decorator
@inline function pairEach(op: i32, x: v128, y: v128): v128 {
  let out = x;
  for (let lane: usize = 0; lane < 4; lane++) {
    v128.store(LANES + 32, x);
    v128.store(LANES + 48, y);
    const a = load<f32>(LANES + 32 + (lane << 2));
    const b = load<f32>(LANES + 48 + (lane << 2));
    let r: f32 = 0;
    if (op == 4) r = <f32>NativeMath.pow(a, b);
    if (op == 7) r = NativeMathf.mod(a, b);
    if (op == 8) {
      r = NativeMathf.mod(a, b);
      if (r != 0 && (r < 0) != (b < 0)) r += b;
    }
    if (op == 9) r = <f32>NativeMath.atan2(a, b);
    if (lane == 0) out = f32x4.replace_lane(out, 0, r);
    if (lane == 1) out = f32x4.replace_lane(out, 1, r);
    if (lane == 2) out = f32x4.replace_lane(out, 2, r);
    if (lane == 3) out = f32x4.replace_lane(out, 3, r);
  }
  return out;
}

// @ts-ignore: decorator
@inline function combine(op: i32, x: v128, y: v128, alpha: v128): v128 {
  if (op == 0) return add(x, mul(y, alpha));
  if (op == 1) return sub(x, mul(y, alpha));
  if (op == 2) return mul(x, y);
  if (op == 3) return div(x, y);
  if (op == 5) return f32x4.max(x, y);
  if (op == 6) return f32x4.min(x, y);
  return pairEach(op, x, y);
}

// Both vectors, scalar on the right, scalar on the left: `layout` 0, 1, 2.
// @ts-ignore: decorator
@inline function pairLoop(op: i32, layout: i32, a: usize, b: usize, out: usize, n: i32, alpha: f32): void {
  const s = splat(alpha);
  const fixedA = layout == 2 ? v128.load_splat<f32>(a) : splat(0);
  const fixedB = layout == 1 ? v128.load_splat<f32>(b) : splat(0);
  const end = out + (<usize>(n & ~3) << 2);
  while (out < end) {
    v128.store(out, combine(op, layout == 2 ? fixedA : v128.load(a), layout == 1 ? fixedB : v128.load(b), s));
    if (layout != 2) a += 16;
    if (layout != 1) b += 16;
    out += 16;
  }
  if (n & 3) {
    const x = layout == 2 ? fixedA : loadPart(a, n & 3);
    const y = layout == 1 ? fixedB : loadPart(b, n & 3);
    storePart(out, n & 3, combine(op, x, y, s));
  }
}

// @ts-ignore: decorator
@inline function pairLayouts(op: i32, a: usize, sa: i32, b: usize, sb: i32, out: usize, n: i32, alpha: f32): void {
  if (sa && sb) pairLoop(op, 0, a, b, out, n, alpha);
  else if (sa) pairLoop(op, 1, a, b, out, n, alpha);
  else pairLoop(op, 2, a, b, out, n, alpha);
}

export function binary(op: i32, a: usize, sa: i32, b: usize, sb: i32, out: usize, n: i32, alpha: f32): void {
  switch (op) {
    case 0: pairLayouts(0, a, sa, b, sb, out, n, alpha); break;
    case 1: pairLayouts(1, a, sa, b, sb, out, n, alpha); break;
    case 2: pairLayouts(2, a, sa, b, sb, out, n, alpha); break;
    case 3: pairLayouts(3, a, sa, b, sb, out, n, alpha); break;
    case 4: pairLayouts(4, a, sa, b, sb, out, n, alpha); break;
    case 5: pairLayouts(5, a, sa, b, sb, out, n, alpha); break;
    case 6: pairLayouts(6, a, sa, b, sb, out, n, alpha); break;
    case 7: pairLayouts(7, a, sa, b, sb, out, n, alpha); break;
    case 8: pairLayouts(8, a, sa, b, sb, out, n, alpha); break;
    case 9: pairLayouts(9, a, sa, b, sb, out, n, alpha); break;
    default: unreachable();
  }
}

export function binaryRow(op: i32, a: usize, b: usize, out: usize, rows: i32, cols: i32, swapped: i32, alpha: f32): void {
  const step = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    if (swapped) binary(op, b, 1, a, 1, out, cols, alpha);
    else binary(op, a, 1, b, 1, out, cols, alpha);
    a += step; out += step;
  }
}

export function binaryColumn(op: i32, a: usize, b: usize, out: usize, rows: i32, cols: i32, swapped: i32, alpha: f32): void {
  const step = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    if (swapped) binary(op, b, 0, a, 1, out, cols, alpha);
    else binary(op, a, 1, b, 0, out, cols, alpha);
    a += step; out += step; b += 4;
  }
}

export function addRowBias(x: usize, bias: usize, rows: i32, cols: i32): void {
  binaryRow(0, x, bias, x, rows, cols, 0, 1);
}

export function axpy(out: usize, x: usize, n: i32, alpha: f32): void {
  binary(0, out, 1, x, 1, out, n, alpha);
}

export function fill(out: usize, value: f32, n: i32): void {
  const v = splat(value);
  const end = out + (<usize>(n & ~3) << 2);
  for (; out < end; out += 16) v128.store(out, v);
  for (let i = 0; i < (n & 3); i++) store<f32>(out + (<usize>i << 2), value);
}

// --- strided windows ---

function gatherDim(out: usize, x: usize, dim: i32, rank: i32, meta: usize): usize {
  const size = load<i32>(meta + (<usize>dim << 2));
  const step = <usize>load<i32>(meta + (<usize>(rank + dim) << 2)) << 2;
  if (dim == rank - 1) {
    for (let i = 0; i < size; i++) { store<u32>(out, load<u32>(x)); out += 4; x += step; }
    return out;
  }
  for (let i = 0; i < size; i++) { out = gatherDim(out, x, dim + 1, rank, meta); x += step; }
  return out;
}

function scatterDim(out: usize, x: usize, dim: i32, rank: i32, meta: usize): usize {
  const size = load<i32>(meta + (<usize>dim << 2));
  const step = <usize>load<i32>(meta + (<usize>(rank + dim) << 2)) << 2;
  if (dim == rank - 1) {
    for (let i = 0; i < size; i++) { store<u32>(out, load<u32>(x)); x += 4; out += step; }
    return x;
  }
  for (let i = 0; i < size; i++) { x = scatterDim(out, x, dim + 1, rank, meta); out += step; }
  return x;
}

export function gather4(out: usize, x: usize, rank: i32, meta: usize): void {
  if (rank == 0) store<u32>(out, load<u32>(x));
  else gatherDim(out, x, 0, rank, meta);
}

export function scatter4(out: usize, x: usize, rank: i32, meta: usize): void {
  if (rank == 0) store<u32>(out, load<u32>(x));
  else scatterDim(out, x, 0, rank, meta);
}
