/** How functions of pairs of elements run, broadcast, and are differentiated. */
import { needsRecord, record, type Node, type Operation } from "../../autograd/node.ts";
import { promote, promoteScalar, type DType } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import { tellOperation } from "../../instrument.ts";
import { Binary, type BinaryOp } from "../../kernels/exports.ts";
import { kernels } from "../../memory/linear.ts";
import { failsByValue } from "../../memory/reading.ts";
import { broadcastShapes, numelOf, sameShape, type Shape } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { contiguous, to } from "../conversion.ts";
import { full } from "../creation.ts";
import type { BinaryOptions, Operand, ScalarOrTensor } from "../types.ts";
import { expand } from "../views.ts";
import { denseCopy } from "./copy.ts";
import { at, make } from "./make.ts";
import { mapBinary } from "./map.ts";
import { refuseBool, requireInteger } from "./requireKernel.ts";
import { scalarAt } from "./scalar.ts";
import { describeBroadcast } from "./strided.ts";
import { sumTo } from "./sumTo.ts";
import { asFloat } from "./unaryKernels.ts";

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

/** An integer division: PyTorch's error where the divisor is zero. */
function byNonZero(divide: Arithmetic): Arithmetic {
  return (a, b) => {
    if (b === 0) {
      failsByValue();
      throw new KindlingError("ZeroDivisionError");
    }
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

export const floorOfQuotient = byNonZero((a, b) => Math.floor(a / b));
export const truncatedQuotient = byNonZero((a, b) => Math.trunc(a / b));
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
export function typeOfPair(a: Tensor, b: ScalarOrTensor): DType {
  return b instanceof Tensor ? promote(a.dtype, b.dtype) : promoteScalar(a.dtype, b);
}

/** PyTorch's names of kernels that it has for numbers only. */
const numbersOnly: Partial<Record<BinaryOp, string>> = { [Binary.pow]: "pow", [Binary.fmod]: "fmod_cpu", [Binary.remainder]: "remainder_cpu" };

/** Truth values aren't subtracted. */
function refuseMasks(a: Tensor, b: ScalarOrTensor): void {
  const isMask = b instanceof Tensor && b.dtype === "bool";
  if (a.dtype === "bool" && isMask) {
    throw new KindlingError("Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
  }
  if (a.dtype === "bool" || isMask) {
    throw new KindlingError(
      "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
    );
  }
}

/** Result type and the right way to compute it; no trace in the graph. */
function compute(op: BinaryOp, a: Tensor, b: ScalarOrTensor, alpha: number): Tensor {
  if (op === Binary.sub) refuseMasks(a, b);
  const common = typeOfPair(a, b);
  const dtype = op === Binary.div ? "float32" : common;
  if (dtype === "float32") {
    const x = to(a, "float32");
    return b instanceof Tensor ? runBinary(op, x, to(b, "float32"), alpha) : runScalar(op, x, b, alpha);
  }
  if (dtype === "bool" && numbersOnly[op] !== undefined) refuseBool(numbersOnly[op], dtype);
  if (!Number.isInteger(alpha)) throw new KindlingError("For integral input tensors, argument alpha must not be a floating point number.");
  if (op === Binary.pow && typeof b === "number" && b < 0) throw new KindlingError("Integers to negative integer powers are not allowed.");
  const arithmetic = integerArithmetic[op];
  return mapBinary(operationNames[op], alpha === 1 ? arithmetic : (p, q) => arithmetic(p, alpha * q), a, b, dtype);
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
  readonly #node: Node;
  readonly #scalar: number | null;

  constructor(node: Node, scalar: number | null) {
    this.#node = node;
    this.#scalar = scalar;
  }

  get a(): Tensor {
    return this.#node.saved(0);
  }

  get b(): ScalarOrTensor {
    return this.#scalar ?? this.#node.saved(1);
  }
}

interface BinaryData {
  readonly shapeA: Shape;
  readonly shapeB: Shape | null;
  readonly scalar: number;
  readonly alpha: number;
}

/** Tells of an operation without a derivative on a tensor and a tensor or number. @returns `output` */
export function tellPair(name: string, a: Tensor, b: ScalarOrTensor, output: Tensor, more: object = {}): Tensor {
  if (b instanceof Tensor) return tellOperation(name, [a, b], output, more);
  return tellOperation(name, [a], output, { ...more, shapeB: null, scalar: b });
}

/** Either operand may be a number; a number before a tensor becomes a tensor without dimensions. */
export type Pairwise = (input: ScalarOrTensor, other: ScalarOrTensor) => Tensor;

/** Either operand may also be a truth value. */
export type OperandPair = (input: Operand, other: Operand) => Tensor;

/** `input` to the power `exponent`. */
export type Power = (input: ScalarOrTensor, exponent: ScalarOrTensor) => Tensor;

/** A function of two tensors. */
export type PairOfTensors = (input: Tensor, other: Tensor) => Tensor;

/** Of a tensor and a tensor or number. */
export type TensorAndOperand = (input: Tensor, other: ScalarOrTensor) => Tensor;

export type ScaledPairwise = (input: Operand, other: Operand, options?: BinaryOptions) => Tensor;

/** The first operand as a tensor that doesn't change the type of the result more than a number does. */
export function leading(a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor) return a;
  return full([], a, { dtype: typeof a === "boolean" ? "bool" : b instanceof Tensor ? promoteScalar(b.dtype, a) : "float32" });
}

/** A truth value as a tensor, where it makes a difference that it isn't a number. */
function following(b: Operand, a: Tensor, op: BinaryOp): ScalarOrTensor {
  if (typeof b !== "boolean") return b;
  return a.dtype === "bool" || op === Binary.sub ? full([], b, { dtype: "bool" }) : Number(b);
}

export function binary(spec: BinarySpec): ScaledPairwise {
  const operation: Operation<BinaryData> = {
    name: spec.name,
    backward(node, gradient) {
      const { shapeA, shapeB, scalar, alpha } = node.data;
      if (shapeB === null) return [spec.left(gradient, new SavedOperands(node, scalar), alpha)];
      const operands = new SavedOperands(node, null) as Operands<Tensor>;
      return [
        node.needs(0) ? sumTo(spec.left(gradient, operands, alpha), shapeA) : null,
        node.needs(1) ? sumTo(spec.right(gradient, operands, alpha), shapeB) : null,
      ];
    },
  };
  return (first, second, options) => {
    const a = leading(first, second);
    const b = following(second, a, spec.op);
    const alpha = options?.alpha ?? 1;
    const output = compute(spec.op, a, b, alpha);
    if (output.dtype !== "float32") return tellPair(operationNames[spec.op], a, b, output, { alpha });
    if (b instanceof Tensor) {
      const inputs = [a, b];
      if (!needsRecord(inputs)) return output;
      const data: BinaryData = { shapeA: a.shape, shapeB: b.shape, scalar: 0, alpha };
      return record(operation, output, inputs, spec.saves ? inputs : [], data);
    }
    if (!needsRecord([a])) return output;
    return record(operation, output, [a], spec.saves ? [a] : [], { shapeA: a.shape, shapeB: null, scalar: b, alpha });
  };
}

// --- comparisons and logic ------------------------------------------------------------------------------------------

/** Whether a dense operand is read from its start: as a whole, or one value for all `count`. */
export function liesFlat(tensor: Tensor, count: number): boolean {
  return tensor.dense && (tensor.numel() === count || tensor.numel() === 1);
}

/** By how much a flat operand moves on from one element to the next. */
export function stepOf(tensor: Tensor, count: number): 0 | 1 {
  return tensor.numel() === count ? 1 : 0;
}

/** Repeated to `shape`, in dense memory. */
export function spread(tensor: Tensor, shape: Shape): Tensor {
  return contiguous(sameShape(tensor.shape, shape) ? tensor : expand(tensor, shape));
}

/** A number as a tensor that goes with `other`. */
export function asTensorLike(value: ScalarOrTensor, other: Tensor): Tensor {
  return value instanceof Tensor ? value : full([], value, { dtype: promoteScalar(other.dtype, value) });
}

interface Partials {
  left(gradient: Tensor, a: Tensor, b: Tensor, result: Tensor): Tensor;
  right(gradient: Tensor, a: Tensor, b: Tensor, result: Tensor): Tensor;
}

/** A differentiable function of two float tensors without a kernel. */
export function floating(name: string, f: (a: number, b: number) => number, partial: Partials): PairOfTensors {
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
    const result = mapBinary(name, f, a, b);
    return record(operation, result, [a, b], [a, b, result], [a.shape, b.shape]);
  };
}

/**
 * A function of two integers without a kernel; numbers and tensors as second operand.
 * @param kernel what PyTorch calls its own
 */
export function integers(name: string, f: (a: number, b: number) => number, kernel = name): TensorAndOperand {
  return (a, b) => {
    const dtype = typeOfPair(a, b);
    requireInteger(`${kernel}_cpu`, dtype);
    return tellPair(name, a, b, mapBinary(kernel, f, a, b, dtype));
  };
}
