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

/**
 * Constant `i` of a table in memory. V8 makes a constant in the code anew at each use, which takes three times as long as
 * reading it.
 */
// @ts-ignore: decorator
@inline function constant(table: usize, i: usize): v128 { return v128.load32_splat(table + (i << 2)); }

/** 0 to 5: the polynomial of e^r. 6: 1 / ln 2; 7, 8: ln 2 in two parts. 9: below it e^x is 0; 10: above it ∞. */
const EXP: usize = memory.data<f32>([
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  1.44269504088896341, 0.693359375, -2.12194440e-4, -103.972084, 88.7228394,
]);
/** 0 to 4: the polynomial of tanh near 0. 5: where that ends. */
const TANH: usize = memory.data<f32>([-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1, 0.625]);
/** What an exponent is stored with added to it, and the sign. */
const BITS: usize = memory.data<i32>([127, -2147483648]);
/** 1 and 2. */
const WHOLE: usize = memory.data<f32>([1, 2]);

/** 2^n for whole n in [-126, 127] */
// @ts-ignore: decorator
@inline function pow2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, constant(BITS, 0)), 23);
}

/** (e^r − 1 − r) / r² for |r| ≤ ½ ln 2 */
// @ts-ignore: decorator
@inline function expTail(r: v128): v128 {
  let p = fma(constant(EXP, 0), r, constant(EXP, 1));
  p = fma(p, r, constant(EXP, 2));
  p = fma(p, r, constant(EXP, 3));
  p = fma(p, r, constant(EXP, 4));
  return fma(p, r, constant(EXP, 5));
}

// @ts-ignore: decorator
@inline function reduceByLn2(x: v128, n: v128): v128 {
  return sub(sub(x, mul(n, constant(EXP, 7))), mul(n, constant(EXP, 8)));
}

/** e^x; within 2 ulp, subnormal results included. */
// @ts-ignore: decorator
@inline export function exp4(x: v128): v128 {
  // Lanes whose result is 0 compute e^0 instead, because products that underflow are slow on some processors.
  const vanishes = f32x4.lt(x, constant(EXP, 9));
  const bounded = v128.andnot(x, vanishes);
  const n = f32x4.nearest(mul(bounded, constant(EXP, 6)));
  const r = reduceByLn2(bounded, n);
  const p = add(fma(expTail(r), mul(r, r), r), constant(WHOLE, 0));
  // In two factors, so that results below the smallest normal number come out right.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const y = mul(mul(p, pow2(half)), pow2(i32x4.sub(whole, half)));
  return v128.andnot(pick(f32x4.gt(x, constant(EXP, 10)), splat(f32.POSITIVE_INFINITY), y), vanishes);
}

/** The same, out of line. */
export function exp4Call(x: v128): v128 {
  return exp4(x);
}

export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4Call(splat(x)), 0);
}

/** e^x − 1; within 3 ulp. */
// @ts-ignore: decorator
@inline export function expm1x4(x: v128): v128 {
  const bounded = f32x4.max(x, splat(-32));
  const n = f32x4.min(f32x4.nearest(mul(bounded, splat(1.44269504088896341))), splat(126));
  const r = reduceByLn2(bounded, n);
  const scale = pow2(i32x4.trunc_sat_f32x4_s(n));
  const near = add(mul(scale, fma(expTail(r), mul(r, r), r)), sub(scale, splat(1)));
  // −0 and NaN come back as they are.
  return pick(f32x4.gt(x, splat(64)), exp4Call(x), pick(f32x4.eq(x, splat(0)), x, near));
}

/** ln x; within 2 ulp; −∞ at 0, NaN below. */
// @ts-ignore: decorator
@inline export function log4(x: v128): v128 {
  // Subnormal numbers are first made normal.
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = pick(tiny, mul(x, splat(8388608)), x);
  let e = i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126));
  e = i32x4.sub(e, v128.and(tiny, i32x4.splat(23)));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, splat(0.707106781186547524));
  e = i32x4.add(e, low);
  m = sub(add(m, v128.and(low, m)), splat(1));
  const z = mul(m, m);
  let p = splat(7.0376836292e-2);
  p = fma(p, m, splat(-1.1514610310e-1));
  p = fma(p, m, splat(1.1676998740e-1));
  p = fma(p, m, splat(-1.2420140846e-1));
  p = fma(p, m, splat(1.4249322787e-1));
  p = fma(p, m, splat(-1.6668057665e-1));
  p = fma(p, m, splat(2.0000714765e-1));
  p = fma(p, m, splat(-2.4999993993e-1));
  p = fma(p, m, splat(3.3333331174e-1));
  const ef = f32x4.convert_i32x4_s(e);
  let y = mul(mul(p, m), z);
  y = add(y, mul(ef, splat(-2.12194440e-4)));
  y = sub(y, mul(z, splat(0.5)));
  y = add(add(m, y), mul(ef, splat(0.693359375)));
  y = pick(f32x4.eq(x, splat(f32.POSITIVE_INFINITY)), x, y);
  y = pick(f32x4.eq(x, splat(0)), splat(f32.NEGATIVE_INFINITY), y);
  return pick(f32x4.ge(x, splat(0)), y, splat(f32.NaN));
}

/** ln (1 + x); within 3 ulp. */
// @ts-ignore: decorator
@inline export function log1p4(x: v128): v128 {
  const u = add(splat(1), x);
  const y = log4(u);
  // What rounding 1 + x lost, to first order. Where nothing is left of 1 or x that is no number or not needed.
  const lost = div(sub(x, sub(u, splat(1))), u);
  const usable = v128.and(f32x4.gt(u, splat(0)), f32x4.lt(u, splat(1e30)));
  return pick(f32x4.eq(x, splat(0)), x, pick(usable, add(y, lost), y));
}

/** tanh x; within 2 ulp. */
// @ts-ignore: decorator
@inline export function tanh4(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = mul(x, x);
  let p = fma(constant(TANH, 0), z, constant(TANH, 1));
  p = fma(p, z, constant(TANH, 2));
  p = fma(p, z, constant(TANH, 3));
  p = fma(p, z, constant(TANH, 4));
  const near = fma(mul(p, z), x, x);
  const far = sub(constant(WHOLE, 0), div(constant(WHOLE, 1), add(exp4(add(magnitude, magnitude)), constant(WHOLE, 0))));
  const signed = v128.or(far, v128.and(x, constant(BITS, 1)));
  return pick(f32x4.lt(magnitude, constant(TANH, 5)), near, pick(f32x4.eq(x, x), signed, x));
}

/** 1 / (1 + e^−x); within 3 ulp on both sides. */
// @ts-ignore: decorator
@inline export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const numerator = pick(f32x4.lt(x, splat(0)), e, constant(WHOLE, 0));
  return div(numerator, add(constant(WHOLE, 0), e));
}

/** The error function; within 3 ulp. */
// @ts-ignore: decorator
@inline export function erf4(x: v128): v128 {
  const a = f32x4.abs(x);
  const z = mul(x, x);
  let p = splat(7.853861353153693e-5);
  p = fma(p, z, splat(-8.010193625184903e-4));
  p = fma(p, z, splat(5.188327685732524e-3));
  p = fma(p, z, splat(-2.685381193529856e-2));
  p = fma(p, z, splat(1.128358514861418e-1));
  p = fma(p, z, splat(-3.761262582423300e-1));
  p = fma(p, z, splat(1.128379165726710));
  const near = mul(x, p);
  // 1 − erf = e^(−x²) / |x| · polynomial in 1 / x²
  const q = div(splat(1), a);
  const y = mul(q, q);
  let middle = splat(2.326819970068386e-2);
  middle = fma(middle, y, splat(-1.387039388740657e-1));
  middle = fma(middle, y, splat(3.687424674597105e-1));
  middle = fma(middle, y, splat(-5.824733027278666e-1));
  middle = fma(middle, y, splat(6.210004621745983e-1));
  middle = fma(middle, y, splat(-4.944515323274145e-1));
  middle = fma(middle, y, splat(3.404879937665872e-1));
  middle = fma(middle, y, splat(-2.741127028184656e-1));
  middle = fma(middle, y, splat(5.638259427386472e-1));
  let far = splat(-1.047766399936249e1);
  far = fma(far, y, splat(1.297719955372516e1));
  far = fma(far, y, splat(-7.495518717768503));
  far = fma(far, y, splat(2.921019019210786));
  far = fma(far, y, splat(-1.015265279202700));
  far = fma(far, y, splat(4.218463358204948e-1));
  far = fma(far, y, splat(-2.820767439740514e-1));
  far = fma(far, y, splat(5.641895067754075e-1));
  const rest = mul(mul(exp4(f32x4.neg(z)), q), pick(f32x4.lt(a, splat(2)), middle, far));
  const signed = v128.or(sub(splat(1), rest), v128.and(x, i32x4.splat(0x80000000)));
  return pick(f32x4.lt(a, splat(1)), near, pick(f32x4.eq(x, x), signed, x));
}

// --- sine and cosine: in double precision, two lanes at a time ---

/** Beyond this the reduction by multiples of π/2 needs more than two pieces of π. */
const LARGE_ANGLE: f32 = 1e5;

// @ts-ignore: decorator
@inline function d2(x: f64): v128 { return f64x2.splat(x); }

// @ts-ignore: decorator
@inline function madd2(a: v128, b: v128, c: v128): v128 { return f64x2.add(f64x2.mul(a, b), c); }

/** Sine (`shift` 0) or cosine (1) of two doubles. */
// @ts-ignore: decorator
@inline function sine2(x: v128, shift: i32): v128 {
  const n = f64x2.nearest(f64x2.mul(x, d2(6.36619772367581382433e-01)));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, d2(1.57079631090164184570))), f64x2.mul(n, d2(1.58932547735281966916e-8)));
  const z = f64x2.mul(r, r);
  let s = madd2(d2(2.7183114939898219064e-6), z, d2(-1.98393348360966317347e-4));
  s = madd2(s, z, d2(8.33332938588946317560e-3));
  s = madd2(s, z, d2(-1.66666666416265235595e-1));
  s = madd2(f64x2.mul(s, z), r, r);
  let c = madd2(d2(2.43904487962774090654e-5), z, d2(-1.38867637746099294692e-3));
  c = madd2(c, z, d2(4.16666233237390631894e-2));
  c = madd2(c, z, d2(-4.99999997251031003120e-1));
  c = madd2(c, z, d2(1));
  // The quadrant, in the lower half of each lane.
  const whole = i32x4.add(i32x4.trunc_sat_f64x2_s_zero(n), i32x4.splat(shift));
  const quadrant = v128.shuffle<u32>(whole, whole, 0, 0, 1, 1);
  const odd = i32x4.ne(v128.and(quadrant, i32x4.splat(1)), i32x4.splat(0));
  const flip = i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62);
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
  const large = f32x4.gt(f32x4.abs(x), splat(LARGE_ANGLE));
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
