/** Forms that change their first operand. Each is the plain form, written over the operand, with its place in the graph. */
import { enableGrad, isGradEnabled } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { itemSize, type DType } from "../dtype.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { Binary, Unary, type UnaryOp } from "../kernels/exports.ts";
import { f32, kernels } from "../memory/linear.ts";
import { broadcastShapes, sameShape, shapeText, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { add, div, lerp, maskedFill, mul, pow, sub } from "./binary.ts";
import { asStrided, scatterView } from "./arranging.ts";
import { to } from "./conversion.ts";
import { copyInto } from "./copy.ts";
import { fromTypedArray, full, zerosLike } from "./creation.ts";
import { indexSelect, scatter } from "./indexing.ts";
import { at } from "./make.ts";
import { clampTo } from "./pairs.ts";
import { abs, exp, leakyRelu, neg, relu, sigmoid, sqrt, tanh } from "./pointwise.ts";
import { forEachOffset } from "./reading.ts";
import { scalarAt } from "./scalar.ts";
import type { BinaryOptions, ClampBound, ScalarOrTensor } from "./types.ts";
import { expand } from "./views.ts";
import { whyOutgrown } from "./wholeNumbers.ts";

/** Computes with `compute` and puts the result into `target`, which takes over the result's history. */
export function replaceBy<T extends Tensor>(target: T, compute: (source: Tensor) => Tensor): T {
  target.beforeChange();
  // The plain form reads the old values through an alias that keeps the old history.
  const before = alias(target);
  // What a derivative reads of the old values has to outlive them.
  const result = compute(isGradEnabled() ? before.clone() : before);
  if (result.dtype === "float32" && target.dtype !== "float32") {
    throw whyOutgrown(result) ?? new KindlingError(`result type Float can't be cast to the desired output type ${typeName(target.dtype)}`);
  }
  requireShape(target, result.shape);
  copyInto(target, result);
  takeHistory(target, before, result);
  return target;
}

/** What is written has to have the shape of where it is written to. */
function requireShape(target: Tensor, shape: Shape): void {
  if (sameShape(shape, target.shape)) return;
  throw new ShapeError(
    `output with shape ${shapeText(target.shape)} doesn't match the broadcast shape ${shapeText(shape)}`,
    target.shape,
    shape,
  );
}

const typeName = (dtype: DType): string => ({ float32: "Float", int32: "Long", bool: "Bool", uint8: "Byte" })[dtype];

/** Gives `target`, whose values were just overwritten, the history of `result`; for a view its base as well. */
function takeHistory(target: Tensor, before: Tensor, result: Tensor): void {
  if (!isGradEnabled()) return;
  const base = target.base;
  if (base === null) {
    if (result.gradFn !== null) target.attach(result.gradFn, result.outputIndex);
    else if (before.requiresGrad || result.requiresGrad) record(cutOp, target, [before]);
    target.rewrites++;
  } else if (base.requiresGrad || result.requiresGrad) {
    rewriteBase(base, target, result);
  }
}

/** The base is from now on what it was, with `result` in the window of `view`; all its views follow. */
function rewriteBase(base: Tensor, view: Tensor, result: Tensor): void {
  const before = alias(base);
  record(copySlicesOp, base, [before, result], [], windowOn(base, view));
  base.rewrites++;
}

/** The part of a base that a view shows, for any tensor of the base's shape. */
interface BaseWindow {
  look(tensor: Tensor): Tensor;
  /** A copy with zeros in the part. */
  clear(tensor: Tensor): Tensor;
}

function windowOn(base: Tensor, view: Tensor): BaseWindow {
  if (!base.dense) return listedWindow(base, view);
  const look = (tensor: Tensor): Tensor => asStrided(tensor.contiguous(), view.shape, view.strides, view.offset - base.offset);
  return { look, clear: (tensor) => scatterView(tensor, mul(look(tensor), 0), look) };
}

/** Where the base's own elements don't lie in order, the view's are found one by one. */
function listedWindow(base: Tensor, view: Tensor): BaseWindow {
  const ordinals = new Int32Array(base.storage.bytes / itemSize(base.dtype));
  let ordinal = 0;
  forEachOffset(base.shape, base.strides, base.offset, (offset) => void (ordinals[offset] = ordinal++));
  const found = new Int32Array(view.numel());
  let next = 0;
  forEachOffset(view.shape, view.strides, view.offset, (offset) => void (found[next++] = ordinals[offset]!));
  const places = fromTypedArray(found, [found.length]);
  const { shape } = view;
  return {
    look: (tensor) => indexSelect(tensor.reshape(-1), 0, places).reshape(shape),
    clear: (tensor) => scatter(tensor.reshape(-1), 0, places, 0).reshape(tensor.shape),
  };
}

const copySlicesOp: Operation = {
  name: "CopySlices",
  backward(node, gradient) {
    const window = node.data as BaseWindow;
    return [node.needs(0) ? window.clear(gradient) : null, node.needs(1) ? window.look(gradient) : null];
  },
};

/** Makes a view's history anew from its base's present one. */
export function followBase(view: Tensor, base: Tensor): void {
  if (!base.requiresGrad) return;
  enableGrad(() => {
    const window = base.dense ? asStrided(base, view.shape, view.strides, view.offset) : windowOn(base, view).look(base);
    view.attach(window.gradFn!, window.outputIndex);
  });
}

/** The tensor as it is now, with its history, for what is to keep reading it so. */
export function alias(tensor: Tensor): Tensor {
  if (!isGradEnabled() || !tensor.requiresGrad || tensor.gradFn === null) return tensor;
  const copy = new Tensor(tensor.storage, tensor.offset, tensor.shape, tensor.dense ? null : tensor.strides, tensor.dtype);
  if (tensor.gradFn !== null) copy.attach(tensor.gradFn, tensor.outputIndex);
  return copy;
}

/** Whether a change leaves no trace in the graph, so that a kernel may write straight over the operand. */
function untracked(target: Tensor, other: ScalarOrTensor): boolean {
  return !isGradEnabled() || !(target.requiresGrad || (other instanceof Tensor && other.requiresGrad));
}

type Arithmetic = (a: Tensor, b: ScalarOrTensor, options?: BinaryOptions) => Tensor;
type ArithmeticCode = (typeof Binary)["add" | "sub" | "mul" | "div"];

function arithmetic(code: ArithmeticCode, plain: Arithmetic) {
  return <T extends Tensor>(target: T, other: ScalarOrTensor, options?: BinaryOptions): T => {
    if (target.dtype === "float32" && target.dense && untracked(target, other)) {
      const fits = other instanceof Tensor && other.dtype === "float32" && other.dense && sameShape(other.shape, target.shape);
      if (fits || typeof other === "number") return direct(code, target, other, options?.alpha ?? 1);
    }
    return replaceBy(target, (before) => plain(before, other, options));
  };
}

function direct<T extends Tensor>(code: ArithmeticCode, target: T, other: ScalarOrTensor, alpha: number): T {
  target.beforeChange();
  const to = at(target);
  if (other instanceof Tensor) kernels.binary(code, to, 1, at(other), 1, to, target.numel(), alpha);
  else kernels.binary(code, to, 1, scalarAt(other), 0, to, target.numel(), alpha);
  target.storage.version++;
  return target;
}

export const add_ = arithmetic(Binary.add, add);
export const sub_ = arithmetic(Binary.sub, sub);
export const mul_ = arithmetic(Binary.mul, mul);
const divide_ = arithmetic(Binary.div, (a, b) => div(a, b));

export function div_<T extends Tensor>(target: T, other: ScalarOrTensor, options: { roundingMode?: "trunc" | "floor" | null } = {}): T {
  if (!options.roundingMode) return divide_(target, other);
  return replaceBy(target, (before) => div(before, other, options));
}

export function pow_<T extends Tensor>(target: T, exponent: ScalarOrTensor): T {
  return replaceBy(target, (before) => pow(before, exponent));
}

function unaryInPlace(code: UnaryOp, plain: (input: Tensor) => Tensor) {
  return <T extends Tensor>(target: T): T => {
    if (target.dtype !== "float32" || !target.dense || !untracked(target, 0)) return replaceBy(target, plain);
    target.beforeChange();
    const to = at(target);
    kernels.unary(code, to, to, target.numel(), 0, 0);
    target.storage.version++;
    return target;
  };
}

export const relu_ = unaryInPlace(Unary.relu, relu);
export const sigmoid_ = unaryInPlace(Unary.sigmoid, sigmoid);
export const tanh_ = unaryInPlace(Unary.tanh, tanh);
export const exp_ = unaryInPlace(Unary.exp, exp);
export const neg_ = unaryInPlace(Unary.neg, neg);
export const abs_ = unaryInPlace(Unary.abs, abs);
export const sqrt_ = unaryInPlace(Unary.sqrt, sqrt);

export function leakyRelu_<T extends Tensor>(target: T, negativeSlope = 0.01): T {
  return replaceBy(target, (before) => leakyRelu(before, negativeSlope));
}

export function clamp_<T extends Tensor>(target: T, min?: ClampBound, max?: ClampBound): T {
  return replaceBy(target, (before) => clampTo(before, min, max));
}

export function maskedFill_<T extends Tensor>(target: T, mask: Tensor, value: number): T {
  return replaceBy(target, (before) => maskedFill(before, mask, value));
}

export function lerp_<T extends Tensor>(target: T, end: Tensor, weight: ScalarOrTensor): T {
  return replaceBy(target, (before) => lerp(before, end, weight));
}

/** target += value · a · b */
export function addcmul_<T extends Tensor>(target: T, a: Tensor, b: Tensor, options: { value?: number } = {}): T {
  return add_(target, mul(a, b), { alpha: options.value ?? 1 });
}

/** target += value · a / b */
export function addcdiv_<T extends Tensor>(target: T, a: Tensor, b: Tensor, options: { value?: number } = {}): T {
  return add_(target, div(a, b), { alpha: options.value ?? 1 });
}

/** Overwritten values pass no gradient back. */
const cutOp: Operation = {
  name: "FillBackward0",
  backward: (_node, gradient) => [zerosLike(gradient)],
};

/** Sets every element; gradients that arrive here are zero further back. */
export function fill_<T extends Tensor>(target: T, value: number): T {
  if (!target.dense || target.dtype !== "float32" || !untracked(target, 0)) {
    return replaceBy(target, (before) => expand(full([], value, { dtype: before.dtype }), before.shape));
  }
  target.beforeChange();
  const start = at(target) >>> 2;
  f32.fill(value, start, start + target.numel());
  target.storage.version++;
  return target;
}

/** `target.copy_(source)`: overwrites the values, converting and broadcasting; gradients flow to `source`. */
export function copy_<T extends Tensor>(target: T, source: Tensor): T {
  if (untracked(target, source)) {
    target.beforeChange();
    requireShape(target, broadcastShapes(target.shape, source.shape));
    copyInto(target, source);
    return target;
  }
  return replaceBy(target, (before) => expand(to(source, before.dtype), before.shape));
}
