/** Operations on pairs: arithmetic with broadcasting, comparisons, logic, choice. Forward beside backward. */
import { needsGraph, record, type Node, type Operation } from "../autograd/node.ts";
import { itemSize, promote, promoteScalar, typedArray, type DType } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { Binary, Bits, Compare, CompareI32, type BinaryOp, type BitsOp, type CompareOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { broadcastShapes, numelOf, sameShape, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { contiguous, to } from "./conversion.ts";
import { denseCopy } from "./internal/copy.ts";
import { full, fromTypedArray, zeros, zerosLike } from "./creation.ts";
import { at, make } from "./internal/make.ts";
import { toTypedArray } from "./reading.ts";
import { nonzero } from "./indexing.ts";
import { integerAt, scalarAt } from "./internal/scalar.ts";
import { describeBroadcast } from "./internal/strided.ts";
import { sumTo } from "./internal/sumTo.ts";
import type { BinaryOptions, ScalarOrTensor } from "./types.ts";
import { expand } from "./views.ts";
import { unbind } from "./split.ts";
import { wholeNumbers } from "./internal/wholeNumbers.ts";

// --- running --------------------------------------------------------------------------------------------------------

/** How `small` lies within the larger dense operand: as a whole, one row for all, or one value for each row. */
type Layout = { kind: "same" } | { kind: "row"; rows: number; cols: number } | { kind: "column"; rows: number; cols: number } | null;

function layoutOf(small: Shape, large: Shape): Layout {
  if (numelOf(small) === numelOf(large)) return { kind: "same" };
  let lead = 0;
  while (lead < small.length && small[lead] === 1) lead++;
  const core = small.slice(lead);
  if (sameShape(core, large.slice(large.length - core.length))) {
    const cols = numelOf(core);
    return { kind: "row", rows: numelOf(large) / cols, cols };
  }
  if (small.length !== large.length) return null;
  let end = small.length;
  while (end > 0 && small[end - 1] === 1) end--;
  if (!sameShape(small.slice(0, end), large.slice(0, end))) return null;
  const rows = numelOf(small);
  return { kind: "column", rows, cols: numelOf(large) / rows };
}

/** Two float32 operands, broadcast; no trace in the graph. */
function runBinary(op: BinaryOp, a: Tensor, b: Tensor, alpha: number): Tensor {
  const shape = sameShape(a.shape, b.shape) ? a.shape : broadcastShapes(a.shape, b.shape);
  const count = numelOf(shape);
  if (count === 0) return make(shape);
  const [countA, countB] = [a.numel(), b.numel()];
  if (countA === count || countB === count) {
    const x = a.dense ? a : denseCopy(a);
    const y = b.dense ? b : denseCopy(b);
    if (countB === 1 || countA === 1 || countA === countB) {
      const result = make(shape);
      const target = at(result);
      const left = at(x);
      kernels.binary(op, left, countA === 1 && count > 1 ? 0 : 1, at(y), countB === 1 && count > 1 ? 0 : 1, target, count, alpha);
      return result;
    }
    const swapped = countB === count;
    const layout = swapped ? layoutOf(x.shape, shape) : layoutOf(y.shape, shape);
    // `alpha` belongs to the right operand, which a swapped call can't tell.
    if (layout !== null && layout.kind !== "same") {
      const result = make(shape);
      const target = at(result);
      const large = at(swapped ? y : x);
      const small = at(swapped ? x : y);
      const run = layout.kind === "row" ? kernels.binaryRow : kernels.binaryColumn;
      run(op, large, small, target, layout.rows, layout.cols, swapped ? 1 : 0, alpha);
      return result;
    }
  }
  const result = make(shape);
  const target = at(result);
  const left = at(a);
  const right = at(b);
  const { rank, address } = describeBroadcast(shape, [a, b]);
  kernels.binaryStrided(op, left, right, target, rank, address, alpha);
  return result;
}

function runScalar(op: BinaryOp, a: Tensor, scalar: number, alpha: number): Tensor {
  const x = a.dense ? a : denseCopy(a);
  const result = make(a.shape);
  const target = at(result);
  kernels.binary(op, at(x), 1, scalarAt(scalar), 0, target, a.numel(), alpha);
  return result;
}

type Arithmetic = (a: number, b: number) => number;

/** Element by element in double precision, for the types that kernels don't know. Truth values stay such; `uint8` wraps round. */
function runIntegers(name: string, compute: Arithmetic, a: Tensor, b: ScalarOrTensor, dtype: DType): Tensor {
  const shape = b instanceof Tensor ? broadcastShapes(a.shape, b.shape) : a.shape;
  const x = toTypedArray(expand(a.detach(), shape));
  const y = b instanceof Tensor ? toTypedArray(expand(b.detach(), shape)) : null;
  const out = dtype === "int32" ? new Float64Array(x.length) : typedArray(dtype, x.length);
  for (let i = 0; i < x.length; i++) {
    const value = compute(x[i]!, y === null ? (b as number) : y[i]!);
    out[i] = dtype === "bool" ? Number(value !== 0) : value;
  }
  return out instanceof Float64Array ? wholeNumbers(out, shape, name) : fromTypedArray(out, shape, { dtype });
}

/** An integer division: PyTorch's error where the divisor is zero. */
function byNonZero(divide: Arithmetic): Arithmetic {
  return (a, b) => {
    if (b === 0) throw new KindlingError("ZeroDivisionError");
    return divide(a, b);
  };
}

/** By squaring, so that whatever a double holds comes out exactly. */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) return Math.abs(base) === 1 ? integerPower(base, -exponent) : 0;
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; square *= square, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
  }
  return result;
}

const floorOfQuotient = byNonZero((a, b) => Math.floor(a / b));
const truncatedQuotient = byNonZero((a, b) => Math.trunc(a / b));

const integerArithmetic: Record<BinaryOp, Arithmetic> = {
  [Binary.add]: (a, b) => a + b,
  [Binary.sub]: (a, b) => a - b,
  [Binary.mul]: (a, b) => a * b,
  [Binary.div]: (a, b) => a / b,
  [Binary.pow]: integerPower,
  [Binary.maximum]: Math.max,
  [Binary.minimum]: Math.min,
  [Binary.fmod]: byNonZero((a, b) => a % b),
  [Binary.remainder]: byNonZero((a, b) => a - b * Math.floor(a / b)),
  [Binary.atan2]: Math.atan2,
};

const operationNames = Object.fromEntries(Object.entries(Binary).map(([name, code]) => [code, name])) as Record<BinaryOp, string>;

/** The type that a pair of operands is computed in. */
function typeOfPair(a: Tensor, b: ScalarOrTensor): DType {
  if (typeof b !== "number" && typeof b !== "boolean" && !(b instanceof Tensor)) {
    throw new ArgumentError(`unsupported operand: a tensor goes with a tensor or a number, but got ${b === null ? "null" : typeof b}`, "TypeError");
  }
  return b instanceof Tensor ? promote(a.dtype, b.dtype) : promoteScalar(a.dtype, b);
}

/** Result type and the right way to compute it; no trace in the graph. */
function compute(op: BinaryOp, a: Tensor, b: ScalarOrTensor, alpha: number): Tensor {
  const common = typeOfPair(a, b);
  const dtype = op === Binary.div ? "float32" : common;
  if (dtype === "float32") {
    const x = to(a, "float32");
    return b instanceof Tensor ? runBinary(op, x, to(b, "float32"), alpha) : runScalar(op, x, b, alpha);
  }
  if (op === Binary.sub && a.dtype === "bool" && b instanceof Tensor && b.dtype === "bool") {
    throw new KindlingError("Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
  }
  if (!Number.isInteger(alpha)) throw new KindlingError("For integral input tensors, argument alpha must not be a floating point number.");
  if (op === Binary.pow && typeof b === "number" && b < 0) throw new KindlingError("Integers to negative integer powers are not allowed.");
  const arithmetic = integerArithmetic[op];
  return runIntegers(operationNames[op], alpha === 1 ? arithmetic : (p, q) => arithmetic(p, alpha * q), a, b, dtype);
}

// --- differentiable arithmetic --------------------------------------------------------------------------------------

interface BinarySpec {
  readonly op: BinaryOp;
  readonly name: string;
  /** Whether the derivatives read operands. */
  readonly saves: boolean;
  /** Gradients with respect to the operands, before broadcasting is undone. */
  left(gradient: Tensor, operands: Operands, alpha: number): Tensor;
  right(gradient: Tensor, operands: Operands<Tensor>, alpha: number): Tensor;
}

/** Read on demand: an operand that no wanted gradient needs may have been changed since. */
interface Operands<B = ScalarOrTensor> {
  readonly a: Tensor;
  readonly b: B;
}

class SavedOperands implements Operands {
  readonly node: Node;
  readonly scalar: number | null;

  constructor(node: Node, scalar: number | null) {
    this.node = node;
    this.scalar = scalar;
  }

  get a(): Tensor {
    return this.node.saved(0);
  }

  get b(): ScalarOrTensor {
    return this.scalar ?? this.node.saved(1);
  }
}

interface BinaryData {
  readonly shapeA: Shape;
  readonly shapeB: Shape | null;
  readonly scalar: number;
  readonly alpha: number;
}

/** Either operand may be a number; a number before a tensor becomes a tensor without dimensions. */
export type Pairwise = (input: ScalarOrTensor, other: ScalarOrTensor) => Tensor;

/** `input` to the power `exponent`. */
export type Power = (input: ScalarOrTensor, exponent: ScalarOrTensor) => Tensor;

/** A function of two tensors. */
export type PairOfTensors = (input: Tensor, other: Tensor) => Tensor;

/** Of a tensor and a tensor or number. */
export type TensorAndOperand = (input: Tensor, other: ScalarOrTensor) => Tensor;

export interface DivisionOptions {
  /** How the quotient is rounded: towards zero, down, or (default) not at all. */
  roundingMode?: "trunc" | "floor" | null;
}

export type ScaledPairwise = (input: ScalarOrTensor, other: ScalarOrTensor, options?: BinaryOptions) => Tensor;

/** The first operand as a tensor that doesn't change the type of the result more than a number does. */
function leading(a: ScalarOrTensor, b: ScalarOrTensor): Tensor {
  if (a instanceof Tensor) return a;
  return full([], a, { dtype: b instanceof Tensor ? promoteScalar(b.dtype, a) : "float32" });
}

function binary(spec: BinarySpec): ScaledPairwise {
  const operation: Operation = {
    name: spec.name,
    backward(node, gradient) {
      const { shapeA, shapeB, scalar, alpha } = node.data as BinaryData;
      if (shapeB === null) return [spec.left(gradient, new SavedOperands(node, scalar), alpha)];
      const operands = new SavedOperands(node, null) as Operands<Tensor>;
      return [
        node.needs(0) ? sumTo(spec.left(gradient, operands, alpha), shapeA) : null,
        node.needs(1) ? sumTo(spec.right(gradient, operands, alpha), shapeB) : null,
      ];
    },
  };
  return (first, b, options) => {
    const a = leading(first, b);
    const alpha = options?.alpha ?? 1;
    const output = compute(spec.op, a, b, alpha);
    if (output.dtype !== "float32") return output;
    if (b instanceof Tensor) {
      const inputs = [a, b];
      if (!needsGraph(inputs)) return output;
      const data: BinaryData = { shapeA: a.shape, shapeB: b.shape, scalar: 0, alpha };
      return record(operation, output, inputs, spec.saves ? inputs : [], data);
    }
    if (!needsGraph([a])) return output;
    return record(operation, output, [a], spec.saves ? [a] : [], { shapeA: a.shape, shapeB: null, scalar: b, alpha });
  };
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
export const mul: Pairwise = binary({
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
  if (dtype !== "float32") return runIntegers("div", mode === "floor" ? floorOfQuotient : truncatedQuotient, a, other, dtype);
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

const roundedQuotientOp: Operation = {
  name: "DivBackward1",
  backward: (node) => (node.data as readonly Shape[]).map((shape) => zeros(shape)),
};

/** A quotient of floats without its fraction; its steps have no slope. */
function roundedQuotient(mode: "floor" | "trunc", first: Tensor, second: ScalarOrTensor): Tensor {
  const [a, b] = [to(first.detach(), "float32"), second instanceof Tensor ? to(second.detach(), "float32") : second];
  const result = mode === "floor" ? flooredQuotient(a, b) : trueDivide(a, b).trunc();
  const inputs = second instanceof Tensor ? [first, second] : [first];
  return record(roundedQuotientOp, result, inputs, [], inputs.map(({ shape }) => shape));
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
    typeof b === "number"
      ? b === 0
        ? zerosLike(g)
        : mul(g, mul(pow(a, b - 1), b))
      : mul(g, where(b.eq(0), 0, mul(pow(a, sub(b, 1)), b))),
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
  if (weight instanceof Tensor) return add(input, mul(weight, sub(end, input)));
  const shape = broadcastShapes(input.shape, end.shape);
  const x = spread(to(input, "float32"), shape);
  const y = spread(to(end, "float32"), shape);
  const result = make(shape);
  const target = at(result);
  const from = at(x);
  kernels.lerp(from, at(y), target, result.numel(), weight);
  return record(lerpOp, result, [x, y], [], weight);
}

const lerpOp: Operation = {
  name: "LerpBackward0",
  backward(node, gradient) {
    const weight = node.data as number;
    return [node.needs(0) ? mul(gradient, 1 - weight) : null, node.needs(1) ? mul(gradient, weight) : null];
  },
};

// --- comparisons and logic ------------------------------------------------------------------------------------------

/** Whether a dense operand is read from its start: as a whole, or one value for all `count`. */
function liesFlat(tensor: Tensor, count: number): boolean {
  return tensor.dense && (tensor.numel() === count || tensor.numel() === 1);
}

/** By how much a flat operand moves on from one element to the next. */
function stepOf(tensor: Tensor, count: number): 0 | 1 {
  return tensor.numel() === count ? 1 : 0;
}

function comparison(name: keyof typeof Compare): TensorAndOperand {
  return (a, b) => {
    const dtype = comparedAs(a, b) === "float32" ? "float32" : "int32";
    const op = dtype === "float32" ? Compare[name] : CompareI32[name];
    const x = to(a, dtype);
    if (b instanceof Tensor) return comparePair(op, x, to(b, dtype));
    const left = x.dense ? x : denseCopy(x);
    const result = make(a.shape, "bool");
    const target = at(result);
    kernels.compare(op, at(left), 1, dtype === "float32" ? scalarAt(b) : integerAt(b), 0, target, result.numel());
    return result;
  };
}

/** A whole number that no integer type holds is compared as a fraction is. */
function comparedAs(a: Tensor, b: ScalarOrTensor): DType {
  if (b instanceof Tensor) return promote(a.dtype, b.dtype);
  return Number(b) === (Number(b) | 0) ? promoteScalar(a.dtype, b) : "float32";
}

function comparePair(op: CompareOp, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  const result = make(shape, "bool");
  const count = result.numel();
  const target = at(result);
  const left = at(a);
  const right = at(b);
  if (liesFlat(a, count) && liesFlat(b, count)) {
    kernels.compare(op, left, stepOf(a, count), right, stepOf(b, count), target, count);
  } else {
    const { rank, address } = describeBroadcast(shape, [a, b]);
    kernels.compareStrided(op, left, right, target, rank, address);
  }
  return result;
}

/**
 * Where both are equal, as `bool`.
 * @api torch.eq Tensor.eq Tensor.eq_
 * @see https://pytorch.org/docs/stable/generated/torch.eq.html
 */
export const eq: TensorAndOperand = comparison("eq");
/**
 * Where they differ, as `bool`.
 * @api torch.ne Tensor.ne Tensor.ne_ torch.notEqual Tensor.notEqual Tensor.notEqual_
 * @see https://pytorch.org/docs/stable/generated/torch.ne.html
 */
export const ne: TensorAndOperand = comparison("ne");
/**
 * Where the input is smaller, as `bool`.
 * @api torch.lt Tensor.lt Tensor.lt_ torch.less Tensor.less Tensor.less_
 * @see https://pytorch.org/docs/stable/generated/torch.lt.html
 */
export const lt: TensorAndOperand = comparison("lt");
/**
 * Where the input is not larger, as `bool`.
 * @api torch.le Tensor.le Tensor.le_ torch.lessEqual Tensor.lessEqual Tensor.lessEqual_
 * @see https://pytorch.org/docs/stable/generated/torch.le.html
 */
export const le: TensorAndOperand = comparison("le");
/**
 * Where the input is larger, as `bool`.
 * @api torch.gt Tensor.gt Tensor.gt_ torch.greater Tensor.greater Tensor.greater_
 * @see https://pytorch.org/docs/stable/generated/torch.gt.html
 */
export const gt: TensorAndOperand = comparison("gt");
/**
 * Where the input is not smaller, as `bool`.
 * @api torch.ge Tensor.ge Tensor.ge_ torch.greaterEqual Tensor.greaterEqual Tensor.greaterEqual_
 * @see https://pytorch.org/docs/stable/generated/torch.ge.html
 */
export const ge: TensorAndOperand = comparison("ge");

/** Repeated to `shape`, in dense memory. */
function spread(tensor: Tensor, shape: Shape): Tensor {
  return contiguous(sameShape(tensor.shape, shape) ? tensor : expand(tensor, shape));
}

function joinBits(op: BitsOp, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  const x = spread(a, shape);
  const y = spread(b, shape);
  const result = make(shape, a.dtype);
  const target = at(result);
  const left = at(x);
  kernels.bits(op, left, at(y), target, result.numel() * itemSize(a.dtype));
  return result;
}

/** Zero is false, everything else (NaN, too) is true. */
function logical(op: BitsOp): PairOfTensors {
  return (a, b) => joinBits(op, to(a, "bool"), to(b, "bool"));
}

/**
 * Where both are true; zero is false, everything else (NaN, too) is true.
 * @api torch.logicalAnd Tensor.logicalAnd Tensor.logicalAnd_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_and.html
 */
export const logicalAnd: PairOfTensors = logical(Bits.and);
/**
 * Where at least one is true.
 * @api torch.logicalOr Tensor.logicalOr Tensor.logicalOr_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_or.html
 */
export const logicalOr: PairOfTensors = logical(Bits.or);
/**
 * Where one of them is true.
 * @api torch.logicalXor Tensor.logicalXor Tensor.logicalXor_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_xor.html
 */
export const logicalXor: PairOfTensors = logical(Bits.xor);

/**
 * Where the element is zero.
 * @api torch.logicalNot Tensor.logicalNot Tensor.logicalNot_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_not.html
 */
export function logicalNot(input: Tensor): Tensor {
  return eq(input, 0);
}

function bitwise(name: keyof typeof Bits): Pairwise {
  return (first, b) => {
    const a = first instanceof Tensor ? first : full([], first, { dtype: b instanceof Tensor ? promoteScalar(b.dtype, first) : "int32" });
    const other = b instanceof Tensor ? b : full([], b, { dtype: promoteScalar(a.dtype, b) });
    const dtype = promote(a.dtype, other.dtype);
    if (dtype === "float32") throw new KindlingError(`"bitwise_${name}_cpu" not implemented for 'Float'`);
    return joinBits(Bits[name], to(a, dtype), to(other, dtype));
  };
}
/**
 * `a & b`
 * @api torch.bitwiseAnd Tensor.bitwiseAnd Tensor.bitwiseAnd_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_and.html
 */
export const bitwiseAnd: Pairwise = bitwise("and");
/**
 * `a | b`
 * @api torch.bitwiseOr Tensor.bitwiseOr Tensor.bitwiseOr_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_or.html
 */
export const bitwiseOr: Pairwise = bitwise("or");
/**
 * `a ^ b`
 * @api torch.bitwiseXor Tensor.bitwiseXor Tensor.bitwiseXor_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_xor.html
 */
export const bitwiseXor: Pairwise = bitwise("xor");

/**
 * Where the element is NaN.
 * @api torch.isnan Tensor.isnan
 * @see https://pytorch.org/docs/stable/generated/torch.isnan.html
 */
export function isnan(input: Tensor): Tensor {
  return ne(input, input);
}

/**
 * Where the element is ±∞.
 * @api torch.isinf Tensor.isinf
 * @see https://pytorch.org/docs/stable/generated/torch.isinf.html
 */
export function isinf(input: Tensor): Tensor {
  return input.dtype === "float32" ? eq(input.abs(), Infinity) : full(input.shape, false, { dtype: "bool" });
}

/**
 * Where the element is neither NaN nor ±∞.
 * @api torch.isfinite Tensor.isfinite
 * @see https://pytorch.org/docs/stable/generated/torch.isfinite.html
 */
export function isfinite(input: Tensor): Tensor {
  return input.dtype === "float32" ? lt(input.abs(), Infinity) : full(input.shape, true, { dtype: "bool" });
}

// --- choice ---------------------------------------------------------------------------------------------------------

const whereOp: Operation = {
  name: "WhereBackward0",
  backward(node, gradient) {
    const condition = node.saved(0);
    const [shapeA, shapeB] = node.data as [Shape, Shape];
    return [
      node.needs(0) ? sumTo(where(condition, gradient, 0), shapeA) : null,
      node.needs(1) ? sumTo(where(condition, 0, gradient), shapeB) : null,
    ];
  },
};

/**
 * This tensor's values where `condition` holds, `other`'s elsewhere; all broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.where.html
 * @api Tensor.where
 */
export function valuesWhere(input: Tensor, condition: Tensor, other: ScalarOrTensor): Tensor {
  return where(condition, input, other);
}

/**
 * `input` where `condition` holds, `other` elsewhere; all broadcast. With the condition alone: the positions where it holds,
 * one index tensor for each dimension.
 * @api torch.where
 * @see https://pytorch.org/docs/stable/generated/torch.where.html
 */
export function where(condition: Tensor, input: ScalarOrTensor, other: ScalarOrTensor): Tensor;
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, input?: ScalarOrTensor, other?: ScalarOrTensor): Tensor | Tensor[] {
  if (input === undefined || other === undefined) return unbind(nonzero(condition), 1);
  return choose(condition, input, other);
}

/** `input` where `condition` holds, `other` elsewhere; all broadcast. */
function choose(condition: Tensor, a: ScalarOrTensor, b: ScalarOrTensor): Tensor {
  const left = a instanceof Tensor ? a : full([], a, { dtype: b instanceof Tensor ? promoteScalar(b.dtype, a) : "float32" });
  const right = b instanceof Tensor ? b : full([], b, { dtype: a instanceof Tensor ? promoteScalar(a.dtype, b) : "float32" });
  const shape = broadcastShapes(condition.shape, broadcastShapes(left.shape, right.shape));
  const dtype = promote(left.dtype, right.dtype);
  // The kernel moves words.
  const moved = itemSize(dtype) === 4 ? dtype : "int32";
  const result = chosen(to(condition, "bool"), to(left, moved), to(right, moved), make(shape, moved));
  if (dtype !== "float32") return to(result, dtype);
  return record(whereOp, result, [left, right], [condition], [left.shape, right.shape]);
}

function chosen(mask: Tensor, x: Tensor, y: Tensor, result: Tensor): Tensor {
  const count = result.numel();
  const target = at(result);
  const from = at(mask);
  const left = at(x);
  const right = at(y);
  if (mask.dense && mask.numel() === count && liesFlat(x, count) && liesFlat(y, count)) {
    kernels.where(from, left, stepOf(x, count), right, stepOf(y, count), target, count);
  } else {
    const { rank, address } = describeBroadcast(result.shape, [mask, x, y]);
    kernels.whereStrided(from, left, right, target, rank, address);
  }
  return result;
}

const maskedFillOp: Operation = {
  name: "MaskedFillBackward0",
  backward: (node, gradient) => [sumTo(maskedFill(gradient, node.saved(0), 0), node.data as Shape)],
};

/**
 * `value` where `mask` holds, the input elsewhere.
 * @api torch.maskedFill Tensor.maskedFill
 * @see https://pytorch.org/docs/stable/generated/torch.masked_fill.html
 */
export function maskedFill(input: Tensor, mask: Tensor, value: ScalarOrTensor): Tensor {
  if (typeof value !== "number") return where(mask, value, input);
  const isPlain = input.dtype === "float32" && input.dense && mask.dense && itemSize(mask.dtype) === 1 && sameShape(input.shape, mask.shape);
  const result = isPlain ? fillWhere(input, mask, value) : where(mask, value, input.detach());
  return input.dtype === "float32" ? record(maskedFillOp, result, [input], [mask], input.shape) : result;
}

function fillWhere(input: Tensor, mask: Tensor, value: number): Tensor {
  const result = make(input.shape);
  const target = at(result);
  const from = at(input);
  kernels.maskedFill(from, at(mask), target, result.numel(), value);
  return result;
}

