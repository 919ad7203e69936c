// Vectorised elementary functions, four lanes at a time. Single-precision polynomials after Moshier's Cephes library,
// the double-precision ones after FreeBSD's msun. They never use a fused multiply-add, so that both builds of the
// module, and all machines, give the same bits.
import { LANES } from "./scratch";
import { promoteHigh } from "./lanes";

// @ts-ignore: decorator
@inline export function splat(x: f32): v128 { return f32x4.splat(x); }
// @ts-ignore: decorator
@inline export function add(a: v128, b: v128): v128 { return f32x4.add(a, b); }
// @ts-ignore: decorator
@inline export function sub(a: v128, b: v128): v128 { return f32x4.sub(a, b); }
// @ts-ignore: decorator
@inline export function mul(a: v128, b: v128): v128 { return f32x4.mul(a, b); }
// @ts-ignore: decorator
@inline export function div(a: v128, b: v128): v128 { return f32x4.div(a, b); }
/** a·b + c, rounded twice */
// @ts-ignore: decorator
@inline export function fma(a: v128, b: v128, c: v128): v128 { return f32x4.add(f32x4.mul(a, b), c); }
/** mask ? a : b */
// @ts-ignore: decorator
@inline export function pick(mask: v128, a: v128, b: v128): v128 { return v128.bitselect(a, b, mask); }

// Constants are kept in memory, because V8 makes one that is written in the code anew at each use, which takes three
// times as long as reading it.

/** The constant at an address, in all lanes. */
// @ts-ignore: decorator
@inline export function held(constant: usize): v128 { return v128.load32_splat(constant); }

export const HALF: usize = memory.data<f32>([0.5]);
export const ONE: usize = memory.data<f32>([1]);
export const MINUS_ONE: usize = memory.data<f32>([-1]);
export const LN2: usize = memory.data<f32>([0.69314718055994530942]);
export const LOG2_E: usize = memory.data<f32>([1.44269504088896340736]);
const TWO: usize = memory.data<f32>([2]);
const INFINITE: usize = memory.data<f32>([Infinity]);
const MINUS_INFINITE: usize = memory.data<f32>([-Infinity]);
const SIGN_BIT: usize = memory.data<i32>([-2147483648]);
/** ln 2 in two parts. */
const LN2_HIGH: usize = memory.data<f32>([0.693359375]);
const LN2_LOW: usize = memory.data<f32>([-2.12194440e-4]);

/** max(x, 0), NaN where x is. */
// @ts-ignore: decorator
@inline export function positivePart(x: v128): v128 { return v128.andnot(x, f32x4.le(x, splat(0))); }

/** The polynomial of degree 4 to 8 whose coefficients lie at `table`, that of the highest power first. */
// @ts-ignore: decorator
@inline function polynomial(table: usize, degree: i32, x: v128): v128 {
  let p = fma(held(table), x, held(table + 4));
  p = fma(p, x, held(table + 8));
  p = fma(p, x, held(table + 12));
  p = fma(p, x, held(table + 16));
  if (degree > 4) p = fma(p, x, held(table + 20));
  if (degree > 5) p = fma(p, x, held(table + 24));
  if (degree > 6) p = fma(p, x, held(table + 28));
  if (degree > 7) p = fma(p, x, held(table + 32));
  return p;
}

// --- exponentials ---

/** 1.5 · 2²³: a sum with it is rounded to a whole number, which its lowest bits then hold. */
const ROUNDER: usize = memory.data<f32>([12582912]);
/** What an exponent is stored with added to it. */
const EXPONENT_BIAS: usize = memory.data<i32>([127]);
/** The polynomial of (e^r − 1 − r) / r². */
const EXP: usize = memory.data<f32>([1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]);
/** Below the one e^x is 0, from the other on ∞. */
const EXP_LEAST: usize = memory.data<f32>([-103.972084]);
const EXP_MOST: usize = memory.data<f32>([89]);

/** 2^n for n in [-126, 127], the lowest nine bits of each lane. */
// @ts-ignore: decorator
@inline function pow2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, held(EXPONENT_BIAS)), 23);
}

/** y · 2^n in two factors, so that results below the smallest normal number come out right. */
// @ts-ignore: decorator
@inline function timesPow2(y: v128, n: v128): v128 {
  const half = i32x4.shr_s(n, 1);
  return mul(mul(y, pow2(half)), pow2(i32x4.sub(n, half)));
}

/** How often ln 2 goes into x, rounded, plus `ROUNDER`. */
// @ts-ignore: decorator
@inline function countLn2(x: v128): v128 {
  return add(mul(x, held(LOG2_E)), held(ROUNDER));
}

/** What is left of x. */
// @ts-ignore: decorator
@inline function reduceByLn2(x: v128, count: v128): v128 {
  const n = sub(count, held(ROUNDER));
  return sub(sub(x, mul(n, held(LN2_HIGH))), mul(n, held(LN2_LOW)));
}

/** e^r − 1 for |r| ≤ ½ ln 2 */
// @ts-ignore: decorator
@inline function expm1Near(r: v128): v128 {
  return fma(polynomial(EXP, 5, r), mul(r, r), r);
}

/** e^x; within 2 ulp, subnormal results included. */
// @ts-ignore: decorator
@inline export function exp4(x: v128): v128 {
  // Lanes whose result is 0 compute e^0 instead, because products that underflow are slow on some processors.
  const vanishes = f32x4.lt(x, held(EXP_LEAST));
  // Of pmin and pmax, which are one instruction each where min and max are many, the first operand's NaN comes through.
  const bounded = v128.andnot(f32x4.pmin(x, held(EXP_MOST)), vanishes);
  const count = countLn2(bounded);
  const p = add(expm1Near(reduceByLn2(bounded, count)), held(ONE));
  return v128.andnot(timesPow2(p, count), vanishes);
}

/** The same, out of line. */
export function exp4Call(x: v128): v128 {
  return exp4(x);
}

export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4Call(splat(x)), 0);
}

/** e^x for x in [-87, 88]. */
// @ts-ignore: decorator
@inline function expNormal(x: v128): v128 {
  const count = countLn2(x);
  return mul(add(expm1Near(reduceByLn2(x, count)), held(ONE)), pow2(count));
}

/** Below the one 2^x is 0, above the other ∞. */
const EXP2_LEAST: usize = memory.data<f32>([-160]);
const EXP2_MOST: usize = memory.data<f32>([160]);

/** 2^x: the whole part goes to the exponent, the rest through e^x. */
// @ts-ignore: decorator
@inline export function exp2x4(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, held(EXP2_LEAST)), held(EXP2_MOST));
  const whole = add(bounded, held(ROUNDER));
  const r = mul(sub(bounded, sub(whole, held(ROUNDER))), held(LN2));
  return timesPow2(add(expm1Near(r), held(ONE)), whole);
}

/** From here down e^x − 1 is −1. */
const EXPM1_LEAST: usize = memory.data<f32>([-32]);
/** Of smaller size, e^x − 1 is x. */
const EXPM1_SMALL: usize = memory.data<f32>([1e-10]);

/** e^x − 1; within 3 ulp. */
// @ts-ignore: decorator
@inline export function expm1x4(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, held(EXPM1_LEAST)), held(EXP_MOST));
  const count = countLn2(bounded);
  // Half of it first: 2^128 is no number.
  const scale = pow2(i32x4.add(count, i32x4.splat(-1)));
  const half = fma(scale, expm1Near(reduceByLn2(bounded, count)), sub(scale, held(HALF)));
  return pick(f32x4.lt(f32x4.abs(x), held(EXPM1_SMALL)), x, add(half, half));
}

// --- logarithms ---

/** The polynomial of (ln(1 + m) − m + m²/2) / m³. */
const LOG: usize = memory.data<f32>([
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
  -2.4999993993e-1, 3.3333331174e-1,
]);
/** The bits of √½, and those of sign and exponent. */
const SQRT_HALF_BITS: usize = memory.data<i32>([0x3f3504f3]);
const EXPONENT_BITS: usize = memory.data<i32>([-0x800000]);
const LEAST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);
/** 2²³, and its exponent. */
const LIFT: usize = memory.data<f32>([8388608]);
const LIFT_EXPONENT: usize = memory.data<i32>([23]);

/** ln (x / 2^lift) for x positive, normal and finite. */
// @ts-ignore: decorator
@inline function logNormal(x: v128, lift: v128): v128 {
  // x = (1 + m) · 2^e with 1 + m in [√½, √2)
  const distance = i32x4.sub(x, held(SQRT_HALF_BITS));
  const m = sub(i32x4.sub(x, v128.and(distance, held(EXPONENT_BITS))), held(ONE));
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(distance, 23), lift));
  const z = mul(m, m);
  let y = mul(mul(polynomial(LOG, 8, m), m), z);
  y = add(y, mul(e, held(LN2_LOW)));
  y = sub(y, mul(z, held(HALF)));
  return add(add(m, y), mul(e, held(LN2_HIGH)));
}

/** The logarithm of x, which is y unless x is 0, negative, infinite or no number. */
// @ts-ignore: decorator
@inline function withLogEdges(x: v128, y: v128): v128 {
  const finite = pick(f32x4.lt(x, held(INFINITE)), y, x);
  return v128.or(pick(f32x4.eq(x, splat(0)), held(MINUS_INFINITE), finite), f32x4.lt(x, splat(0)));
}

/** ln x; within 2 ulp; −∞ at 0, NaN below. */
// @ts-ignore: decorator
@inline export function log4(x: v128): v128 {
  // Subnormal numbers are first made normal.
  const tiny = f32x4.lt(x, held(LEAST_NORMAL));
  return withLogEdges(x, logNormal(pick(tiny, mul(x, held(LIFT)), x), v128.and(tiny, held(LIFT_EXPONENT))));
}

/** ln u for u = 1 + x as rounded, and what rounding lost, to first order. */
// @ts-ignore: decorator
@inline function logOfSum(u: v128, x: v128): v128 {
  return add(logNormal(u, splat(0)), div(sub(x, sub(u, held(ONE))), u));
}

/** ln (1 + x); within 3 ulp. */
// @ts-ignore: decorator
@inline export function log1p4(x: v128): v128 {
  const u = add(held(ONE), x);
  return pick(f32x4.eq(x, splat(0)), x, withLogEdges(u, logOfSum(u, x)));
}

/** ln (1 + x) for x in [0, 1]. */
// @ts-ignore: decorator
@inline export function log1pUnit(x: v128): v128 {
  return logOfSum(add(held(ONE), x), x);
}

// --- activations ---

/** The polynomial of (tanh(x) / x − 1) / x² near 0, in x², and where that ends. */
const TANH: usize = memory.data<f32>([-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1]);
const TANH_NEAR: usize = memory.data<f32>([0.625]);
/** Where tanh x has long been 1, twice. */
const TANH_MOST: usize = memory.data<f32>([40]);

/** tanh x; within 2 ulp. */
// @ts-ignore: decorator
@inline export function tanh4(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = mul(x, x);
  const near = fma(mul(polynomial(TANH, 4, z), z), x, x);
  const e = expNormal(f32x4.pmin(add(magnitude, magnitude), held(TANH_MOST)));
  const far = sub(held(ONE), div(held(TWO), add(e, held(ONE))));
  return pick(f32x4.lt(magnitude, held(TANH_NEAR)), near, v128.or(far, v128.and(x, held(SIGN_BIT))));
}

/** 1 / (1 + e^−x); within 3 ulp on both sides. */
// @ts-ignore: decorator
@inline export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const numerator = pick(f32x4.lt(x, splat(0)), e, held(ONE));
  return div(numerator, add(held(ONE), e));
}

/** The polynomial of erf(x) / x for |x| < 1, in x². */
const ERF_NEAR: usize = memory.data<f32>([
  7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2, 1.128358514861418e-1,
  -3.761262582423300e-1, 1.128379165726710,
]);
/** Those of (1 − erf(x)) · x · e^(x²) for x < 2 and beyond, in 1 / x². */
const ERF_MIDDLE: usize = memory.data<f32>([
  2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1, 6.210004621745983e-1,
  -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1, 5.638259427386472e-1,
]);
const ERF_FAR: usize = memory.data<f32>([
  -1.047766399936249e1, 1.297719955372516e1, -7.495518717768503, 2.921019019210786, -1.015265279202700,
  4.218463358204948e-1, -2.820767439740514e-1, 5.641895067754075e-1,
]);
/** Where 1 − erf has long been too small to count, squared. */
const ERF_MOST: usize = memory.data<f32>([80]);

/** The error function; within 3 ulp. */
// @ts-ignore: decorator
@inline export function erf4(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = mul(x, x);
  const near = mul(x, polynomial(ERF_NEAR, 6, z));
  const q = div(held(ONE), magnitude);
  const y = mul(q, q);
  const tail = pick(f32x4.lt(magnitude, held(TWO)), polynomial(ERF_MIDDLE, 8, y), polynomial(ERF_FAR, 7, y));
  const rest = mul(mul(expNormal(f32x4.neg(f32x4.pmin(z, held(ERF_MOST)))), q), tail);
  const signed = v128.or(sub(held(ONE), rest), v128.and(x, held(SIGN_BIT)));
  return pick(f32x4.lt(magnitude, held(ONE)), near, signed);
}

// --- sine and cosine: in double precision, two lanes at a time ---

/** Beyond this the reduction by multiples of π/2 needs more than two pieces of π. */
const LARGE_ANGLE: usize = memory.data<f32>([1e5]);
const TWO_OVER_PI: usize = memory.data<f64>([6.36619772367581382433e-01]);
/** π/2 in two parts. */
const QUARTER_HIGH: usize = memory.data<f64>([1.57079631090164184570]);
const QUARTER_LOW: usize = memory.data<f64>([1.58932547735281966916e-8]);
/** 1.5 · 2⁵², as `ROUNDER`. */
const ROUNDER2: usize = memory.data<f64>([6755399441055744]);
const LOWEST_BIT: usize = memory.data<i64>([1]);
const SECOND_BIT: usize = memory.data<i64>([2]);
const SINE: usize = memory.data<f64>([2.7183114939898219064e-6, -1.98393348360966317347e-4, 8.33332938588946317560e-3, -1.66666666416265235595e-1]);
const COSINE: usize = memory.data<f64>([2.43904487962774090654e-5, -1.38867637746099294692e-3, 4.16666233237390631894e-2, -4.99999997251031003120e-1, 1]);

// @ts-ignore: decorator
@inline function held2(constant: usize): v128 { return v128.load64_splat(constant); }

// @ts-ignore: decorator
@inline function madd2(a: v128, b: v128, c: v128): v128 { return f64x2.add(f64x2.mul(a, b), c); }

// @ts-ignore: decorator
@inline function cubic2(table: usize, x: v128): v128 {
  const p = madd2(held2(table), x, held2(table + 8));
  return madd2(madd2(p, x, held2(table + 16)), x, held2(table + 24));
}

/** Sine (`shift` 0) or cosine (1) of two doubles. */
// @ts-ignore: decorator
@inline function sine2(x: v128, shift: i32): v128 {
  const quarters = madd2(x, held2(TWO_OVER_PI), held2(ROUNDER2));
  const n = f64x2.sub(quarters, held2(ROUNDER2));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, held2(QUARTER_HIGH))), f64x2.mul(n, held2(QUARTER_LOW)));
  const z = f64x2.mul(r, r);
  const s = madd2(f64x2.mul(cubic2(SINE, z), z), r, r);
  const c = madd2(cubic2(COSINE, z), z, held2(COSINE + 32));
  // The quadrant is in the lowest two bits.
  const quadrant = shift ? i64x2.add(quarters, held2(LOWEST_BIT)) : quarters;
  const odd = i64x2.eq(v128.and(quadrant, held2(LOWEST_BIT)), held2(LOWEST_BIT));
  const flip = i64x2.shl(v128.and(quadrant, held2(SECOND_BIT)), 62);
  return v128.xor(v128.bitselect(c, s, odd), flip);
}

// @ts-ignore: decorator
@inline function sineOrCosine(x: v128, shift: i32): v128 {
  const low = f32x4.demote_f64x2_zero(sine2(f64x2.promote_low_f32x4(x), shift));
  const high = f32x4.demote_f64x2_zero(sine2(promoteHigh(x), shift));
  const y = v128.shuffle<u32>(low, high, 0, 1, 4, 5);
  // −0 stays −0.
  return shift ? y : pick(f32x4.eq(x, splat(0)), x, y);
}

/** Calls a scalar function for each lane; for what is rare or has no vector form. */
export function eachLane(op: i32, x: v128): v128 {
  v128.store(LANES, x);
  for (let i: usize = 0; i < 16; i += 4) {
    const v = load<f32>(LANES + i);
    let y: f32;
    switch (op) {
      case 0: y = <f32>NativeMath.sin(v); break;
      case 1: y = <f32>NativeMath.cos(v); break;
      case 2: y = <f32>NativeMath.tan(v); break;
      case 3: y = <f32>NativeMath.asin(v); break;
      case 4: y = <f32>NativeMath.acos(v); break;
      default: y = <f32>NativeMath.atan(v);
    }
    store<f32>(LANES + i, y);
  }
  return v128.load(LANES);
}

/** Lanes that are too large take the scalar function's value, so that no lane's value depends on its neighbours. */
// @ts-ignore: decorator
@inline function withLarge(op: i32, x: v128, y: v128): v128 {
  const large = f32x4.gt(f32x4.abs(x), held(LARGE_ANGLE));
  return v128.any_true(large) ? pick(large, eachLane(op, x), y) : y;
}

/** sin x; within 1 ulp. */
// @ts-ignore: decorator
@inline export function sin4(x: v128): v128 {
  return withLarge(0, x, sineOrCosine(x, 0));
}

/** cos x; within 1 ulp. */
// @ts-ignore: decorator
@inline export function cos4(x: v128): v128 {
  return withLarge(1, x, sineOrCosine(x, 1));
}
