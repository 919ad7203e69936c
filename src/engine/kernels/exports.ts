/**
 * What the WebAssembly module offers. Pointers are byte offsets in linear memory; counts are elements; values are
 * float32 unless a name says otherwise. Outputs may be the same memory as an input of the same layout, never overlap
 * it partly.
 */

/** `unary(op, …)`. α and β are the parameters of those that have any. */
export const Unary = {
  neg: 0, abs: 1, exp: 2, log: 3, sqrt: 4, rsqrt: 5, reciprocal: 6, square: 7, sin: 8, cos: 9, tanh: 10, sigmoid: 11,
  relu: 12, erf: 13, gelu: 14, geluTanh: 15, silu: 16, softplus: 17, leakyRelu: 18, elu: 19, floor: 20, ceil: 21,
  round: 22, trunc: 23, sign: 24, log1p: 25, expm1: 26, clamp: 27,
} as const;
export type UnaryOp = (typeof Unary)[keyof typeof Unary];

/** `binary(op, …)` and its layouts. */
export const Binary = { add: 0, sub: 1, mul: 2, div: 3, pow: 4, maximum: 5, minimum: 6, fmod: 7, remainder: 8, atan2: 9 } as const;
export type BinaryOp = (typeof Binary)[keyof typeof Binary];

/** `reduce(op, …)` */
export const Reduce = { sum: 0, prod: 1, max: 2, min: 3 } as const;
export type ReduceOp = (typeof Reduce)[keyof typeof Reduce];

type I = number;
type F = number;

export interface Kernels {
  /** First byte that the module's own data leaves free. */
  readonly heapBase: WebAssembly.Global;

  // --- matrix products
  /**
   * C[M,N] = A[M,K] · B[K,N] (plus C if `accumulate`), strides in elements; rows of C are `ldc` elements apart.
   * `work`: `sgemmWorkBytes()` bytes, 64-byte aligned.
   */
  sgemm(m: I, n: I, k: I, a: I, rsa: I, csa: I, b: I, rsb: I, csb: I, c: I, ldc: I, accumulate: I, work: I): void;
  sgemmWorkBytes(): number;
  /** x[rows,cols] += bias[cols] */
  addRowBias(x: I, bias: I, rows: I, cols: I): void;

  // --- elementwise
  unary(op: UnaryOp, x: I, out: I, n: I, alpha: F, beta: F): void;
  /** out = gradient · derivative; `saved` is the input or, for exp sqrt rsqrt reciprocal tanh sigmoid relu elu, the output. */
  unaryBackward(op: UnaryOp, gradient: I, saved: I, out: I, n: I, alpha: F, beta: F): void;
  /** out[i] = a[i·sa] op b[i·sb] with sa, sb ∈ {0, 1}; for add and sub b is first multiplied by `alpha`. */
  binary(op: BinaryOp, a: I, sa: I, b: I, sb: I, out: I, n: I, alpha: F): void;
  /** Rows of `a` [rows,cols] with one row `b` [cols]; `swapped`: b op a. */
  binaryRow(op: BinaryOp, a: I, b: I, out: I, rows: I, cols: I, swapped: I, alpha: F): void;
  /** Rows of `a` [rows,cols] each with one value of `b` [rows]. */
  binaryColumn(op: BinaryOp, a: I, b: I, out: I, rows: I, cols: I, swapped: I, alpha: F): void;
  fill(out: I, value: F, n: I): void;
  /** out += alpha · x */
  axpy(out: I, x: I, n: I, alpha: F): void;
  /** Copies a strided window of 4-byte elements to dense memory. `meta`: `rank` sizes, then `rank` strides (i32). */
  gather4(out: I, x: I, rank: I, meta: I): void;
  /** The reverse: dense memory into a strided window. */
  scatter4(out: I, x: I, rank: I, meta: I): void;

  // --- reductions over the middle of [outer, n, inner]
  reduce(op: ReduceOp, x: I, out: I, outer: I, n: I, inner: I): void;
  /** Variance and mean; `correction` is subtracted from n in the divisor. */
  variance(x: I, outVariance: I, outMean: I, outer: I, n: I, inner: I, correction: F): void;
  /** Largest (`sign` 1) or smallest (−1) values and their first positions (i32); NaN wins. */
  argReduce(sign: I, x: I, outValues: I, outIndices: I, outer: I, n: I, inner: I): void;
  cumsum(x: I, out: I, outer: I, n: I, inner: I): void;
  /** Σ x² in double precision. */
  sumOfSquares(x: I, n: I): number;

  // --- softmax over the middle of [outer, n, inner]
  softmax(x: I, out: I, outer: I, n: I, inner: I): void;
  logSoftmax(x: I, out: I, outer: I, n: I, inner: I): void;
  softmaxBackward(gradient: I, output: I, out: I, outer: I, n: I, inner: I): void;
  logSoftmaxBackward(gradient: I, output: I, out: I, outer: I, n: I, inner: I): void;

  // --- normalisation over [n, channels, length]
  /** Means and inverse standard deviations of each channel (biased variance). */
  batchNormStatistics(x: I, mean: I, inverseStd: I, n: I, channels: I, length: I, eps: F): void;
  /** out = (x − mean)·inverseStd·weight + bias; `weight` and `bias` may be 0 (absent). */
  batchNormApply(x: I, mean: I, inverseStd: I, weight: I, bias: I, out: I, n: I, channels: I, length: I): void;
  /** Gradients; `training` says whether mean and inverseStd depend on x. Outputs that aren't wanted are 0. */
  batchNormBackward(gradient: I, x: I, mean: I, inverseStd: I, weight: I, outX: I, outWeight: I, outBias: I, n: I, channels: I, length: I, training: I): void;
  /** Each row on its own: out = (x − mean)·inverseStd·weight + bias. */
  layerNorm(x: I, weight: I, bias: I, out: I, mean: I, inverseStd: I, rows: I, cols: I, eps: F): void;
  layerNormBackward(gradient: I, x: I, mean: I, inverseStd: I, weight: I, outX: I, outWeight: I, outBias: I, rows: I, cols: I): void;

  // --- convolution and pooling, one image at a time: [channels, height, width]
  /** out[c·kh·kw, oh·ow]: the patches of one image. */
  im2col(x: I, out: I, channels: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I): void;
  /** The reverse, adding into `out`. */
  col2im(columns: I, out: I, channels: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I): void;
  /** Largest value of each window and its position within its plane (i32). */
  maxPool2d(x: I, out: I, indices: I, planes: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I): void;
  /** out[plane, indices] += gradient; `out` [planes, size] is cleared first. */
  maxPool2dBackward(gradient: I, indices: I, out: I, planes: I, outSize: I, size: I): void;

  // --- optimizers, in place
  /** `first`: the momentum buffer is new. `momentumBuffer` may be 0. */
  sgd(p: I, g: I, momentumBuffer: I, n: I, lr: F, momentum: F, dampening: F, weightDecay: F, nesterov: I, maximize: I, first: I): void;
  /** Adam, and with `decoupled` AdamW. `correction1` = 1 − β₁ᵗ, `correction2` = 1 − β₂ᵗ; `maximum` (AMSGrad) may be 0. */
  adam(p: I, g: I, m: I, v: I, maximum: I, n: I, lr: F, beta1: F, beta2: F, eps: F, weightDecay: F, correction1: F, correction2: F, decoupled: I, maximize: I): void;

  // --- observation
  /** Eight doubles at `out`: finite count, mean, sample standard deviation, min, max, zeros, NaNs, infinities. */
  statistics(x: I, n: I, out: I): void;
  /** Equal-width bins over [low, high], the last closed; counts are i32; values that aren't finite are left out. */
  histogram(x: I, n: I, low: F, high: F, bins: I, out: I): void;
}
