// Losses of pairs (prediction, target), element by element: 0 mse, 1 l1, 2 bce, 3 bceWithLogits, 4 smoothL1, 5 huber.
import { TAIL_A, TAIL_B, TAIL_G, TAIL_OUT } from "./scratch";
import { copyFew } from "./lanes";
import { splat, add, sub, mul, div, fma, pick, held, HALF, ONE, MINUS_ONE, log4, log1p4, log1pUnit, exp4, positivePart, sigmoid4 } from "./math";

/** The least that a logarithm counts in bce, and the least slope it is divided by, as in PyTorch. */
const LOG_LEAST: usize = memory.data<f32>([-100]);
const SLOPE_LEAST: usize = memory.data<f32>([1e-12]);

// @ts-ignore: decorator
@inline function lossOf(op: i32, x: v128, y: v128, a: v128): v128 {
  const d = sub(x, y);
  if (op == 0) return mul(d, d);
  if (op == 1) return f32x4.abs(d);
  if (op == 2) {
    const floor = held(LOG_LEAST);
    const hit = f32x4.max(log4(x), floor), miss = f32x4.max(log1p4(f32x4.neg(x)), floor);
    return sub(mul(sub(y, held(ONE)), miss), mul(y, hit));
  }
  if (op == 3) {
    // (1 − y)·x + max(−x, 0) + ln(1 + e^−|x|)
    const tail = log1pUnit(exp4(f32x4.neg(f32x4.abs(x))));
    return add(fma(sub(held(ONE), y), x, positivePart(f32x4.neg(x))), tail);
  }
  const z = f32x4.abs(d), half = held(HALF);
  if (op == 4) return pick(f32x4.lt(z, a), div(mul(mul(half, z), z), a), sub(z, mul(half, a)));
  return pick(f32x4.le(z, a), mul(mul(half, z), z), mul(a, sub(z, mul(half, a))));
}

// @ts-ignore: decorator
@inline function slopeOf(op: i32, x: v128, y: v128, a: v128): v128 {
  const d = sub(x, y), one = held(ONE);
  if (op == 0) return add(d, d);
  const sign = v128.and(pick(f32x4.gt(d, splat(0)), one, held(MINUS_ONE)), f32x4.ne(d, splat(0)));
  if (op == 1) return sign;
  if (op == 2) return div(d, f32x4.max(mul(sub(one, x), x), held(SLOPE_LEAST)));
  if (op == 3) return sub(sigmoid4(x), y);
  const z = f32x4.abs(d);
  if (op == 4) return pick(f32x4.lt(z, a), div(d, a), sign);
  return pick(f32x4.le(z, a), d, mul(sign, a));
}

// @ts-ignore: decorator
@inline function losses(op: i32, x: usize, y: usize, out: usize, bytes: usize, alpha: f32): void {
  const a = splat(alpha);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, lossOf(op, v128.load(x + i), v128.load(y + i), a));
}

function lossVectors(op: i32, x: usize, y: usize, out: usize, bytes: usize, alpha: f32): void {
  switch (op) {
    case 0: losses(0, x, y, out, bytes, alpha); break;
    case 1: losses(1, x, y, out, bytes, alpha); break;
    case 2: losses(2, x, y, out, bytes, alpha); break;
    case 3: losses(3, x, y, out, bytes, alpha); break;
    case 4: losses(4, x, y, out, bytes, alpha); break;
    case 5: losses(5, x, y, out, bytes, alpha); break;
    default: unreachable();
  }
}

export function pairLoss(op: i32, x: usize, y: usize, out: usize, n: i32, alpha: f32): void {
  const whole = <usize>(n & ~3) << 2;
  lossVectors(op, x, y, out, whole, alpha);
  const left = n & 3;
  if (!left) return;
  copyFew(TAIL_A, x + whole, left);
  copyFew(TAIL_B, y + whole, left);
  lossVectors(op, TAIL_A, TAIL_B, TAIL_OUT, 16, alpha);
  copyFew(out + whole, TAIL_OUT, left);
}

// @ts-ignore: decorator
@inline function slopes(op: i32, g: usize, stepG: usize, x: usize, y: usize, out: usize, bytes: usize, scale: f32, alpha: f32): void {
  const a = splat(alpha), s = splat(scale);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(out + i, mul(mul(v128.load(g), s), slopeOf(op, v128.load(x + i), v128.load(y + i), a)));
    g += stepG;
  }
}

function slopeVectors(op: i32, g: usize, stepG: usize, x: usize, y: usize, out: usize, bytes: usize, scale: f32, alpha: f32): void {
  switch (op) {
    case 0: slopes(0, g, stepG, x, y, out, bytes, scale, alpha); break;
    case 1: slopes(1, g, stepG, x, y, out, bytes, scale, alpha); break;
    case 2: slopes(2, g, stepG, x, y, out, bytes, scale, alpha); break;
    case 3: slopes(3, g, stepG, x, y, out, bytes, scale, alpha); break;
    case 4: slopes(4, g, stepG, x, y, out, bytes, scale, alpha); break;
    case 5: slopes(5, g, stepG, x, y, out, bytes, scale, alpha); break;
    default: unreachable();
  }
}

/** Gradient with respect to the prediction; `stepG` 0: one upstream gradient for all, which `scale` multiplies. */
export function pairLossBackward(op: i32, g: usize, stepG: i32, x: usize, y: usize, out: usize, n: i32, scale: f32, alpha: f32): void {
  if (n == 0) return;
  const whole = <usize>(n & ~3) << 2;
  const left = n & 3;
  const step: usize = stepG ? 16 : 0;
  if (stepG) {
    if (left) copyFew(TAIL_G, g + whole, left);
  } else {
    v128.store(TAIL_G, v128.load32_splat(g));
    g = TAIL_G;
  }
  slopeVectors(op, g, step, x, y, out, whole, scale, alpha);
  if (!left) return;
  copyFew(TAIL_A, x + whole, left);
  copyFew(TAIL_B, y + whole, left);
  slopeVectors(op, TAIL_G, step, TAIL_A, TAIL_B, TAIL_OUT, 16, scale, alpha);
  copyFew(out + whole, TAIL_OUT, left);
}
