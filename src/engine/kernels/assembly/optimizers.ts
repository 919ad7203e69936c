// Optimizer updates in place, in PyTorch's order of operations, of all tensors in a table. Settings come in double
// precision and are rounded once, where PyTorch rounds them.
import { read, write } from "./lanes";
import { splat, add, mul, div, fma } from "./math";

// @ts-ignore: decorator
@inline function sgdStep(wide: bool, p: usize, g: usize, buffer: usize, sign: v128, decay: v128, momentum: v128, keep: v128, rate: v128, nesterov: bool, first: bool): void {
  const param = read(p, wide);
  let d = fma(decay, param, mul(sign, read(g, wide)));
  if (buffer) {
    const b = first ? d : fma(momentum, read(buffer, wide), mul(keep, d));
    write(buffer, b, wide);
    d = nesterov ? fma(momentum, b, d) : b;
  }
  write(p, fma(rate, d, param), wide);
}

function sgdTensor(p: usize, g: usize, bytes: usize, buffer: usize, sign: v128, decay: v128, momentum: v128, keep: v128, rate: v128, nesterov: bool, first: bool): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    sgdStep(true, p + i, g + i, buffer ? buffer + i : 0, sign, decay, momentum, keep, rate, nesterov, first);
  }
  for (; i < bytes; i += 4) {
    sgdStep(false, p + i, g + i, buffer ? buffer + i : 0, sign, decay, momentum, keep, rate, nesterov, first);
  }
}

export function sgd(table: usize, count: i32, lr: f64, momentum: f64, dampening: f64, weightDecay: f64, nesterov: i32, maximize: i32): void {
  const sign = splat(maximize ? -1 : 1), decay = splat(<f32>weightDecay), rate = splat(<f32>-lr);
  const vMomentum = splat(<f32>momentum), keep = splat(<f32>(1 - dampening));
  for (let i = 0; i < count; i++, table += 20) {
    sgdTensor(
      load<u32>(table), load<u32>(table, 4), <usize>load<u32>(table, 8) << 2, load<u32>(table, 12),
      sign, decay, vMomentum, keep, rate, nesterov != 0, load<i32>(table, 16) != 0,
    );
  }
}

// @ts-ignore: decorator
@inline function adamStep(wide: bool, p: usize, g: usize, m: usize, v: usize, maximum: usize, shrink: v128, sign: v128, decay: v128, b1: v128, c1: v128, b2: v128, c2: v128, root: v128, eps: v128, step: v128): void {
  const param = mul(read(p, wide), shrink);
  const d = fma(decay, param, mul(sign, read(g, wide)));
  const mean = fma(c1, d, mul(read(m, wide), b1));
  let square = fma(mul(c2, d), d, mul(read(v, wide), b2));
  write(m, mean, wide);
  write(v, square, wide);
  if (maximum) {
    square = f32x4.max(read(maximum, wide), square);
    write(maximum, square, wide);
  }
  const denominator = add(div(f32x4.sqrt(square), root), eps);
  write(p, fma(step, div(mean, denominator), param), wide);
}

function adamTensor(p: usize, g: usize, bytes: usize, m: usize, v: usize, maximum: usize, shrink: v128, sign: v128, decay: v128, b1: v128, c1: v128, b2: v128, c2: v128, root: v128, eps: v128, step: v128): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    adamStep(true, p + i, g + i, m + i, v + i, maximum ? maximum + i : 0, shrink, sign, decay, b1, c1, b2, c2, root, eps, step);
  }
  for (; i < bytes; i += 4) {
    adamStep(false, p + i, g + i, m + i, v + i, maximum ? maximum + i : 0, shrink, sign, decay, b1, c1, b2, c2, root, eps, step);
  }
}

export function adam(table: usize, count: i32, lr: f64, beta1: f64, beta2: f64, eps: f64, weightDecay: f64, decoupled: i32, maximize: i32): void {
  const sign = splat(maximize ? -1 : 1), e = splat(<f32>eps);
  const shrink = splat(decoupled ? <f32>(1 - lr * weightDecay) : 1), decay = splat(decoupled ? 0 : <f32>weightDecay);
  const b1 = splat(<f32>beta1), c1 = splat(<f32>(1 - beta1)), b2 = splat(<f32>beta2), c2 = splat(<f32>(1 - beta2));
  for (let i = 0; i < count; i++, table += 32) {
    adamTensor(
      load<u32>(table), load<u32>(table, 4), <usize>load<u32>(table, 8) << 2, load<u32>(table, 12), load<u32>(table, 16), load<u32>(table, 20),
      shrink, sign, decay, b1, c1, b2, c2, v128.load32_splat(table, 28), e, v128.load32_splat(table, 24),
    );
  }
}

/** x *= factor */
export function scale(x: usize, n: i32, factor: f32): void {
  const v = splat(factor);
  const bytes = <usize>n << 2;
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(x + i, mul(v128.load(x + i), v));
  for (; i < bytes; i += 4) store<f32>(x + i, load<f32>(x + i) * factor);
}
