/**
 * What the WebAssembly module offers. Pointers are byte offsets in linear memory; counts are elements; values are
 * float32 unless a name says otherwise. Pointers need the alignment of their elements only, and no kernel reads or writes
 * beyond its operands. Outputs may be the same memory as an input of the same layout, never overlap it partly.
 */

/**
 * `unary(op, …)`. Parameters: softplus (β, threshold), leakyRelu (slope), elu (α), clamp (least, greatest).
 * exp, log, tanh and sigmoid are within 2 ulp of the exact value, erf, log1p and expm1 within 3; `round` goes to even.
 */
// oxfmt-ignore
export const Unary = {
  neg: 0, abs: 1, exp: 2, log: 3, sqrt: 4, rsqrt: 5, reciprocal: 6, square: 7, sin: 8, cos: 9, tanh: 10, sigmoid: 11,
  relu: 12, erf: 13, gelu: 14, geluTanh: 15, silu: 16, softplus: 17, leakyRelu: 18, elu: 19, floor: 20, ceil: 21,
  round: 22, trunc: 23, sign: 24, log1p: 25, expm1: 26, clamp: 27, logSigmoid: 28, mish: 29, hardswish: 30, hardsigmoid: 31,
  tan: 32, asin: 33, acos: 34, atan: 35, log2: 36, log10: 37, exp2: 38,
} as const;
export type UnaryOp = (typeof Unary)[keyof typeof Unary];

/** `binary(op, …)` and its layouts. */
export const Binary = { add: 0, sub: 1, mul: 2, div: 3, pow: 4, maximum: 5, minimum: 6, fmod: 7, remainder: 8, atan2: 9 } as const;
export type BinaryOp = (typeof Binary)[keyof typeof Binary];

/** `compare(op, …)`; comparisons with NaN are false but for `ne`. */
export const Compare = { eq: 0, ne: 1, lt: 2, le: 3, gt: 4, ge: 5 } as const;
/** The same for int32 operands. */
export const CompareI32 = { eq: 6, ne: 7, lt: 8, le: 9, gt: 10, ge: 11 } as const;
export type CompareOp = (typeof Compare | typeof CompareI32)[keyof typeof Compare];

/** `bits(op, …)` */
export const Bits = { and: 0, or: 1, xor: 2 } as const;
export type BitsOp = (typeof Bits)[keyof typeof Bits];

/** `reduce(op, …)`; a NaN wins over any maximum and minimum. `reduceI32` has no mean. */
export const Reduce = { sum: 0, prod: 1, max: 2, min: 3, mean: 4 } as const;
export type ReduceOp = (typeof Reduce)[keyof typeof Reduce];

/** `reduceBytes(op, …)`: any and all give bytes, count gives int32. */
export const ReduceBytes = { any: 0, all: 1, count: 2 } as const;
export type ReduceBytesOp = (typeof ReduceBytes)[keyof typeof ReduceBytes];

/** Element types of `convert`. */
export const Element = { float32: 0, int32: 1, uint8: 2, bool: 3 } as const;
export type ElementCode = (typeof Element)[keyof typeof Element];

/** `pairLoss(op, …)`; the parameter of smoothL1 is β, that of huber δ. */
export const PairLoss = { mse: 0, l1: 1, bce: 2, bceWithLogits: 3, smoothL1: 4, huber: 5 } as const;
export type PairLossOp = (typeof PairLoss)[keyof typeof PairLoss];

type I = number;
type F = number;

// oxfmt-ignore
export interface Kernels {
  /** First byte that the module's own data leaves free. */
  readonly heapBase: WebAssembly.Global;
  /** Bytes that each module's instance needs for its own small buffers (`placeScratch`). */
  readonly scratchBytes: WebAssembly.Global;

  // --- matrix products; strides in elements, any of them
  /**
   * C[M,N] = A[M,K] · B[K,N] (plus C if `accumulate`); rows of C are `ldc` elements apart. C overlaps neither A nor B.
   * `work`: `sgemmWorkBytes()` bytes, 16-byte aligned.
   */
  sgemm(m: I, n: I, k: I, a: I, rsa: I, csa: I, b: I, rsb: I, csb: I, c: I, ldc: I, accumulate: I, work: I): void;
  /** `batch` products; operands of the next lie `strideA`, `strideB` (0: the same again) and `strideC` elements on. */
  sgemmBatched(batch: I, strideA: I, strideB: I, strideC: I, m: I, n: I, k: I, a: I, rsa: I, csa: I, b: I, rsb: I, csb: I, c: I, ldc: I, accumulate: I, work: I): void;
  sgemmWorkBytes(): number;
  /** x[rows,cols] += bias[cols] */
  addRowBias(x: I, bias: I, rows: I, cols: I): void;

  // --- elementwise
  unary(op: UnaryOp, x: I, out: I, n: I, alpha: F, beta: F): void;
  /**
   * out = gradient · derivative; `saved` is the input or, for exp sqrt rsqrt reciprocal tanh sigmoid relu expm1 tan
   * exp2, the output. There is none for floor ceil round trunc sign.
   */
  unaryBackward(op: UnaryOp, gradient: I, saved: I, out: I, n: I, alpha: F, beta: F): void;
  /** out[i] = a[i·sa] op b[i·sb] with sa, sb ∈ {0, 1}; for add and sub b is first multiplied by `alpha`. */
  binary(op: BinaryOp, a: I, sa: I, b: I, sb: I, out: I, n: I, alpha: F): void;
  /** Rows of `a` [rows,cols] with one row `b` [cols]; `swapped`: b op a. */
  binaryRow(op: BinaryOp, a: I, b: I, out: I, rows: I, cols: I, swapped: I, alpha: F): void;
  /** Rows of `a` [rows,cols] each with one value of `b` [rows]. */
  binaryColumn(op: BinaryOp, a: I, b: I, out: I, rows: I, cols: I, swapped: I, alpha: F): void;
  /** Any layouts, dense result. `meta` (i32): `rank` ≤ 16 sizes, then the strides of a, then of b (0 repeats). */
  binaryStrided(op: BinaryOp, a: I, b: I, out: I, rank: I, meta: I, alpha: F): void;
  /** As `binary`, giving one byte (0 or 1) each. */
  compare(op: CompareOp, a: I, sa: I, b: I, sb: I, out: I, n: I): void;
  /** As `binaryStrided`, giving bytes. */
  compareStrided(op: CompareOp, a: I, b: I, out: I, rank: I, meta: I): void;
  /** out = a op b for `n` bytes, whatever elements they make up. */
  bits(op: BitsOp, a: I, b: I, out: I, n: I): void;
  /** out = condition byte ? a : b, for any elements of four bytes; sa, sb ∈ {0, 1}. */
  where(condition: I, a: I, sa: I, b: I, sb: I, out: I, n: I): void;
  /** `meta` (i32): sizes, then the strides of the condition (bytes are its elements), of a and of b. */
  whereStrided(condition: I, a: I, b: I, out: I, rank: I, meta: I): void;
  /** out = mask byte ? value : x */
  maskedFill(x: I, mask: I, out: I, n: I, value: F): void;
  /** out = a + weight · (b − a) */
  lerp(a: I, b: I, out: I, n: I, weight: F): void;
  /** out = x · (mask byte ? scale : 0); its backward form is the same on the gradient. */
  dropout(x: I, mask: I, out: I, n: I, scale: F): void;
  /** out += alpha · x */
  axpy(out: I, x: I, n: I, alpha: F): void;
  /** x *= factor */
  scale(x: I, n: I, factor: F): void;

  // --- copies and conversions
  fill(out: I, value: F, n: I): void;
  fillI32(out: I, value: I, n: I): void;
  /** Copies a strided window of 4-byte elements to dense memory. `meta` (i32): `rank` ≤ 16 sizes, then `rank` strides. */
  gather4(out: I, x: I, rank: I, meta: I): void;
  gather1(out: I, x: I, rank: I, meta: I): void;
  /** The reverse: dense memory into a strided window. */
  scatter4(out: I, x: I, rank: I, meta: I): void;
  scatter1(out: I, x: I, rank: I, meta: I): void;
  /** Floats to integers: towards zero, int32 saturated (NaN gives 0), uint8 its lowest byte; to bool: not zero. */
  convert(from: ElementCode, to: ElementCode, x: I, out: I, n: I): void;

  // --- by index (i32). Each returns −1, or the first position in the index that is out of range, before writing anything.
  /** out[o, i, :] = x[o, indices[i], :] for x [outer, size, inner], elements of four bytes. */
  takeRows(x: I, indices: I, out: I, outer: I, size: I, inner: I, count: I): number;
  takeByteRows(x: I, indices: I, out: I, outer: I, size: I, inner: I, count: I): number;
  /** out[o, indices[i], :] += x[o, i, :] for out [outer, size, inner]. */
  addRows(out: I, indices: I, x: I, outer: I, size: I, inner: I, count: I): number;
  /** int32 [count, classes]: 1 at each index and 0 elsewhere. */
  oneHot(indices: I, out: I, count: I, classes: I): number;
  /**
   * `gather` along `dim`, whose size in x is `size`: out[i] = x[…, indices[i], …]. `meta` (i32): the sizes of the dense
   * index (`rank` ≤ 16), then the strides of x.
   */
  gatherAlong(x: I, indices: I, out: I, rank: I, meta: I, dim: I, size: I): number;
  /** out[…, indices[i], …] = x[i]; `meta` has out's strides. Of several values for one place the last stays. */
  scatterAlong(out: I, indices: I, x: I, rank: I, meta: I, dim: I, size: I): number;
  /** out[…, indices[i], …] += x[i] */
  scatterAddAlong(out: I, indices: I, x: I, rank: I, meta: I, dim: I, size: I): number;
  scatterAddAlongI32(out: I, indices: I, x: I, rank: I, meta: I, dim: I, size: I): number;

  // --- reductions over the middle of [outer, n, inner]; not in place
  reduce(op: ReduceOp, x: I, out: I, outer: I, n: I, inner: I): void;
  /** The same for int32, wrapping around. */
  reduceI32(op: ReduceOp, x: I, out: I, outer: I, n: I, inner: I): void;
  reduceBytes(op: ReduceBytesOp, x: I, out: I, outer: I, n: I, inner: I): void;
  /** Variance and mean; `correction` is subtracted from n in the divisor. */
  variance(x: I, outVariance: I, outMean: I, outer: I, n: I, inner: I, correction: F): void;
  /** Largest (`sign` 1) or smallest (−1) values and their first positions (i32); NaN wins; n > 0. */
  argReduce(sign: I, x: I, outValues: I, outIndices: I, outer: I, n: I, inner: I): void;
  /** In place is allowed. */
  cumsum(x: I, out: I, outer: I, n: I, inner: I): void;
  /** ln Σ e^x */
  logsumexp(x: I, out: I, outer: I, n: I, inner: I): void;
  /** Σ x² in double precision. */
  sumOfSquares(x: I, n: I): number;

  // --- softmax over the middle of [outer, n, inner]; in place is allowed
  softmax(x: I, out: I, outer: I, n: I, inner: I): void;
  logSoftmax(x: I, out: I, outer: I, n: I, inner: I): void;
  softmaxBackward(gradient: I, output: I, out: I, outer: I, n: I, inner: I): void;
  logSoftmaxBackward(gradient: I, output: I, out: I, outer: I, n: I, inner: I): void;

  // --- attention, in place on scores [batch, heads, rows, cols]
  /**
   * softmax(x · scale + mask) along cols. The mask (0: absent) has dense columns; one batch, head and row of it lie `maskBatch`,
   * `maskHead` and `maskRow` elements from the next (0: the same again). `causal`: row r sees the columns up to r only.
   */
  attentionWeights(x: I, mask: I, maskBatch: I, maskHead: I, maskRow: I, batch: I, heads: I, rows: I, cols: I, scale: F, causal: I): void;
  /**
   * The gradient with respect to the weights becomes that with respect to the scores before scaling. `keep` (0: absent): bytes of
   * a dropout on the weights, whose gradient is given, that scaled by `keepScale`.
   */
  attentionWeightsBackward(gradient: I, weights: I, keep: I, rows: I, cols: I, keepScale: F, scale: F): void;

  // --- losses
  /**
   * Negative log-likelihood of class indices (i32) for logProbs [outer, classes, inner]. For each of the outer·inner rows
   * `rowLoss` (weighted) and `rowWeight`, what it counts in the mean: mean = Σ rowLoss / Σ rowWeight. Rows whose target
   * is `ignoreIndex` have 0 in both. `weights` [classes] may be 0 (absent).
   * Returns −1, or the first row whose target is no class.
   */
  nllLoss(logProbs: I, targets: I, weights: I, rowLoss: I, rowWeight: I, outer: I, classes: I, inner: I, ignoreIndex: I, smoothing: F): number;
  /** Gradient with respect to the log-probabilities, of rows' upstream gradients (`stepGradient` 1) or one for all (0). */
  nllLossBackward(gradient: I, stepGradient: I, targets: I, weights: I, out: I, outer: I, classes: I, inner: I, ignoreIndex: I, smoothing: F): void;
  /** `logSoftmax` into `logProbs`, then `nllLoss` with label smoothing as PyTorch's cross_entropy. */
  crossEntropy(logits: I, targets: I, weights: I, logProbs: I, rowLoss: I, rowWeight: I, outer: I, classes: I, inner: I, ignoreIndex: I, smoothing: F): number;
  /** Gradient with respect to the logits. For the mean give the upstream gradient divided by Σ rowWeight. */
  crossEntropyBackward(gradient: I, stepGradient: I, logProbs: I, targets: I, weights: I, out: I, outer: I, classes: I, inner: I, ignoreIndex: I, smoothing: F): void;
  /** Losses of single pairs of prediction x and target y, not reduced. */
  pairLoss(op: PairLossOp, x: I, y: I, out: I, n: I, parameter: F): void;
  /** Gradient with respect to x: gradient[i · stepGradient] · scale · slope; `stepGradient` ∈ {0, 1}. */
  pairLossBackward(op: PairLossOp, gradient: I, stepGradient: I, x: I, y: I, out: I, n: I, scale: F, parameter: F): void;

  // --- normalisation over [n, channels, length]
  /** Means, inverse standard deviations and, unless 0, variances of each channel (biased). */
  batchNormStatistics(x: I, mean: I, inverseStd: I, n: I, channels: I, length: I, eps: F, variance?: I): void;
  /** out = (x − mean)·inverseStd·weight + bias; `weight` and `bias` may be 0 (absent). */
  batchNormApply(x: I, mean: I, inverseStd: I, weight: I, bias: I, out: I, n: I, channels: I, length: I): void;
  /** Gradients; `training` says whether mean and inverseStd depend on x. Outputs that aren't wanted are 0. */
  batchNormBackward(gradient: I, x: I, mean: I, inverseStd: I, weight: I, outX: I, outWeight: I, outBias: I, n: I, channels: I, length: I, training: I): void;
  /** Each row on its own: out = (x − mean)·inverseStd·weight + bias; `weight` and `bias` may be 0. */
  layerNorm(x: I, weight: I, bias: I, out: I, mean: I, inverseStd: I, rows: I, cols: I, eps: F): void;
  layerNormBackward(gradient: I, x: I, mean: I, inverseStd: I, weight: I, outX: I, outWeight: I, outBias: I, rows: I, cols: I): void;

  // --- convolution: x [n, cin, h, w], weight [cout, cin/groups, kh, kw], out [n, cout, oh, ow]; `bias` may be 0
  /** Bytes of `work` for `channels` = cin/groups in and `outputs` = cout/groups out. */
  conv2dWorkBytes(channels: I, outputs: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I): number;
  conv2d(x: I, weight: I, bias: I, out: I, n: I, groups: I, cin: I, cout: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I, work: I): void;
  conv2dBackwardInput(gradient: I, weight: I, outX: I, n: I, groups: I, cin: I, cout: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I, work: I): void;
  /** Of the gradient with respect to the weight [cout, patch] the rows [fromRow, toRow), and of these the columns [fromColumn, toColumn). */
  conv2dBackwardWeight(gradient: I, x: I, outWeight: I, n: I, groups: I, cin: I, cout: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I, work: I, fromRow: I, toRow: I, fromColumn: I, toColumn: I): void;
  /** One image: out[c·kh·kw, oh·ow] are the patches of x [channels, h, w]. */
  im2col(x: I, out: I, channels: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I): void;
  /** The reverse, adding into `out`. */
  col2im(columns: I, out: I, channels: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I): void;

  // --- pooling over planes [h, w]; padding is never more than half a window
  /** Largest value of each window and its position within its plane (i32). */
  maxPool2d(x: I, out: I, indices: I, planes: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, dh: I, dw: I): void;
  /** out[plane, indices] += gradient; `out` [planes, size] is cleared first. */
  maxPool2dBackward(gradient: I, indices: I, out: I, planes: I, outSize: I, size: I): void;
  /** `divisor` 0: the window's size, with (`countPadding`) or without its padding. */
  avgPool2d(x: I, out: I, planes: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, countPadding: I, divisor: I): void;
  avgPool2dBackward(gradient: I, out: I, planes: I, h: I, w: I, kh: I, kw: I, oh: I, ow: I, sh: I, sw: I, ph: I, pw: I, countPadding: I, divisor: I): void;
  adaptiveAvgPool2d(x: I, out: I, planes: I, h: I, w: I, oh: I, ow: I): void;
  adaptiveAvgPool2dBackward(gradient: I, out: I, planes: I, h: I, w: I, oh: I, ow: I): void;

  // --- one step of recurrent cells for rows of sequences with `size` units; gates of a row lie side by side
  /**
   * `gates` [rows, 4 · size] (input, forget, candidate, output) holds what the gates are made of, and afterwards their
   * values; `cell` [rows, size] is updated; gives tanh of it and `hidden`.
   */
  lstmCell(gates: I, cell: I, tanhCell: I, hidden: I, rows: I, size: I): void;
  /** Gradients of `dHidden` and `dCell`, which becomes the one of the cell before; gives `dGates` of what the gates were made of. */
  lstmCellBackward(gates: I, tanhCell: I, cellBefore: I, dHidden: I, dCell: I, dGates: I, rows: I, size: I): void;
  /**
   * `gates` and `fromHidden` [rows, 3 · size] (reset, update, candidate) hold what input and hidden state give to the
   * gates; `gates` afterwards their values. `hidden` [rows, size] is updated; `candidate` keeps the last of `fromHidden`.
   */
  gruCell(gates: I, fromHidden: I, hidden: I, candidate: I, rows: I, size: I): void;
  /**
   * Gradients of `dHidden`, which becomes the direct one of the state before; gives those of what input (`dGates`) and
   * hidden state (`dFromHidden`) gave to the gates.
   */
  gruCellBackward(gates: I, candidate: I, hiddenBefore: I, dHidden: I, dGates: I, dFromHidden: I, rows: I, size: I): void;

  // --- optimizers, in place, for each of the `count` tensors of `table`, which is made of rows of words (i32)
  /** Row: p, g, n, momentum buffer (0 without momentum), whether the buffer is new. */
  sgd(table: I, count: I, lr: F, momentum: F, dampening: F, weightDecay: F, nesterov: I, maximize: I): void;
  /**
   * Adam, and with `decoupled` AdamW. Row: p, g, n, m, v, largest v (AMSGrad; else 0), then as float32 −lr / (1 − β₁ᵗ)
   * and √(1 − β₂ᵗ).
   */
  adam(table: I, count: I, lr: F, beta1: F, beta2: F, eps: F, weightDecay: F, decoupled: I, maximize: I): void;

  // --- random numbers
  /**
   * n bytes, 1 with probability p and else 0, each of two draws from a Mersenne Twister. `words`: its block of 624 words, and
   * 4 more of room; `position`: the next to hand out. Returns the new position.
   */
  bernoulli(words: I, position: I, out: I, n: I, p: F): number;
  /** Goes past `count` draws, without a look at them. Returns the new position. */
  skipDraws(words: I, position: I, count: I): number;

  // --- observation
  /**
   * Eight doubles at `out` (8-byte aligned): finite count, mean, sample standard deviation, min, max (of what is finite;
   * NaN if nothing is), zeros, NaNs, infinities. One pass over float32, two where something isn't finite.
   * `element`: what lies at `x`; float32 if left out.
   */
  statistics(x: I, n: I, out: I, element?: ElementCode): void;
  /**
   * Equal-width bins over [low, high], the last closed, each cut into `parts`; counts are i32, and two more behind them tell
   * how many values lie below and above. What isn't finite is left out, and so are zeros, of which there are `zeros` (0: they
   * are counted as any other value).
   */
  histogram(x: I, n: I, low: F, high: F, bins: I, parts: I, zeros: I, out: I, element?: ElementCode): void;
  /**
   * Of each unit of x [outer, units, inner] the largest distance from zero (`peaks`) and from what the first of `outer` has in
   * its place (`spreads`); NaN where one of its values isn't finite.
   */
  unitRanges(x: I, outer: I, units: I, inner: I, peaks: I, spreads: I): void;
  /** How many of n values are at most `low` or at least `high`. */
  countBeyond(x: I, n: I, low: F, high: F): number;
  /** The sum of squared differences of n values each. */
  squaredDistance(x: I, y: I, n: I): number;
}
