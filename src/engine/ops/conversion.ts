/** The same values as another type, and copies. */
import { record, type Operation } from "../autograd/node.ts";
import { isDeviceName, noDevice, requireProcessor, type Device, type DeviceLike } from "../device.ts";
import { dtypeNamed, isDtypeName, type DType, type DTypeName } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { Tensor } from "../tensor.ts";
import { converted, denseCopy } from "./internal/copy.ts";

const cloneOp: Operation = {
  name: "CloneBackward0",
  backward: (_node, gradient) => [gradient],
};

/**
 * A copy, through which gradients flow.
 * @see https://pytorch.org/docs/stable/generated/torch.clone.html
 * @api torch.clone Tensor.clone
 */
export function clone(input: Tensor): Tensor {
  return record(cloneOp, denseCopy(input), [input]);
}

/**
 * The tensor itself where its elements lie in memory row by row, else a copy in which they do.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.contiguous.html
 * @api torch.contiguous Tensor.contiguous
 */
export function contiguous(input: Tensor): Tensor {
  return input.dense ? input : clone(input);
}

/**
 * The values as another type: a name (`x.to("int32")`) or that of another tensor (`x.to(other)`). The tensor itself where
 * it is of that type already, unless `copy` says otherwise. The device `"cpu"` changes nothing.
 * @param nonBlocking of no effect
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.to.html
 * @api Tensor.to
 */
export function to(input: Tensor, dtype: DTypeName, nonBlocking?: boolean, copy?: boolean): Tensor;
export function to(input: Tensor, other: Tensor, nonBlocking?: boolean, copy?: boolean): Tensor;
export function to(input: Tensor, device?: Device | string | null, dtype?: DTypeName | null, nonBlocking?: boolean, copy?: boolean): Tensor;
export function to(input: Tensor, target?: DeviceLike | Tensor | null, second?: DTypeName | boolean | null, third?: boolean, fourth?: boolean): Tensor {
  const isType = target instanceof Tensor || (typeof target === "string" && isDtypeName(target));
  return toType(input, typeAsked(target, second) ?? input.dtype, (isType ? third : fourth) ?? false);
}

/** The type that the first arguments of `to` ask for, `null` where only a place. @throws KindlingError for another place than the processor */
export function typeAsked(target: DeviceLike | Tensor | null | undefined, second?: DTypeName | boolean | null): DType | null {
  if (target instanceof Tensor) return target.dtype;
  if (typeof target === "string" && isDtypeName(target)) return dtypeNamed(target);
  if (typeof target === "string" && !isDeviceName(target)) {
    throw new KindlingError(`'${target}' is neither a device that Kindling has ("cpu") nor a dtype ("float32", "int32", "bool", "uint8")`);
  }
  requireProcessor(target);
  return typeof second === "string" ? dtypeNamed(second) : null;
}

function toType(input: Tensor, dtype: DType, copy: boolean): Tensor {
  if (dtype === input.dtype) return copy ? clone(input) : input;
  return tellOperation("to", [input], converted(input, dtype));
}

/**
 * The values as the type of another tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.type_as.html
 * @api Tensor.typeAs
 */
export function typeAs(input: Tensor, other: Tensor): Tensor {
  return to(input, other);
}

/**
 * The values as `float32`, the one floating-point type.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.float.html
 * @api Tensor.float Tensor.double Tensor.half
 */
export function float(input: Tensor): Tensor {
  return to(input, "float32");
}

/**
 * The values as `int32`, the largest integer type; fractions are cut off.
 * @throws KindlingError for numbers that it can't hold
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.int.html
 * @api Tensor.int Tensor.long Tensor.short
 */
export function int(input: Tensor): Tensor {
  return to(input, "int32");
}

/**
 * Whether each value isn't zero.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.bool.html
 * @api Tensor.bool
 */
export function bool(input: Tensor): Tensor {
  return to(input, "bool");
}

/**
 * The values as `uint8`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.byte.html
 * @api Tensor.byte
 */
export function byte(input: Tensor): Tensor {
  return to(input, "uint8");
}

const TYPE_NAMES: Record<DType, string> = {
  float32: "torch.FloatTensor",
  int32: "torch.LongTensor",
  bool: "torch.BoolTensor",
  uint8: "torch.ByteTensor",
};

/**
 * PyTorch's name of the type, `"torch.FloatTensor"`; or the values as another type.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.type.html
 * @api Tensor.type
 */
export function type(input: Tensor): string;
export function type(input: Tensor, dtype: DTypeName): Tensor;
export function type(input: Tensor, dtype?: DTypeName): string | Tensor {
  return dtype === undefined ? TYPE_NAMES[input.dtype] : to(input, dtype);
}

/**
 * The tensor itself: there is only the processor.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.cpu.html
 * @api Tensor.cpu
 */
export function cpu(input: Tensor): Tensor {
  return input;
}

/**
 * There is no other device.
 * @throws KindlingError always
 * @api Tensor.cuda
 */
export const cuda: (input: Tensor) => never = () => {
  throw noDevice("cuda");
};
