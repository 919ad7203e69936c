/** Functions of pairs of elements beyond arithmetic; shapes broadcast. */
import { record, type Operation } from "../autograd/node.ts";
import { filled, promote, promoteScalar, typedArray, type DType, type TypedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { broadcastShapes, numelOf, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { add, div, eq, gt, isnan, lt, maximum, minimum, mul, pow, sub, where } from "./binary.ts";

import { fromTypedArray, full } from "./creation.ts";
import { exp2 } from "./elementary.ts";
import { placeOf } from "./ordering.ts";
import { asFloat, clamp, exp, log } from "./pointwise.ts";
import { toTypedArray } from "./reading.ts";
import { sumTo } from "./sumTo.ts";
import type { ClampBound, ScalarOrTensor } from "./types.ts";
import { expand } from "./views.ts";
import { wholeNumbers } from "./wholeNumbers.ts";

type Pair = (a: Tensor, b: Tensor) => Tensor;

/** A number as a tensor that goes with `other`. */
export function asTensorLike(value: ScalarOrTensor, other: Tensor): Tensor {
  return value instanceof Tensor ? value : full([], value, { dtype: promoteScalar(other.dtype, value) });
}

/** Element by element in double precision. */
function compute(f: (a: number, b: number) => number, a: Tensor, b: Tensor, dtype: DType): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  const out = typedArray(dtype, numelOf(shape));
  each(f, a, b, shape, out);
  return fromTypedArray(out, shape, { dtype });
}

function each(f: (a: number, b: number) => number, a: Tensor, b: Tensor, shape: Shape, out: TypedArray | Float64Array): void {
  const [x, y] = [toTypedArray(expand(a.detach(), shape)), toTypedArray(expand(b.detach(), shape))];
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]!, y[i]!);
}

interface Partial {
  left(gradient: Tensor, a: Tensor, b: Tensor, result: Tensor): Tensor;
  right(gradient: Tensor, a: Tensor, b: Tensor, result: Tensor): Tensor;
}

/** A differentiable function of two float tensors without a kernel. */
function floating(name: string, f: (a: number, b: number) => number, partial: Partial): Pair {
  const operation: Operation = {
    name: `${name}Backward0`,
    backward(node, gradient) {
      const [shapeA, shapeB] = node.data as [Shape, Shape];
      const [a, b, result] = [node.saved(0), node.saved(1), node.saved(2)];
      return [
        node.needs(0) ? sumTo(partial.left(gradient, a, b, result), shapeA) : null,
        node.needs(1) ? sumTo(partial.right(gradient, a, b, result), shapeB) : null,
      ];
    },
  };
  return (first, second) => {
    const [a, b] = [asFloat(first), asFloat(second)];
    const result = compute(f, a, b, "float32");
    return record(operation, result, [a, b], [a, b, result], [a.shape, b.shape]);
  };
}

/** The angle of the point (b, a), in (−π, π]. */
export const atan2: Pair = floating("Atan2", Math.atan2, {
  left: (g, a, b) => g.mul(b).div(a.square().add(b.square())),
  right: (g, a, b) => g.mul(a.neg()).div(a.square().add(b.square())),
});

/** √(a² + b²) */
export const hypot: Pair = floating("Hypot", Math.hypot, {
  left: (g, a, _b, r) => g.mul(a.div(r)),
  right: (g, _a, b, r) => g.mul(b.div(r)),
});

/** The magnitude of `a` with the sign of `b`. */
export function copysign(a: Tensor, b: ScalarOrTensor): Tensor {
  const sign = asTensorLike(b, a);
  const signs = compute((_x, y) => (y < 0 || Object.is(y, -0) ? -1 : 1), a, sign, "float32");
  const positive = asFloat(a).abs();
  return mul(positive, signs);
}

/** ln(eᵃ + eᵇ) without overflow. */
export function logaddexp(a: Tensor, b: Tensor): Tensor {
  const high = maximum(a, b).detach();
  const base = where(high.isinf(), 0, high);
  return add(log(add(exp(sub(a, base)), exp(sub(b, base)))), base);
}

/** log₂(2ᵃ + 2ᵇ) without overflow. */
export function logaddexp2(a: Tensor, b: Tensor): Tensor {
  const high = maximum(a, b).detach();
  const base = where(high.isinf(), 0, high);
  return add(log(add(exp2(sub(a, base)), exp2(sub(b, base)))).mul(Math.LOG2E), base);
}

/** a · ln(b), 0 where a is 0 even if b is 0. */
export function xlogy(a: Tensor, b: ScalarOrTensor): Tensor {
  const other = asTensorLike(b, a);
  const isZero = eq(a, 0).logicalAnd(isnan(other).logicalNot());
  return where(isZero, mul(asFloat(a), 0), mul(a, log(where(isZero, 1, other))));
}

/** The larger of each pair, ignoring NaN where the other is a number. */
export function fmax(a: Tensor, b: Tensor): Tensor {
  return where(isnan(a), b, where(isnan(b), a, maximum(a, b)));
}

/** The smaller of each pair, ignoring NaN where the other is a number. */
export function fmin(a: Tensor, b: Tensor): Tensor {
  return where(isnan(a), b, where(isnan(b), a, minimum(a, b)));
}

/** a · 2ᵇ */
export function ldexp(a: Tensor, b: Tensor): Tensor {
  return mul(asFloat(a), exp2(asFloat(b)));
}

/** aᵇ in float32, whatever the types. */
export function floatPower(a: ScalarOrTensor, b: ScalarOrTensor): Tensor {
  const base = a instanceof Tensor ? asFloat(a) : full([], a);
  return pow(base, b);
}

/** The next float32 after `a` in the direction of `b`. */
export function nextafter(a: Tensor, b: Tensor): Tensor {
  return compute(nextFloat, a, b, "float32");
}

const bits = new DataView(new ArrayBuffer(4));
function nextFloat(from: number, to: number): number {
  if (Number.isNaN(from) || Number.isNaN(to)) return NaN;
  if (from === to) return to;
  if (from === 0) return to > 0 ? 1.401298464324817e-45 : -1.401298464324817e-45;
  bits.setFloat32(0, from);
  const away = to > from === from > 0;
  bits.setInt32(0, bits.getInt32(0) + (away ? 1 : -1));
  return bits.getFloat32(0);
}

/** `other − alpha · input` */
export function rsub(input: Tensor, other: ScalarOrTensor, options: { alpha?: number } = {}): Tensor {
  return add(mul(input, -(options.alpha ?? 1)), other);
}

// --- integers -------------------------------------------------------------------------------------------------------

function integers(name: string, f: (a: number, b: number) => number): (a: Tensor, b: ScalarOrTensor) => Tensor {
  return (a, b) => {
    const other = asTensorLike(b, a);
    const dtype = promote(a.dtype, other.dtype);
    if (dtype === "float32") throw new KindlingError(`"${name}" not implemented for 'Float'`);
    if (dtype !== "int32") return compute(f, a, other, dtype);
    const shape = broadcastShapes(a.shape, other.shape);
    const out = new Float64Array(numelOf(shape));
    each(f, a, other, shape, out);
    return wholeNumbers(out, shape, name);
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  [a, b] = [Math.abs(a), Math.abs(b)];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** Greatest common divisor. */
export const gcd = integers("gcd", greatestCommonDivisor);
/** Least common multiple. */
export const lcm = integers("lcm", (a, b) => (a === 0 || b === 0 ? 0 : Math.abs((a / greatestCommonDivisor(a, b)) * b)));
/** `a << b` */
export const bitwiseLeftShift = integers("lshift", (a, b) => (b >= 64 ? 0 : a * 2 ** b));
/** `a >> b` */
export const bitwiseRightShift = integers("rshift", (a, b) => Math.floor(a / 2 ** b));

// --- products added up ----------------------------------------------------------------------------------------------

/** `input + value · a · b` */
export function addcmul(input: Tensor, a: Tensor, b: Tensor, options: { value?: number } = {}): Tensor {
  return add(input, mul(a, b), { alpha: options.value ?? 1 });
}

/** `input + value · a / b` */
export function addcdiv(input: Tensor, a: Tensor, b: Tensor, options: { value?: number } = {}): Tensor {
  return add(input, div(a, b), { alpha: options.value ?? 1 });
}

// --- nearness -------------------------------------------------------------------------------------------------------

/** Where `|a − b| ≤ atol + rtol · |b|`; equal infinities are close, NaNs only if `equalNan`. */
export function isclose(a: Tensor, b: Tensor, options: { rtol?: number; atol?: number; equalNan?: boolean } = {}): Tensor {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  const close = (x: number, y: number): boolean =>
    x === y || (equalNan && Number.isNaN(x) && Number.isNaN(y)) || (Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y));
  return compute((x, y) => Number(close(x, y)), a, b, "bool");
}

/** Which elements occur among `tests`. */
export function isin(elements: ScalarOrTensor, tests: ScalarOrTensor, options: { invert?: boolean } = {}): Tensor {
  const list = tests instanceof Tensor ? toTypedArray(tests).sort() : [tests];
  const input = elements instanceof Tensor ? elements : full([], elements);
  const values = toTypedArray(input);
  const isAmong = (x: number): boolean => list[placeOf(list, 0, list.length, x, false)] === x;
  const found = filled(typedArray("bool", values.length), (i) => Number(isAmong(values[i]!) !== (options.invert ?? false)));
  return fromTypedArray(found, input.shape, { dtype: "bool" });
}

/** Where the element is +∞. */
export function isposinf(input: Tensor): Tensor {
  return eq(input, Infinity);
}

/** Where the element is −∞. */
export function isneginf(input: Tensor): Tensor {
  return eq(input, -Infinity);
}

/** True everywhere: there are no complex numbers here. */
export function isreal(input: Tensor): Tensor {
  return full(input.shape, true, { dtype: "bool" });
}

/** Values below `min` become `min`, values above `max` become `max`; bounds are numbers, tensors or left out. */
export function clampTo(input: Tensor, min?: ClampBound, max?: ClampBound): Tensor {
  // Floats don't tell large integers apart.
  const isInteger = input.dtype === "int32" || input.dtype === "uint8";
  const given = (min ?? null) !== null || (max ?? null) !== null;
  if (!(min instanceof Tensor) && !(max instanceof Tensor) && !(isInteger && given)) return clamp(input, min, max);
  const [low, high] = [min ?? null, max ?? null];
  const raised = low === null ? input : maximumOf(input, low);
  return high === null ? raised : minimumOf(raised, high);
}

/** As PyTorch's clamp has it, the whole gradient of a tie goes to the input. */
function maximumOf(input: Tensor, bound: ScalarOrTensor): Tensor {
  if (input.dtype !== "float32" && Number.isInteger(bound) && (bound as number) < -(2 ** 31)) return input;
  return where(lt(input, bound), bound, input);
}

function minimumOf(input: Tensor, bound: ScalarOrTensor): Tensor {
  if (input.dtype !== "float32" && Number.isInteger(bound) && (bound as number) >= 2 ** 31) return input;
  return where(gt(input, bound), bound, input);
}
