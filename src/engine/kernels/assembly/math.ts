// Vectorised elementary functions, four lanes at a time. Polynomials after Moshier's Cephes library (public domain).

export const ONE: f32 = 1;

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
// a·b + c
// @ts-ignore: decorator
@inline export function fma(a: v128, b: v128, c: v128): v128 { return f32x4.add(f32x4.mul(a, b), c); }
// mask ? a : b
// @ts-ignore: decorator
@inline export function pick(mask: v128, a: v128, b: v128): v128 { return v128.bitselect(a, b, mask); }

// 2^n for whole n in [-126, 127]
// @ts-ignore: decorator
@inline function pow2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x; within 2 ulp, subnormal results included. */
export function exp4(x: v128): v128 {
  const n = f32x4.nearest(mul(x, splat(1.44269504088896341)));
  let r = sub(x, mul(n, splat(0.693359375)));
  r = sub(r, mul(n, splat(-2.12194440e-4)));
  let p = splat(1.9875691500e-4);
  p = fma(p, r, splat(1.3981999507e-3));
  p = fma(p, r, splat(8.3334519073e-3));
  p = fma(p, r, splat(4.1665795894e-2));
  p = fma(p, r, splat(1.6666665459e-1));
  p = fma(p, r, splat(5.0000001201e-1));
  p = add(fma(p, mul(r, r), r), splat(1));
  // In two factors, so that results below the smallest normal number come out right.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  let y = mul(mul(p, pow2(half)), pow2(i32x4.sub(whole, half)));
  y = pick(f32x4.gt(x, splat(88.7228394)), splat(f32.POSITIVE_INFINITY), y);
  return pick(f32x4.lt(x, splat(-103.972084)), splat(0), y);
}

/** ln x; within 2 ulp; −∞ at 0, NaN below. */
export function log4(x: v128): v128 {
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

/** tanh x; within 2 ulp. */
export function tanh4(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = mul(x, x);
  let p = splat(-5.70498872745e-3);
  p = fma(p, z, splat(2.06390887954e-2));
  p = fma(p, z, splat(-5.37397155531e-2));
  p = fma(p, z, splat(1.33314422036e-1));
  p = fma(p, z, splat(-3.33332819422e-1));
  const near = fma(mul(p, z), x, x);
  const far = sub(splat(1), div(splat(2), add(exp4(add(magnitude, magnitude)), splat(1))));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return pick(f32x4.lt(magnitude, splat(0.625)), near, pick(f32x4.eq(x, x), signed, x));
}

/** 1 / (1 + e^−x) */
// @ts-ignore: decorator
@inline export function sigmoid4(x: v128): v128 {
  return div(splat(1), add(splat(1), exp4(f32x4.neg(x))));
}

/** The error function, in double precision. */
export function erf1(value: f32): f32 {
  const x = <f64>value;
  const a = NativeMath.abs(x);
  if (a < 1) {
    const z = x * x;
    return <f32>(x * ((((((7.853861353153693e-5 * z - 8.010193625184903e-4) * z + 5.188327685732524e-3) * z -
      2.685381193529856e-2) * z + 1.128358514861418e-1) * z - 3.761262582423300e-1) * z + 1.128379165726710));
  }
  if (a > 6) return value > 0 ? 1 : value < 0 ? -1 : value;
  const q = 1 / a;
  const y = q * q;
  let p: f64;
  if (a < 2) {
    p = (((((((2.326819970068386e-2 * y - 1.387039388740657e-1) * y + 3.687424674597105e-1) * y - 5.824733027278666e-1) * y +
      6.210004621745983e-1) * y - 4.944515323274145e-1) * y + 3.404879937665872e-1) * y - 2.741127028184656e-1) * y + 5.638259427386472e-1;
  } else {
    p = ((((((-1.047766399936249e1 * y + 1.297719955372516e1) * y - 7.495518717768503) * y + 2.921019019210786) * y -
      1.015265279202700) * y + 4.218463358204948e-1) * y - 2.820767439740514e-1) * y + 5.641895067754075e-1;
  }
  const erfc = NativeMath.exp(-a * a) * q * p;
  return <f32>(x > 0 ? 1 - erfc : erfc - 1);
}
