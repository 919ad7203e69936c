/** Functions of pairs of elements beyond arithmetic; shapes broadcast. */
import { record, type Operation } from "../autograd/node.ts";
import { filled, promote, promoteScalar, typedArray, type DType, type TypedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { broadcastShapes, numelOf, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { add, div, eq, gt, isnan, lt, maximum, minimum, mul, pow, sub, where, type PairOfTensors, type TensorAndOperand } from "./binary.ts";

import { fromTypedArray, full } from "./creation.ts";
import { exp2 } from "./elementary.ts";
import { placeOf } from "./searchsorted.ts";
import { asFloat, clampByNumbers, exp, log } from "./pointwise.ts";
import { toTypedArray } from "./reading.ts";
import { sumTo } from "./internal/sumTo.ts";
import type { BinaryOptions, ClampBound, ScalarOrTensor } from "./types.ts";
import { expand } from "./views.ts";
import { wholeNumbers } from "./internal/wholeNumbers.ts";


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
function floating(name: string, f: (a: number, b: number) => number, partial: Partial): PairOfTensors {
  const operation: Operation<[Shape, Shape]> = {
    name: `${name}Backward0`,
    backward(node, gradient) {
      const [shapeA, shapeB] = node.data;
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

/**
 * The angle of the point (b, a), in (−π, π].
 * @api torch.atan2 Tensor.atan2 Tensor.atan2_ torch.arctan2 Tensor.arctan2 Tensor.arctan2_
 * @see https://pytorch.org/docs/stable/generated/torch.atan2.html
 */
export const atan2: PairOfTensors = floating("Atan2", Math.atan2, {
  left: (g, a, b) => g.mul(b).div(a.square().add(b.square())),
  right: (g, a, b) => g.mul(a.neg()).div(a.square().add(b.square())),
});

/**
 * √(a² + b²)
 * @api torch.hypot Tensor.hypot Tensor.hypot_
 * @see https://pytorch.org/docs/stable/generated/torch.hypot.html
 */
export const hypot: PairOfTensors = floating("Hypot", Math.hypot, {
  left: (g, a, _b, r) => g.mul(a.div(r)),
  right: (g, _a, b, r) => g.mul(b.div(r)),
});

/**
 * The magnitude of `a` with the sign of `b`.
 * @api torch.copysign Tensor.copysign Tensor.copysign_
 * @see https://pytorch.org/docs/stable/generated/torch.copysign.html
 */
export function copysign(input: Tensor, other: ScalarOrTensor): Tensor {
  const signs = compute((_x, y) => (y < 0 || Object.is(y, -0) ? -1 : 1), input, asTensorLike(other, input), "float32");
  return mul(asFloat(input).abs(), signs);
}

/**
 * ln(eᵃ + eᵇ) without overflow.
 * @api torch.logaddexp Tensor.logaddexp
 * @see https://pytorch.org/docs/stable/generated/torch.logaddexp.html
 */
export function logaddexp(input: Tensor, other: Tensor): Tensor {
  const high = maximum(input, other).detach();
  const base = where(high.isinf(), 0, high);
  return add(log(add(exp(sub(input, base)), exp(sub(other, base)))), base);
}

/**
 * log₂(2ᵃ + 2ᵇ) without overflow.
 * @api torch.logaddexp2 Tensor.logaddexp2
 * @see https://pytorch.org/docs/stable/generated/torch.logaddexp2.html
 */
export function logaddexp2(input: Tensor, other: Tensor): Tensor {
  const high = maximum(input, other).detach();
  const base = where(high.isinf(), 0, high);
  return add(log(add(exp2(sub(input, base)), exp2(sub(other, base)))).mul(Math.LOG2E), base);
}

/**
 * a · ln(b), 0 where a is 0 even if b is 0.
 * @api torch.xlogy Tensor.xlogy Tensor.xlogy_
 * @see https://pytorch.org/docs/stable/generated/torch.xlogy.html
 */
export function xlogy(input: ScalarOrTensor, other: ScalarOrTensor): Tensor {
  const factor = input instanceof Tensor ? input : full([], input);
  const of = asTensorLike(other, factor);
  const isZero = eq(factor, 0).logicalAnd(isnan(of).logicalNot());
  return where(isZero, mul(asFloat(factor), 0), mul(factor, log(where(isZero, 1, of))));
}

/**
 * The larger of each pair, ignoring NaN where the other is a number.
 * @api torch.fmax Tensor.fmax
 * @see https://pytorch.org/docs/stable/generated/torch.fmax.html
 */
export function fmax(input: Tensor, other: Tensor): Tensor {
  return where(isnan(input), other, where(isnan(other), input, maximum(input, other)));
}

/**
 * The smaller of each pair, ignoring NaN where the other is a number.
 * @api torch.fmin Tensor.fmin
 * @see https://pytorch.org/docs/stable/generated/torch.fmin.html
 */
export function fmin(input: Tensor, other: Tensor): Tensor {
  return where(isnan(input), other, where(isnan(other), input, minimum(input, other)));
}

/**
 * a · 2ᵇ
 * @api torch.ldexp Tensor.ldexp Tensor.ldexp_
 * @see https://pytorch.org/docs/stable/generated/torch.ldexp.html
 */
export function ldexp(input: Tensor, other: Tensor): Tensor {
  return mul(asFloat(input), exp2(asFloat(other)));
}

/**
 * aᵇ in float32, whatever the types.
 * @api torch.floatPower Tensor.floatPower Tensor.floatPower_
 * @see https://pytorch.org/docs/stable/generated/torch.float_power.html
 */
export function floatPower(input: ScalarOrTensor, exponent: ScalarOrTensor): Tensor {
  return pow(input instanceof Tensor ? asFloat(input) : full([], input), exponent);
}

/**
 * The next float32 after `a` in the direction of `b`.
 * @api torch.nextafter Tensor.nextafter Tensor.nextafter_
 * @see https://pytorch.org/docs/stable/generated/torch.nextafter.html
 */
export function nextafter(input: Tensor, other: Tensor): Tensor {
  return compute(nextFloat, input, other, "float32");
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

/**
 * `other − alpha · input`
 * @api torch.rsub
 */
export function rsub(input: Tensor, other: ScalarOrTensor, { alpha = 1 }: BinaryOptions = {}): Tensor {
  return add(mul(input, -alpha), other);
}

// --- integers -------------------------------------------------------------------------------------------------------

function integers(name: string, f: (a: number, b: number) => number): TensorAndOperand {
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

/**
 * Greatest common divisor.
 * @api torch.gcd Tensor.gcd Tensor.gcd_
 * @see https://pytorch.org/docs/stable/generated/torch.gcd.html
 */
export const gcd: TensorAndOperand = integers("gcd", greatestCommonDivisor);
/**
 * Least common multiple.
 * @api torch.lcm Tensor.lcm Tensor.lcm_
 * @see https://pytorch.org/docs/stable/generated/torch.lcm.html
 */
export const lcm: TensorAndOperand = integers("lcm", (a, b) => (a === 0 || b === 0 ? 0 : Math.abs((a / greatestCommonDivisor(a, b)) * b)));
/**
 * `a << b`
 * @api torch.bitwiseLeftShift Tensor.bitwiseLeftShift Tensor.bitwiseLeftShift_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_left_shift.html
 */
export const bitwiseLeftShift: TensorAndOperand = integers("lshift", (a, b) => (b >= 64 ? 0 : a * 2 ** b));
/**
 * `a >> b`
 * @api torch.bitwiseRightShift Tensor.bitwiseRightShift Tensor.bitwiseRightShift_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_right_shift.html
 */
export const bitwiseRightShift: TensorAndOperand = integers("rshift", (a, b) => Math.floor(a / 2 ** b));

// --- products added up ----------------------------------------------------------------------------------------------

/**
 * `input + value · tensor1 · tensor2`
 * @api torch.addcmul Tensor.addcmul
 * @see https://pytorch.org/docs/stable/generated/torch.addcmul.html
 */
export function addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, { value = 1 }: { value?: number } = {}): Tensor {
  return add(input, mul(tensor1, tensor2), { alpha: value });
}

/**
 * `input + value · tensor1 / tensor2`
 * @api torch.addcdiv Tensor.addcdiv
 * @see https://pytorch.org/docs/stable/generated/torch.addcdiv.html
 */
export function addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, { value = 1 }: { value?: number } = {}): Tensor {
  return add(input, div(tensor1, tensor2), { alpha: value });
}

// --- nearness -------------------------------------------------------------------------------------------------------

/**
 * Where `|a − b| ≤ atol + rtol · |b|`; equal infinities are close, NaNs only if `equalNan`.
 * @api torch.isclose Tensor.isclose
 * @see https://pytorch.org/docs/stable/generated/torch.isclose.html
 */
export function isclose(input: Tensor, other: Tensor, rtol = 1e-5, atol = 1e-8, equalNan = false): Tensor {
  const close = (x: number, y: number): boolean =>
    x === y || (equalNan && Number.isNaN(x) && Number.isNaN(y)) || (Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y));
  return compute((x, y) => Number(close(x, y)), input, other, "bool");
}

/**
 * Which elements occur among `tests`.
 * @api torch.isin
 * @see https://pytorch.org/docs/stable/generated/torch.isin.html
 */
export function isin(elements: ScalarOrTensor, testElements: ScalarOrTensor, options?: IsinOptions): Tensor;
export function isin(element: number, testElements: Tensor, options?: IsinOptions): Tensor;
export function isin(elements: Tensor, testElement: number, options?: IsinOptions): Tensor;
export function isin(elements: ScalarOrTensor, testElements: ScalarOrTensor, { invert = false }: IsinOptions = {}): Tensor {
  const list = testElements instanceof Tensor ? toTypedArray(testElements).sort() : [testElements];
  const input = elements instanceof Tensor ? elements : full([], elements);
  const values = toTypedArray(input);
  const isAmong = (x: number): boolean => list[placeOf(list, 0, list.length, x, false)] === x;
  const found = filled(typedArray("bool", values.length), (i) => Number(isAmong(values[i]!) !== invert));
  return fromTypedArray(found, input.shape, { dtype: "bool" });
}

export interface IsinOptions {
  /** Whether both have no element twice, which makes no difference here. Default false. */
  assumeUnique?: boolean;
  /** Which elements do not occur. Default false. */
  invert?: boolean;
}

/**
 * Where the element is +∞.
 * @api torch.isposinf Tensor.isposinf
 * @see https://pytorch.org/docs/stable/generated/torch.isposinf.html
 */
export function isposinf(input: Tensor): Tensor {
  return eq(input, Infinity);
}

/**
 * Where the element is −∞.
 * @api torch.isneginf Tensor.isneginf
 * @see https://pytorch.org/docs/stable/generated/torch.isneginf.html
 */
export function isneginf(input: Tensor): Tensor {
  return eq(input, -Infinity);
}

/**
 * True everywhere: there are no complex numbers here.
 * @api torch.isreal Tensor.isreal
 * @see https://pytorch.org/docs/stable/generated/torch.isreal.html
 */
export function isreal(input: Tensor): Tensor {
  return full(input.shape, true, { dtype: "bool" });
}

/**
 * Values below `min` become `min`, values above `max` become `max`; bounds are numbers, tensors or left out.
 * @api torch.clamp torch.clip Tensor.clamp Tensor.clip Tensor.clip_
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export function clamp(input: Tensor, min: ClampBound = null, max: ClampBound = null): Tensor {
  // Floats don't tell large integers apart.
  const isInteger = input.dtype === "int32" || input.dtype === "uint8";
  const isBounded = min !== null || max !== null;
  if (!(min instanceof Tensor) && !(max instanceof Tensor) && !(isInteger && isBounded)) return clampByNumbers(input, min, max);
  const raised = min === null ? input : maximumOf(input, min);
  return max === null ? raised : minimumOf(raised, max);
}

/**
 * Values below `min` become `min`.
 * @api torch.clampMin Tensor.clampMin Tensor.clampMin_
 */
export function clampMin(input: Tensor, min: ScalarOrTensor): Tensor {
  return clamp(input, min);
}

/**
 * Values above `max` become `max`.
 * @api torch.clampMax Tensor.clampMax Tensor.clampMax_
 */
export function clampMax(input: Tensor, max: ScalarOrTensor): Tensor {
  return clamp(input, null, max);
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
