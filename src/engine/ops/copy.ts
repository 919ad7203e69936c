/** Copies, conversions, and writing into existing tensors. */
import { record, type Operation } from "../autograd/node.ts";
import { Device, isDeviceName, requireProcessor, type DeviceLike } from "../device.ts";
import { dtypeNamed, isDtypeName, itemSize, type DType, type DTypeName } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { Element } from "../kernels/exports.ts";
import { f32, i32, kernels, u8 } from "../memory/linear.ts";
import { broadcastStrides, sameShape, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { at, make, viewOf } from "./make.ts";
import { gatherStrided, scatterStrided } from "./strided.ts";

const cloneOp: Operation = {
  name: "CloneBackward0",
  backward: (_node, gradient) => [gradient],
};

/** A dense copy. */
export function clone(input: Tensor): Tensor {
  return record(cloneOp, denseCopy(input), [input]);
}

/** The tensor itself if it is dense, else a dense copy. */
export function contiguous(input: Tensor): Tensor {
  return input.dense ? input : clone(input);
}

/** A dense copy without history. */
export function denseCopy(input: Tensor): Tensor {
  const result = make(input.shape, input.dtype);
  if (input.dense) copyDense(result, input);
  else gatherStrided(result, input);
  return result;
}

function copyDense(target: Tensor, source: Tensor): void {
  const to = at(target);
  const from = at(source);
  u8.copyWithin(to, from, from + source.numel() * itemSize(source.dtype));
}

/** Writes the values of `source`, broadcast and converted, into `target` without a trace in the graph. */
export function copyInto(target: Tensor, source: Tensor): void {
  target.storage.version++;
  if (source.dtype !== target.dtype) {
    copySame(target, to(expanded(source, target.shape), target.dtype));
  } else if (!sameShape(source.shape, target.shape)) {
    copySame(target, expanded(source, target.shape));
  } else {
    copySame(target, source);
  }
}

function copySame(target: Tensor, source: Tensor): void {
  if (target.dense && source.dense) copyDense(target, source);
  else if (target.dense) gatherStrided(target, source);
  else scatterStrided(target, source.dense ? source : denseCopy(source));
}

function expanded(source: Tensor, shape: Shape): Tensor {
  return viewOf(source, shape, broadcastStrides(source.shape, source.strides, shape));
}

export interface ToOptions {
  dtype?: DTypeName | null;
  /** The processor: there is no other. */
  device?: DeviceLike | null;
  /** Make a copy even where nothing changes. Default false. */
  copy?: boolean;
  /** Accepted, and of no effect. */
  nonBlocking?: boolean;
}

/** A type, a device, a tensor whose type is taken, or options. */
export type ToTarget = string | Device | Tensor | ToOptions;

/**
 * The same values as another dtype; the tensor itself if it has it already. The device "cpu" changes nothing.
 * `to("int32")`, `to("cpu", "int32")`, `to(other)`, `to({ dtype: "int32", copy: true })`
 */
export function to(input: Tensor, ...targets: readonly (ToTarget | null | undefined)[]): Tensor {
  const { dtype = input.dtype, copy } = meantBy(targets);
  if (dtype === input.dtype) return copy ? clone(input) : input;
  const result = make(input.shape, dtype);
  convertDense(result, input.dense ? input : denseCopy(input));
  return result;
}

/** What the arguments of `to` ask for. @throws KindlingError for a device that isn't here, or a text that is no type */
export function meantBy(targets: readonly (ToTarget | null | undefined)[]): { dtype?: DType; copy: boolean } {
  let dtype: DType | undefined;
  let copy = false;
  for (const target of targets) {
    if (typeof target === "string" && !isDeviceName(target)) dtype = typeMeant(target);
    else if (target instanceof Tensor) dtype = target.dtype;
    else if (typeof target === "string" || target instanceof Device || !target) requireProcessor(target);
    else {
      requireProcessor(target.device);
      if (target.dtype) dtype = dtypeNamed(target.dtype);
      copy = target.copy ?? copy;
    }
  }
  return dtype === undefined ? { copy } : { dtype, copy };
}

function typeMeant(name: string): DType {
  if (isDtypeName(name)) return dtypeNamed(name);
  throw new KindlingError(
    `'${name}' is neither a device that Kindling has ("cpu") nor a dtype ("float32", "int32", "bool", "uint8")`,
  );
}

function convertDense(result: Tensor, source: Tensor): void {
  const target = at(result);
  kernels.convert(Element[source.dtype], Element[result.dtype], at(source), target, source.numel());
  if (source.dtype === "float32" && result.dtype === "int32") requireHeld(result, source);
}

/** What int32 can't hold became its bound. Infinities have no integer in PyTorch either and stay there. */
function requireHeld(result: Tensor, source: Tensor): void {
  const start = at(result) >>> 2;
  const integers = i32.subarray(start, start + source.numel());
  for (const bound of [2 ** 31 - 1, -(2 ** 31)]) {
    for (let i = integers.indexOf(bound); i >= 0; i = integers.indexOf(bound, i + 1)) {
      const value = f32[(at(source) >>> 2) + i]!;
      if (Number.isFinite(value) && value !== bound) {
        throw new KindlingError(`value ${value} cannot be converted to type int32 without overflow; int32 is the largest integer type here`);
      }
    }
  }
}
