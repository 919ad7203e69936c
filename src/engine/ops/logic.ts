/** Logic of truth values, and of the bits of integers. */
import { itemSize, promote, promoteScalar } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { Bits, type BitsOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { broadcastShapes } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { eq } from "./comparison.ts";
import { to } from "./conversion.ts";
import { full } from "./creation.ts";
import { integers, spread, type PairOfTensors, type OperandPair, type TensorAndOperand } from "./internal/binaryKernels.ts";
import { at, make } from "./internal/make.ts";
import { mapUnary } from "./internal/map.ts";

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
function logical(name: string, op: BitsOp): PairOfTensors {
  return (a, b) => tellOperation(name, [a, b], joinBits(op, to(a, "bool"), to(b, "bool")));
}

/**
 * Where both are true; zero is false, everything else (NaN, too) is true.
 * @api torch.logicalAnd Tensor.logicalAnd Tensor.logicalAnd_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_and.html
 */
export const logicalAnd: PairOfTensors = logical("logicalAnd", Bits.and);

/**
 * Where at least one is true.
 * @api torch.logicalOr Tensor.logicalOr Tensor.logicalOr_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_or.html
 */
export const logicalOr: PairOfTensors = logical("logicalOr", Bits.or);

/**
 * Where one of them is true.
 * @api torch.logicalXor Tensor.logicalXor Tensor.logicalXor_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_xor.html
 */
export const logicalXor: PairOfTensors = logical("logicalXor", Bits.xor);

/**
 * Where the element is zero.
 * @api torch.logicalNot Tensor.logicalNot Tensor.logicalNot_
 * @see https://pytorch.org/docs/stable/generated/torch.logical_not.html
 */
export function logicalNot(input: Tensor): Tensor {
  return eq(input, 0);
}

function bitwise(name: keyof typeof Bits): OperandPair {
  return (first, b) => {
    const a =
      first instanceof Tensor
        ? first
        : full([], first, { dtype: typeof first === "boolean" ? "bool" : b instanceof Tensor ? promoteScalar(b.dtype, first) : "int32" });
    const other = b instanceof Tensor ? b : full([], b, { dtype: promoteScalar(a.dtype, b) });
    const dtype = promote(a.dtype, other.dtype);
    if (dtype === "float32") throw new KindlingError(`"bitwise_${name}_cpu" not implemented for 'Float'`);
    return tellOperation(`bitwise${name[0]!.toUpperCase()}${name.slice(1)}`, [a, other], joinBits(Bits[name], to(a, dtype), to(other, dtype)));
  };
}

/**
 * `a & b`
 * @api torch.bitwiseAnd Tensor.bitwiseAnd Tensor.bitwiseAnd_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_and.html
 */
export const bitwiseAnd: OperandPair = bitwise("and");

/**
 * `a | b`
 * @api torch.bitwiseOr Tensor.bitwiseOr Tensor.bitwiseOr_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_or.html
 */
export const bitwiseOr: OperandPair = bitwise("or");

/**
 * `a ^ b`
 * @api torch.bitwiseXor Tensor.bitwiseXor Tensor.bitwiseXor_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_xor.html
 */
export const bitwiseXor: OperandPair = bitwise("xor");

/**
 * `a << b`
 * @api torch.bitwiseLeftShift Tensor.bitwiseLeftShift Tensor.bitwiseLeftShift_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_left_shift.html
 */
export const bitwiseLeftShift: TensorAndOperand = integers("bitwiseLeftShift", (a, b) => (b >= 64 ? 0 : a * 2 ** b), "lshift");

/**
 * `a >> b`
 * @api torch.bitwiseRightShift Tensor.bitwiseRightShift Tensor.bitwiseRightShift_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_right_shift.html
 */
export const bitwiseRightShift: TensorAndOperand = integers("bitwiseRightShift", (a, b) => Math.floor(a / 2 ** b), "rshift");

// --- bits -----------------------------------------------------------------------------------------------------------

/**
 * `~a`: logical for `bool`, of all bits for integers.
 * @api torch.bitwiseNot Tensor.bitwiseNot Tensor.bitwiseNot_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_not.html
 */
export function bitwiseNot(input: Tensor): Tensor {
  if (input.dtype === "float32") throw new KindlingError("bitwise_not is only implemented for integer types");
  if (input.dtype === "bool") return input.logicalNot();
  return tellOperation("bitwiseNot", [input], mapUnary(input.dtype === "uint8" ? (x) => 255 - x : (x) => ~x, input, input.dtype));
}
