// Optimizer updates in place, in PyTorch's order of operations.
import { splat, add, mul, div, fma } from "./math";

// @ts-ignore: decorator
@inline function lane(p: usize, i: usize): f32 { return load<f32>(p + i); }

export function sgd(p: usize, g: usize, buffer: usize, n: i32, lr: f32, momentum: f32, dampening: f32, weightDecay: f32, nesterov: i32, maximize: i32, first: i32): void {
  const sign: f32 = maximize ? -1 : 1;
  const bytes = <usize>n << 2;
  const whole = <usize>(n & ~3) << 2;
  const vSign = splat(sign), vDecay = splat(weightDecay), vMomentum = splat(momentum), vKeep = splat(1 - dampening), vLr = splat(-lr);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const param = v128.load(p + i);
    let d = fma(vDecay, param, mul(vSign, v128.load(g + i)));
    if (buffer) {
      const b = first ? d : fma(vMomentum, v128.load(buffer + i), mul(vKeep, d));
      v128.store(buffer + i, b);
      d = nesterov ? fma(vMomentum, b, d) : b;
    }
    v128.store(p + i, fma(vLr, d, param));
  }
  for (; i < bytes; i += 4) {
    const param = lane(p, i);
    let d = weightDecay * param + sign * lane(g, i);
    if (buffer) {
      const b = first ? d : momentum * lane(buffer, i) + (1 - dampening) * d;
      store<f32>(buffer + i, b);
      d = nesterov ? momentum * b + d : b;
    }
    store<f32>(p + i, -lr * d + param);
  }
}

export function adam(p: usize, g: usize, m: usize, v: usize, maximum: usize, n: i32, lr: f64, beta1: f64, beta2: f64, eps: f64, weightDecay: f64, correction1: f64, correction2: f64, decoupled: i32, maximize: i32): void {
  const bytes = <usize>n << 2;
  const whole = <usize>(n & ~3) << 2;
  const sign: f32 = maximize ? -1 : 1;
  const shrink: f32 = decoupled ? <f32>(1 - lr * weightDecay) : 1;
  const decay: f32 = decoupled ? 0 : <f32>weightDecay;
  const step = <f32>-(lr / correction1);
  const root = <f32>NativeMath.sqrt(correction2);
  const b1 = <f32>beta1, c1 = <f32>(1 - beta1), b2 = <f32>beta2, c2 = <f32>(1 - beta2), e = <f32>eps;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const param = mul(v128.load(p + i), splat(shrink));
    const d = fma(splat(decay), param, mul(splat(sign), v128.load(g + i)));
    const mean = fma(splat(c1), d, mul(v128.load(m + i), splat(b1)));
    let square = fma(mul(splat(c2), d), d, mul(v128.load(v + i), splat(b2)));
    v128.store(m + i, mean);
    v128.store(v + i, square);
    if (maximum) {
      square = f32x4.max(v128.load(maximum + i), square);
      v128.store(maximum + i, square);
    }
    const denominator = add(div(f32x4.sqrt(square), splat(root)), splat(e));
    v128.store(p + i, fma(splat(step), div(mean, denominator), param));
  }
  for (; i < bytes; i += 4) {
    const param = lane(p, i) * shrink;
    const d = decay * param + sign * lane(g, i);
    const mean = c1 * d + lane(m, i) * b1;
    let square = c2 * d * d + lane(v, i) * b2;
    store<f32>(m + i, mean);
    store<f32>(v + i, square);
    if (maximum) {
      square = max<f32>(lane(maximum, i), square);
      store<f32>(maximum + i, square);
    }
    const denominator = NativeMathf.sqrt(square) / root + e;
    store<f32>(p + i, step * (mean / denominator) + param);
  }
}

