// Operations on single elements. The operation's number is a constant in each loop, so that the choice is made once and
// not per element. An incomplete last vector is worked on in a buffer of four lanes, so that an element's value never
// depends on its position.
import { TAIL_A, TAIL_B, TAIL_OUT } from "./scratch";
import { copyFew } from "./lanes";
import {
  splat, add, sub, mul, div, fma, pick, held, HALF, ONE, MINUS_ONE, LN2, LOG2_E, positivePart, exp4, exp2x4, expm1x4, log4, log1p4,
  log1pUnit, tanh4, sigmoid4, erf4, sin4, cos4, eachLane,
} from "./math";

const MINUS_HALF: usize = memory.data<f32>([-0.5]);
const TWO: usize = memory.data<f32>([2]);
const FOUR: usize = memory.data<f32>([4]);
const TWENTY: usize = memory.data<f32>([20]);
const THREE: usize = memory.data<f32>([3]);
const MINUS_THREE: usize = memory.data<f32>([-3]);
const SIX: usize = memory.data<f32>([6]);
const SQRT_HALF: usize = memory.data<f32>([0.70710678118654752440]);
const INV_SQRT_2PI: usize = memory.data<f32>([0.39894228040143267794]);
const TWO_OVER_SQRT_PI: usize = memory.data<f32>([1.12837916709551257390]);
const GELU_A: usize = memory.data<f32>([0.79788456080286535588]);
const GELU_B: usize = memory.data<f32>([0.044715]);
const GELU_3B: usize = memory.data<f32>([0.13414499]);
const LOG10_E: usize = memory.data<f32>([0.43429448190325182765]);

/** ln(1 + e^x) without overflow: max(x, 0) + ln(1 + e^−|x|) */
// @ts-ignore: decorator
@inline function logOnePlusExp(x: v128): v128 {
  return add(positivePart(x), log1pUnit(exp4(f32x4.neg(f32x4.abs(x)))));
}

// @ts-ignore: decorator
@inline function positive(x: v128): v128 { return f32x4.gt(x, splat(0)); }

// @ts-ignore: decorator
@inline function normalCdf(x: v128): v128 {
  return mul(held(HALF), add(held(ONE), erf4(mul(x, held(SQRT_HALF)))));
}

// @ts-ignore: decorator
@inline function geluTanhInner(x: v128): v128 {
  return tanh4(mul(held(GELU_A), fma(mul(held(GELU_B), mul(x, x)), x, x)));
}

// tanh ln(1 + eˣ) = n / (n + 2), where n = e²ˣ + 2eˣ; beyond 20 it is 1.

// @ts-ignore: decorator
@inline function mish4(x: v128): v128 {
  const e = exp4(f32x4.pmin(x, held(TWENTY)));
  const n = mul(e, add(e, held(TWO)));
  return mul(x, div(n, add(n, held(TWO))));
}

/** The derivative: n / (n + 2) + x · 4eˣ(eˣ + 1) / (n + 2)² */
// @ts-ignore: decorator
@inline function mishSlope(x: v128): v128 {
  const e = exp4(f32x4.pmin(x, held(TWENTY)));
  const n = mul(e, add(e, held(TWO))), below = add(n, held(TWO));
  const bend = div(mul(mul(held(FOUR), e), add(e, held(ONE))), below);
  return div(fma(x, bend, n), below);
}

/** 6 · hardsigmoid */
// @ts-ignore: decorator
@inline function sixths(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(add(x, held(THREE)), splat(0)), held(SIX));
}

// @ts-ignore: decorator
@inline function apply(op: i32, x: v128, a: v128, b: v128): v128 {
  if (op == 0) return f32x4.neg(x);
  if (op == 1) return f32x4.abs(x);
  if (op == 2) return exp4(x);
  if (op == 3) return log4(x);
  if (op == 4) return f32x4.sqrt(x);
  if (op == 5) return div(held(ONE), f32x4.sqrt(x));
  if (op == 6) return div(held(ONE), x);
  if (op == 7) return mul(x, x);
  if (op == 8) return sin4(x);
  if (op == 9) return cos4(x);
  if (op == 10) return tanh4(x);
  if (op == 11) return sigmoid4(x);
  if (op == 12) return positivePart(x);
  if (op == 13) return erf4(x);
  if (op == 14) return mul(x, normalCdf(x));
  if (op == 15) return mul(mul(held(HALF), x), add(held(ONE), geluTanhInner(x)));
  if (op == 16) return mul(x, sigmoid4(x));
  if (op == 17) {
    const scaled = mul(x, a);
    return pick(f32x4.gt(scaled, b), x, div(logOnePlusExp(scaled), a));
  }
  if (op == 18) return pick(positive(x), x, mul(x, a));
  if (op == 19) return pick(positive(x), x, mul(a, expm1x4(x)));
  if (op == 20) return f32x4.floor(x);
  if (op == 21) return f32x4.ceil(x);
  if (op == 22) return f32x4.nearest(x);
  if (op == 23) return f32x4.trunc(x);
  if (op == 24) return v128.and(pick(positive(x), held(ONE), held(MINUS_ONE)), f32x4.gt(f32x4.abs(x), splat(0)));
  if (op == 25) return log1p4(x);
  if (op == 26) return expm1x4(x);
  if (op == 27) return f32x4.min(f32x4.max(x, a), b);
  if (op == 28) return f32x4.neg(logOnePlusExp(f32x4.neg(x)));
  if (op == 29) return mish4(x);
  if (op == 30) return div(mul(x, sixths(x)), held(SIX));
  if (op == 31) return div(sixths(x), held(SIX));
  if (op == 32) return eachLane(2, x);
  if (op == 33) return eachLane(3, x);
  if (op == 34) return eachLane(4, x);
  if (op == 35) return eachLane(5, x);
  if (op == 36) return mul(log4(x), held(LOG2_E));
  if (op == 37) return mul(log4(x), held(LOG10_E));
  return exp2x4(x);
}

/** `bytes` is a multiple of 16. */
// @ts-ignore: decorator
@inline function each(op: i32, x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void {
  const a = splat(alpha), b = splat(beta);
  const end = x + bytes;
  while (x < end) {
    v128.store(out, apply(op, v128.load(x), a, b));
    x += 16; out += 16;
  }
}

// A function each: all loops in one function would take the compiler minutes.
function unary0(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(0, x, out, bytes, a, b); }
function unary1(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(1, x, out, bytes, a, b); }
function unary2(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(2, x, out, bytes, a, b); }
function unary3(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(3, x, out, bytes, a, b); }
function unary4(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(4, x, out, bytes, a, b); }
function unary5(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(5, x, out, bytes, a, b); }
function unary6(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(6, x, out, bytes, a, b); }
function unary7(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(7, x, out, bytes, a, b); }
function unary8(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(8, x, out, bytes, a, b); }
function unary9(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(9, x, out, bytes, a, b); }
function unary10(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(10, x, out, bytes, a, b); }
function unary11(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(11, x, out, bytes, a, b); }
function unary12(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(12, x, out, bytes, a, b); }
function unary13(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(13, x, out, bytes, a, b); }
function unary14(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(14, x, out, bytes, a, b); }
function unary15(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(15, x, out, bytes, a, b); }
function unary16(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(16, x, out, bytes, a, b); }
function unary17(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(17, x, out, bytes, a, b); }
function unary18(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(18, x, out, bytes, a, b); }
function unary19(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(19, x, out, bytes, a, b); }
function unary20(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(20, x, out, bytes, a, b); }
function unary21(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(21, x, out, bytes, a, b); }
function unary22(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(22, x, out, bytes, a, b); }
function unary23(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(23, x, out, bytes, a, b); }
function unary24(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(24, x, out, bytes, a, b); }
function unary25(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(25, x, out, bytes, a, b); }
function unary26(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(26, x, out, bytes, a, b); }
function unary27(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(27, x, out, bytes, a, b); }
function unary28(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(28, x, out, bytes, a, b); }
function unary29(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(29, x, out, bytes, a, b); }
function unary30(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(30, x, out, bytes, a, b); }
function unary31(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(31, x, out, bytes, a, b); }
function unary32(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(32, x, out, bytes, a, b); }
function unary33(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(33, x, out, bytes, a, b); }
function unary34(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(34, x, out, bytes, a, b); }
function unary35(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(35, x, out, bytes, a, b); }
function unary36(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(36, x, out, bytes, a, b); }
function unary37(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(37, x, out, bytes, a, b); }
function unary38(x: usize, out: usize, bytes: usize, a: f32, b: f32): void { each(38, x, out, bytes, a, b); }

function unaryVectors(op: i32, x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void {
  switch (op) {
    case 0: unary0(x, out, bytes, alpha, beta); break;
    case 1: unary1(x, out, bytes, alpha, beta); break;
    case 2: unary2(x, out, bytes, alpha, beta); break;
    case 3: unary3(x, out, bytes, alpha, beta); break;
    case 4: unary4(x, out, bytes, alpha, beta); break;
    case 5: unary5(x, out, bytes, alpha, beta); break;
    case 6: unary6(x, out, bytes, alpha, beta); break;
    case 7: unary7(x, out, bytes, alpha, beta); break;
    case 8: unary8(x, out, bytes, alpha, beta); break;
    case 9: unary9(x, out, bytes, alpha, beta); break;
    case 10: unary10(x, out, bytes, alpha, beta); break;
    case 11: unary11(x, out, bytes, alpha, beta); break;
    case 12: unary12(x, out, bytes, alpha, beta); break;
    case 13: unary13(x, out, bytes, alpha, beta); break;
    case 14: unary14(x, out, bytes, alpha, beta); break;
    case 15: unary15(x, out, bytes, alpha, beta); break;
    case 16: unary16(x, out, bytes, alpha, beta); break;
    case 17: unary17(x, out, bytes, alpha, beta); break;
    case 18: unary18(x, out, bytes, alpha, beta); break;
    case 19: unary19(x, out, bytes, alpha, beta); break;
    case 20: unary20(x, out, bytes, alpha, beta); break;
    case 21: unary21(x, out, bytes, alpha, beta); break;
    case 22: unary22(x, out, bytes, alpha, beta); break;
    case 23: unary23(x, out, bytes, alpha, beta); break;
    case 24: unary24(x, out, bytes, alpha, beta); break;
    case 25: unary25(x, out, bytes, alpha, beta); break;
    case 26: unary26(x, out, bytes, alpha, beta); break;
    case 27: unary27(x, out, bytes, alpha, beta); break;
    case 28: unary28(x, out, bytes, alpha, beta); break;
    case 29: unary29(x, out, bytes, alpha, beta); break;
    case 30: unary30(x, out, bytes, alpha, beta); break;
    case 31: unary31(x, out, bytes, alpha, beta); break;
    case 32: unary32(x, out, bytes, alpha, beta); break;
    case 33: unary33(x, out, bytes, alpha, beta); break;
    case 34: unary34(x, out, bytes, alpha, beta); break;
    case 35: unary35(x, out, bytes, alpha, beta); break;
    case 36: unary36(x, out, bytes, alpha, beta); break;
    case 37: unary37(x, out, bytes, alpha, beta); break;
    case 38: unary38(x, out, bytes, alpha, beta); break;
    default: unreachable();
  }
}

export function unary(op: i32, x: usize, out: usize, n: i32, alpha: f32, beta: f32): void {
  const whole = <usize>(n & ~3) << 2;
  if (whole) unaryVectors(op, x, out, whole, alpha, beta);
  if (n & 3) {
    copyFew(TAIL_A, x + whole, n & 3);
    unaryVectors(op, TAIL_A, TAIL_OUT, 16, alpha, beta);
    copyFew(out + whole, TAIL_OUT, n & 3);
  }
}

/** gradient · derivative; s is the input, or the output where that is what the derivative is easiest in. */
// @ts-ignore: decorator
@inline function derive(op: i32, g: v128, s: v128, a: v128, b: v128): v128 {
  const one = held(ONE);
  if (op == 0) return f32x4.neg(g);
  if (op == 1) return mul(g, apply(24, s, a, b));
  if (op == 2) return mul(g, s);
  if (op == 3) return div(g, s);
  if (op == 4) return div(g, add(s, s));
  if (op == 5) return mul(mul(held(MINUS_HALF), g), mul(s, mul(s, s)));
  if (op == 6) return mul(f32x4.neg(g), mul(s, s));
  if (op == 7) return mul(g, add(s, s));
  if (op == 8) return mul(g, cos4(s));
  if (op == 9) return f32x4.neg(mul(g, sin4(s)));
  if (op == 10) return mul(g, sub(one, mul(s, s)));
  if (op == 11) return mul(g, mul(sub(one, s), s));
  if (op == 12) return v128.andnot(g, f32x4.le(s, splat(0)));
  if (op == 13) return mul(mul(held(TWO_OVER_SQRT_PI), g), exp4(f32x4.neg(mul(s, s))));
  if (op == 14) {
    const density = mul(held(INV_SQRT_2PI), exp4(mul(held(MINUS_HALF), mul(s, s))));
    return mul(g, fma(s, density, normalCdf(s)));
  }
  if (op == 15) {
    const t = geluTanhInner(s);
    const slope = mul(held(GELU_A), fma(held(GELU_3B), mul(s, s), one));
    const left = mul(held(HALF), add(one, t));
    return mul(g, fma(mul(mul(held(HALF), s), sub(one, mul(t, t))), slope, left));
  }
  if (op == 16) {
    const y = sigmoid4(s);
    return mul(g, mul(y, fma(s, sub(one, y), one)));
  }
  if (op == 17) return pick(f32x4.gt(mul(s, a), b), g, mul(g, sigmoid4(mul(s, a))));
  if (op == 18) return pick(positive(s), g, mul(g, a));
  if (op == 19) return pick(positive(s), g, mul(g, mul(a, exp4(s))));
  if (op == 25) return div(g, add(s, one));
  if (op == 26) return mul(g, add(s, one));
  if (op == 27) return v128.and(g, v128.and(f32x4.ge(s, a), f32x4.le(s, b)));
  if (op == 28) return mul(g, sigmoid4(f32x4.neg(s)));
  if (op == 29) return mul(g, mishSlope(s));
  if (op == 30) {
    const inside = mul(g, add(div(s, held(THREE)), held(HALF)));
    return v128.andnot(pick(f32x4.le(s, held(THREE)), inside, g), f32x4.lt(s, held(MINUS_THREE)));
  }
  if (op == 31) return v128.and(div(g, held(SIX)), v128.and(f32x4.gt(s, held(MINUS_THREE)), f32x4.lt(s, held(THREE))));
  if (op == 32) return mul(g, fma(s, s, one));
  if (op == 33) return div(g, f32x4.sqrt(sub(one, mul(s, s))));
  if (op == 34) return f32x4.neg(div(g, f32x4.sqrt(sub(one, mul(s, s)))));
  if (op == 35) return div(g, fma(s, s, one));
  if (op == 36) return div(g, mul(s, held(LN2)));
  if (op == 37) return div(mul(g, held(LOG10_E)), s);
  return mul(mul(g, s), held(LN2));
}

// @ts-ignore: decorator
@inline function deriveEach(op: i32, g: usize, s: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void {
  const a = splat(alpha), b = splat(beta);
  const end = g + bytes;
  while (g < end) {
    v128.store(out, derive(op, v128.load(g), v128.load(s), a, b));
    g += 16; s += 16; out += 16;
  }
}

function derive0(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(0, g, s, out, bytes, a, b); }
function derive1(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(1, g, s, out, bytes, a, b); }
function derive2(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(2, g, s, out, bytes, a, b); }
function derive3(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(3, g, s, out, bytes, a, b); }
function derive4(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(4, g, s, out, bytes, a, b); }
function derive5(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(5, g, s, out, bytes, a, b); }
function derive6(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(6, g, s, out, bytes, a, b); }
function derive7(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(7, g, s, out, bytes, a, b); }
function derive8(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(8, g, s, out, bytes, a, b); }
function derive9(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(9, g, s, out, bytes, a, b); }
function derive10(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(10, g, s, out, bytes, a, b); }
function derive11(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(11, g, s, out, bytes, a, b); }
function derive12(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(12, g, s, out, bytes, a, b); }
function derive13(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(13, g, s, out, bytes, a, b); }
function derive14(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(14, g, s, out, bytes, a, b); }
function derive15(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(15, g, s, out, bytes, a, b); }
function derive16(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(16, g, s, out, bytes, a, b); }
function derive17(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(17, g, s, out, bytes, a, b); }
function derive18(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(18, g, s, out, bytes, a, b); }
function derive19(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(19, g, s, out, bytes, a, b); }
function derive25(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(25, g, s, out, bytes, a, b); }
function derive26(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(26, g, s, out, bytes, a, b); }
function derive27(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(27, g, s, out, bytes, a, b); }
function derive28(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(28, g, s, out, bytes, a, b); }
function derive29(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(29, g, s, out, bytes, a, b); }
function derive30(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(30, g, s, out, bytes, a, b); }
function derive31(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(31, g, s, out, bytes, a, b); }
function derive32(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(32, g, s, out, bytes, a, b); }
function derive33(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(33, g, s, out, bytes, a, b); }
function derive34(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(34, g, s, out, bytes, a, b); }
function derive35(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(35, g, s, out, bytes, a, b); }
function derive36(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(36, g, s, out, bytes, a, b); }
function derive37(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(37, g, s, out, bytes, a, b); }
function derive38(g: usize, s: usize, out: usize, bytes: usize, a: f32, b: f32): void { deriveEach(38, g, s, out, bytes, a, b); }

function deriveVectors(op: i32, g: usize, s: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void {
  switch (op) {
    case 0: derive0(g, s, out, bytes, alpha, beta); break;
    case 1: derive1(g, s, out, bytes, alpha, beta); break;
    case 2: derive2(g, s, out, bytes, alpha, beta); break;
    case 3: derive3(g, s, out, bytes, alpha, beta); break;
    case 4: derive4(g, s, out, bytes, alpha, beta); break;
    case 5: derive5(g, s, out, bytes, alpha, beta); break;
    case 6: derive6(g, s, out, bytes, alpha, beta); break;
    case 7: derive7(g, s, out, bytes, alpha, beta); break;
    case 8: derive8(g, s, out, bytes, alpha, beta); break;
    case 9: derive9(g, s, out, bytes, alpha, beta); break;
    case 10: derive10(g, s, out, bytes, alpha, beta); break;
    case 11: derive11(g, s, out, bytes, alpha, beta); break;
    case 12: derive12(g, s, out, bytes, alpha, beta); break;
    case 13: derive13(g, s, out, bytes, alpha, beta); break;
    case 14: derive14(g, s, out, bytes, alpha, beta); break;
    case 15: derive15(g, s, out, bytes, alpha, beta); break;
    case 16: derive16(g, s, out, bytes, alpha, beta); break;
    case 17: derive17(g, s, out, bytes, alpha, beta); break;
    case 18: derive18(g, s, out, bytes, alpha, beta); break;
    case 19: derive19(g, s, out, bytes, alpha, beta); break;
    case 25: derive25(g, s, out, bytes, alpha, beta); break;
    case 26: derive26(g, s, out, bytes, alpha, beta); break;
    case 27: derive27(g, s, out, bytes, alpha, beta); break;
    case 28: derive28(g, s, out, bytes, alpha, beta); break;
    case 29: derive29(g, s, out, bytes, alpha, beta); break;
    case 30: derive30(g, s, out, bytes, alpha, beta); break;
    case 31: derive31(g, s, out, bytes, alpha, beta); break;
    case 32: derive32(g, s, out, bytes, alpha, beta); break;
    case 33: derive33(g, s, out, bytes, alpha, beta); break;
    case 34: derive34(g, s, out, bytes, alpha, beta); break;
    case 35: derive35(g, s, out, bytes, alpha, beta); break;
    case 36: derive36(g, s, out, bytes, alpha, beta); break;
    case 37: derive37(g, s, out, bytes, alpha, beta); break;
    case 38: derive38(g, s, out, bytes, alpha, beta); break;
    default: unreachable();
  }
}

export function unaryBackward(op: i32, g: usize, s: usize, out: usize, n: i32, alpha: f32, beta: f32): void {
  const whole = <usize>(n & ~3) << 2;
  if (whole) deriveVectors(op, g, s, out, whole, alpha, beta);
  if (n & 3) {
    copyFew(TAIL_A, g + whole, n & 3);
    copyFew(TAIL_B, s + whole, n & 3);
    deriveVectors(op, TAIL_A, TAIL_B, TAIL_OUT, 16, alpha, beta);
    copyFew(out + whole, TAIL_OUT, n & 3);
  }
}
