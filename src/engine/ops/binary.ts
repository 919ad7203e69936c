/** Arithmetic with pairs of elements, with broadcasting. Forward beside backward. */
import { record, shownAs, type Operation } from "../autograd/node.ts";
import { nativeName, promote } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { Binary } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { broadcastShapes, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { eq, gt, isnan, lt } from "./comparison.ts";
import { to } from "./conversion.ts";
import { full, zeros, zerosLike } from "./creation.ts";
import {
  asTensorLike,
  binary,
  floating,
  floorOfQuotient,
  integers,
  leading,
  spread,
  tellPair,
  truncatedQuotient,
  typeOfPair,
  type OperandPair,
  type PairOfTensors,
  type Pairwise,
  type Power,
  type ScaledPairwise,
  type TensorAndOperand,
} from "./internal/binaryKernels.ts";
import { at, make } from "./internal/make.ts";
import { mapBinary } from "./internal/map.ts";
import { refuseBool, requireFloat } from "./internal/requireKernel.ts";
import { asFloat } from "./internal/unaryKernels.ts";
import type { BinaryOptions, ScalarOrTensor } from "./types.ts";
import { exp, exp2, log, signbit } from "./unary.ts";
import { where } from "./where.ts";

export interface DivisionOptions {
  /** How the quotient is rounded: towards zero, down, or (default) not at all. */
  roundingMode?: "trunc" | "floor" | null;
}

/**
 * `input + alpha · other`
 * @api torch.add Tensor.add
 */
export const add: ScaledPairwise = binary({
  op: Binary.add,
  name: "AddBackward0",
  saves: false,
  left: (g) => g,
  right: (g, _operands, alpha) => (alpha === 1 ? g : mul(g, alpha)),
});

/**
 * `input − alpha · other`
 * @api torch.sub torch.subtract Tensor.sub Tensor.subtract Tensor.subtract_
 */
export const sub: ScaledPairwise = binary({
  op: Binary.sub,
  name: "SubBackward0",
  saves: false,
  left: (g) => g,
  right: (g, _operands, alpha) => mul(g, -alpha),
});

/**
 * `input · other`
 * @api torch.mul torch.multiply Tensor.mul Tensor.multiply Tensor.multiply_
 */
export const mul: OperandPair = binary({
  op: Binary.mul,
  name: "MulBackward0",
  saves: true,
  left: (g, { b }) => mul(g, b),
  right: (g, { a }) => mul(g, a),
});

const trueDivide = binary({
  op: Binary.div,
  name: "DivBackward0",
  saves: true,
  left: (g, { b }) => trueDivide(g, b),
  right: (g, { a, b }) => mul(g, trueDivide(a.neg(), mul(b, b))),
}) as Pairwise;

/**
 * Quotient; `roundingMode` "floor" or "trunc" rounds it and keeps integers integers.
 * @api torch.div torch.divide torch.trueDivide Tensor.div Tensor.divide Tensor.divide_ Tensor.trueDivide Tensor.trueDivide_
 * @see https://pytorch.org/docs/stable/generated/torch.div.html
 */
export function div(input: ScalarOrTensor, other: ScalarOrTensor, { roundingMode: mode = null }: DivisionOptions = {}): Tensor {
  if (mode === null) return trueDivide(input, other);
  if (mode !== "floor" && mode !== "trunc") {
    throw new KindlingError(`div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${String(mode)}'`);
  }
  const a = leading(input, other);
  const dtype = typeOfPair(a, other);
  refuseBool(`div_${mode}_cpu`, dtype);
  if (dtype !== "float32") {
    return tellPair("div", a, other, mapBinary("div", mode === "floor" ? floorOfQuotient : truncatedQuotient, a, other, dtype), { mode });
  }
  return roundedQuotient(mode, a, other);
}

/**
 * The quotient's floor; integers stay integers.
 * @api torch.floorDivide Tensor.floorDivide Tensor.floorDivide_
 * @see https://pytorch.org/docs/stable/generated/torch.floor_divide.html
 */
export function floorDivide(input: ScalarOrTensor, other: ScalarOrTensor): Tensor {
  return div(input, other, { roundingMode: "floor" });
}

interface RoundedQuotient {
  readonly shapes: readonly Shape[];
  readonly mode: "floor" | "trunc";
  readonly divisor: number | null;
}

const roundedQuotientOp: Operation<RoundedQuotient> = {
  name: "DivBackward1",
  backward: (node) => node.data.shapes.map((shape) => zeros(shape)),
};

/** A quotient of floats without its fraction; its steps have no slope. */
function roundedQuotient(mode: "floor" | "trunc", first: Tensor, second: ScalarOrTensor): Tensor {
  const [a, b] = [to(first.detach(), "float32"), second instanceof Tensor ? to(second.detach(), "float32") : second];
  const result = mode === "floor" ? flooredQuotient(a, b) : trueDivide(a, b).trunc();
  const inputs = second instanceof Tensor ? [first, second] : [first];
  const shapes = inputs.map(({ shape }) => shape);
  return record(roundedQuotientOp, result, inputs, [], { shapes, mode, divisor: second instanceof Tensor ? null : second });
}

/** Python's `//`: 1 // 0.1 is 9, since 0.1 is a little more than a tenth. A division by zero is that of floats. */
function flooredQuotient(a: Tensor, b: ScalarOrTensor): Tensor {
  const divisor = b instanceof Tensor ? b : full([], b);
  const rest = fmod(a, divisor);
  const below = rest.ne(0).logicalAnd(rest.lt(0).ne(divisor.lt(0)));
  const whole = sub(trueDivide(sub(a, rest), divisor), below.float()).round();
  return where(divisor.eq(0), trueDivide(a, divisor), whole);
}

/**
 * `input` to the power `exponent`.
 * @api torch.pow Tensor.pow
 * @see https://pytorch.org/docs/stable/generated/torch.pow.html
 */
export const pow: Power = binary({
  op: Binary.pow,
  name: "PowBackward0",
  saves: true,
  left: (g, { a, b }) =>
    typeof b === "number" ? (b === 0 ? zerosLike(g) : mul(g, mul(pow(a, b - 1), b))) : mul(g, where(b.eq(0), 0, mul(pow(a, sub(b, 1)), b))),
  right: (g, { a, b }) => mul(g, where(a.eq(0).logicalAnd(b.ge(0)), 0, mul(pow(a, b), a.log()))),
});

/** The gradient where an operand was chosen, half of it in a tie, none elsewhere. */
const shared = (gradient: Tensor, chosen: Tensor, tied: Tensor): Tensor => where(chosen, gradient, where(tied, mul(gradient, 0.5), 0));

/**
 * The larger of each pair; a tie shares its gradient.
 * @api torch.maximum Tensor.maximum
 * @see https://pytorch.org/docs/stable/generated/torch.maximum.html
 */
export const maximum: PairOfTensors = binary({
  op: Binary.maximum,
  name: "MaximumBackward0",
  saves: true,
  left: (g, { a, b }) => shared(g, gt(a, b), eq(a, b)),
  right: (g, { a, b }) => shared(g, lt(a, b), eq(a, b)),
}) as PairOfTensors;

/**
 * The smaller of each pair; a tie shares its gradient.
 * @api torch.minimum Tensor.minimum
 * @see https://pytorch.org/docs/stable/generated/torch.minimum.html
 */
export const minimum: PairOfTensors = binary({
  op: Binary.minimum,
  name: "MinimumBackward0",
  saves: true,
  left: (g, { a, b }) => shared(g, lt(a, b), eq(a, b)),
  right: (g, { a, b }) => shared(g, gt(a, b), eq(a, b)),
}) as PairOfTensors;

/**
 * What is left after dividing, with the sign of the divisor (Python's %).
 * @api torch.remainder Tensor.remainder Tensor.remainder_
 * @see https://pytorch.org/docs/stable/generated/torch.remainder.html
 */
export const remainder: Pairwise = binary({
  op: Binary.remainder,
  name: "RemainderBackward0",
  saves: true,
  left: (g) => g,
  right: (g, { a, b }) => mul(g, div(a, b, { roundingMode: "floor" }).neg()),
}) as Pairwise;

/**
 * What is left after dividing, with the sign of the dividend (C's fmod).
 * @api torch.fmod Tensor.fmod Tensor.fmod_
 * @see https://pytorch.org/docs/stable/generated/torch.fmod.html
 */
export const fmod: Pairwise = binary({
  op: Binary.fmod,
  name: "FmodBackward0",
  saves: true,
  left: (g) => g,
  right: (g, { a, b }) => mul(g, div(a, b, { roundingMode: "trunc" }).neg()),
}) as Pairwise;

/**
 * `input + weight · (end − input)`, one weight for all or one for each element.
 * @api torch.lerp Tensor.lerp
 * @see https://pytorch.org/docs/stable/generated/torch.lerp.html
 */
export function lerp(input: Tensor, end: Tensor, weight: ScalarOrTensor): Tensor {
  requireSameType("end", end, input);
  if (weight instanceof Tensor) requireSameType("weight", weight, input);
  requireFloat(weight instanceof Tensor ? "lerp_kernel_tensor" : "lerp_kernel_scalar", input.dtype);
  if (weight instanceof Tensor) return add(input, mul(weight, sub(end, input)));
  const shape = broadcastShapes(input.shape, end.shape);
  const x = spread(input, shape);
  const y = spread(end, shape);
  const result = make(shape);
  const target = at(result);
  const from = at(x);
  kernels.lerp(from, at(y), target, result.numel(), weight);
  return record(lerpOp, result, [x, y], [], weight);
}

function requireSameType(name: string, other: Tensor, input: Tensor): void {
  if (other.dtype === input.dtype) return;
  throw new KindlingError(`expected dtype ${nativeName(input.dtype)} for \`${name}\` but got dtype ${nativeName(other.dtype)}`);
}

const lerpOp: Operation<number> = {
  name: "LerpBackward0",
  backward(node, gradient) {
    const weight = node.data;
    return [node.needs(0) ? mul(gradient, 1 - weight) : null, node.needs(1) ? mul(gradient, weight) : null];
  },
};

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
export function hypot(input: Tensor, other: Tensor): Tensor {
  requireFloat("hypot_cpu", promote(input.dtype, other.dtype));
  return hypotOfFloats(input, other);
}

const hypotOfFloats = floating("Hypot", Math.hypot, {
  left: (g, a, _b, r) => g.mul(a.div(r)),
  right: (g, _a, b, r) => g.mul(b.div(r)),
});

/**
 * The magnitude of `a` with the sign of `b`.
 * @api torch.copysign Tensor.copysign Tensor.copysign_
 * @see https://pytorch.org/docs/stable/generated/torch.copysign.html
 */
export function copysign(input: Tensor, other: ScalarOrTensor): Tensor {
  return mul(asFloat(input).abs(), where(signbit(other instanceof Tensor ? other : full([], other)), -1, 1));
}

/**
 * ln(eᵃ + eᵇ) without overflow.
 * @api torch.logaddexp Tensor.logaddexp
 * @see https://pytorch.org/docs/stable/generated/torch.logaddexp.html
 */
export function logaddexp(input: Tensor, other: Tensor): Tensor {
  requireFloat("logaddexp_cpu", promote(input.dtype, other.dtype));
  const high = maximum(input, other).detach();
  const base = where(high.isinf(), 0, high);
  return shownAs("LogaddexpBackward0", add(log(add(exp(sub(input, base)), exp(sub(other, base)))), base));
}

/**
 * log₂(2ᵃ + 2ᵇ) without overflow.
 * @api torch.logaddexp2 Tensor.logaddexp2
 * @see https://pytorch.org/docs/stable/generated/torch.logaddexp2.html
 */
export function logaddexp2(input: Tensor, other: Tensor): Tensor {
  requireFloat("logaddexp2_cpu", promote(input.dtype, other.dtype));
  const high = maximum(input, other).detach();
  const base = where(high.isinf(), 0, high);
  return shownAs("Logaddexp2Backward0", add(log(add(exp2(sub(input, base)), exp2(sub(other, base)))).mul(Math.LOG2E), base));
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
  return shownAs("XlogyBackward0", where(isZero, mul(asFloat(factor), 0), mul(factor, log(where(isZero, 1, of)))));
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
  requireFloat("nextafter_cpu", promote(input.dtype, other.dtype));
  return tellPair("nextafter", input, other, mapBinary("nextafter", nextFloat, input, other));
}

export const bits = new DataView(new ArrayBuffer(4));
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
  return sub(other, input, { alpha });
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

// --- products added up ----------------------------------------------------------------------------------------------

/**
 * `input + value · tensor1 · tensor2`
 * @api torch.addcmul Tensor.addcmul
 * @see https://pytorch.org/docs/stable/generated/torch.addcmul.html
 */
export function addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, { value = 1 }: { value?: number } = {}): Tensor {
  refuseBool("addcmul_cpu_out", promote(input.dtype, promote(tensor1.dtype, tensor2.dtype)));
  return shownAs("AddcmulBackward0", add(input, mul(tensor1, tensor2), { alpha: value }));
}

/**
 * `input + value · tensor1 / tensor2`
 * @api torch.addcdiv Tensor.addcdiv
 * @see https://pytorch.org/docs/stable/generated/torch.addcdiv.html
 */
export function addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, { value = 1 }: { value?: number } = {}): Tensor {
  if (promote(tensor1.dtype, tensor2.dtype) !== "float32") {
    throw new KindlingError("Integer division with addcdiv is no longer supported. Convert tensor1 or tensor2 with .float() first, or divide with torch.div");
  }
  return shownAs("AddcdivBackward0", add(input, div(tensor1, tensor2), { alpha: value }));
}

/**
 * 0 for negative, 1 for positive elements, `values` at 0.
 * @api torch.heaviside Tensor.heaviside Tensor.heaviside_
 * @see https://pytorch.org/docs/stable/generated/torch.heaviside.html
 */
export function heaviside(input: Tensor, values: Tensor): Tensor {
  if (input.dtype !== values.dtype) throw new KindlingError("heaviside is not yet implemented for tensors with different dtypes.");
  return where(input.eq(0), values, input.gt(0).to(values.dtype));
}
