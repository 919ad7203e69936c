/** Forms that change their first operand. Each is the plain form, written over the operand, with its place in the graph. */
import { enableGrad, isGradEnabled } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { itemSize, longName } from "../dtype.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { operationWatch, tellOperation } from "../instrument.ts";
import { Binary, Unary } from "../kernels/exports.ts";
import { f32, kernels } from "../memory/linear.ts";
import { broadcastShapes, sameShape, shapeText, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { add, div, lerp, mul, pow, sub, type DivisionOptions } from "./binary.ts";
import { maskedFill } from "./where.ts";
import { asStrided } from "./stridedViews.ts";
import { scatterView } from "./viewScatter.ts";
import { to } from "./conversion.ts";
import { copyInto } from "./internal/copy.ts";
import { fromTypedArray, full, zerosLike } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { scatter } from "./scatter.ts";
import { at } from "./internal/make.ts";
import { clamp } from "./clamp.ts";
import { leakyRelu, relu } from "./activations.ts";
import { abs, exp, neg, sigmoid, sqrt, tanh } from "./unary.ts";
import { forEachOffset } from "./reading.ts";
import { tellPair } from "./internal/binaryKernels.ts";
import { scalarAt } from "./internal/scalar.ts";
import type { BinaryOptions, ClampBound, Operand, ScalarOrTensor } from "./types.ts";
import { expand } from "./views.ts";
import { whyOutgrown } from "./internal/wholeNumbers.ts";

/** Computes with `compute` and puts the result into `target`, which takes over the result's history. */
export function replaceBy<T extends Tensor>(target: T, compute: (source: Tensor) => Tensor): T {
  target.beforeChange();
  // The plain form reads the old values through an alias that keeps the old history.
  const before = alias(target);
  // What a derivative reads of the old values has to outlive them.
  const result = compute(isGradEnabled() ? before.clone() : before);
  if (result.dtype === "float32" && target.dtype !== "float32") {
    throw whyOutgrown(result) ?? new KindlingError(`result type Float can't be cast to the desired output type ${longName(target.dtype)}`);
  }
  if (target.dtype === "bool" && result.dtype !== "bool") {
    throw new KindlingError(`result type ${longName(result.dtype)} can't be cast to the desired output type Bool`);
  }
  requireShape(target, result.shape);
  copyInto(target, result);
  operationWatch()?.became?.(target, result);
  takeHistory(target, before, result);
  return target;
}

/** What is written has to have the shape of where it is written to. */
function requireShape(target: Tensor, shape: Shape): void {
  if (sameShape(shape, target.shape)) return;
  throw new ShapeError(`output with shape ${shapeText(target.shape)} doesn't match the broadcast shape ${shapeText(shape)}`, target.shape, shape);
}

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

const copySlicesOp: Operation<BaseWindow> = {
  name: "CopySlices",
  backward(node, gradient) {
    const window = node.data;
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
  operationWatch()?.became?.(copy, tensor);
  return copy;
}

/** Whether a change leaves no trace in the graph, so that a kernel may write straight over the operand. */
function untracked(target: Tensor, other: Operand): boolean {
  return !isGradEnabled() || !(target.requiresGrad || (other instanceof Tensor && other.requiresGrad));
}

type Arithmetic = (a: Tensor, b: Operand, options?: BinaryOptions) => Tensor;
type ArithmeticName = "add" | "sub" | "mul" | "div";

/** `add_`, `sub_`: over the first operand. */
export type ScaledInPlace = <T extends Tensor>(input: T, other: Operand, options?: BinaryOptions) => T;

/** `mul_`: over the first operand. */
export type PairInPlace = <T extends Tensor>(input: T, other: Operand) => T;

/** Over the operand. */
export type UnaryInPlace = <T extends Tensor>(input: T) => T;

function arithmetic(name: ArithmeticName, plain: Arithmetic): ScaledInPlace {
  return <T extends Tensor>(target: T, other: Operand, options?: BinaryOptions): T => {
    if (target.dtype === "float32" && target.dense && untracked(target, other)) {
      const fits = other instanceof Tensor && other.dtype === "float32" && other.dense && sameShape(other.shape, target.shape);
      if (fits || typeof other === "number") return direct(name, target, other, options?.alpha ?? 1);
    }
    return replaceBy(target, (before) => plain(before, other, options));
  };
}

function direct<T extends Tensor>(name: ArithmeticName, target: T, other: ScalarOrTensor, alpha: number): T {
  target.beforeChange();
  const code = Binary[name];
  const to = at(target);
  if (other instanceof Tensor) kernels.binary(code, to, 1, at(other), 1, to, target.numel(), alpha);
  else kernels.binary(code, to, 1, scalarAt(other), 0, to, target.numel(), alpha);
  target.storage.changed();
  return tellPair(`${name}_`, target, other, target, { alpha }) as T;
}

/**
 * `add` over the input.
 * @api Tensor.add_
 */
export const add_: ScaledInPlace = arithmetic("add", add);
/**
 * `sub` over the input.
 * @api Tensor.sub_
 */
export const sub_: ScaledInPlace = arithmetic("sub", sub);
/**
 * `mul` over the input.
 * @api Tensor.mul_
 */
export const mul_: PairInPlace = arithmetic("mul", mul);
const divide_ = arithmetic("div", (a, b) => div(a, typeof b === "boolean" ? Number(b) : b));

/**
 * `div` over the input.
 * @api Tensor.div_
 */
export function div_<T extends Tensor>(input: T, other: ScalarOrTensor, options: DivisionOptions = {}): T {
  if (!options.roundingMode) return divide_(input, other);
  return replaceBy(input, (before) => div(before, other, options));
}

/**
 * `pow` over the input.
 * @api Tensor.pow_
 */
export function pow_<T extends Tensor>(input: T, exponent: ScalarOrTensor): T {
  return replaceBy(input, (before) => pow(before, exponent));
}

function unaryInPlace(name: keyof typeof Unary, plain: (input: Tensor) => Tensor): UnaryInPlace {
  return <T extends Tensor>(target: T): T => {
    if (target.dtype !== "float32" || !target.dense || !untracked(target, 0)) return replaceBy(target, plain);
    target.beforeChange();
    const to = at(target);
    kernels.unary(Unary[name], to, to, target.numel(), 0, 0);
    target.storage.changed();
    return tellOperation(`${name}_`, [target], target);
  };
}

/**
 * `relu` over the input.
 * @api torch.relu_ Tensor.relu_ nn.functional.relu_
 */
export const relu_: UnaryInPlace = unaryInPlace("relu", relu);

/**
 * `sigmoid` over the input.
 * @api torch.sigmoid_ Tensor.sigmoid_
 */
export const sigmoid_: UnaryInPlace = unaryInPlace("sigmoid", sigmoid);

/**
 * `tanh` over the input.
 * @api torch.tanh_ Tensor.tanh_
 */
export const tanh_: UnaryInPlace = unaryInPlace("tanh", tanh);

/**
 * `exp` over the input.
 * @api torch.exp_ Tensor.exp_
 */
export const exp_: UnaryInPlace = unaryInPlace("exp", exp);

/**
 * `neg` over the input.
 * @api torch.neg_ Tensor.neg_
 */
export const neg_: UnaryInPlace = unaryInPlace("neg", neg);

/**
 * `abs` over the input.
 * @api torch.abs_ Tensor.abs_
 */
export const abs_: UnaryInPlace = unaryInPlace("abs", abs);

/**
 * `sqrt` over the input.
 * @api torch.sqrt_ Tensor.sqrt_
 */
export const sqrt_: UnaryInPlace = unaryInPlace("sqrt", sqrt);

/**
 * `leakyRelu` over the input.
 * @api nn.functional.leakyRelu_
 */
export function leakyRelu_<T extends Tensor>(input: T, negativeSlope = 0.01): T {
  return replaceBy(input, (before) => leakyRelu(before, negativeSlope));
}

/**
 * `clamp` over the input.
 * @api torch.clamp_ Tensor.clamp_
 */
export function clamp_<T extends Tensor>(input: T, min: ClampBound = null, max: ClampBound = null): T {
  return replaceBy(input, (before) => clamp(before, min, max));
}

/**
 * `maskedFill` over the input.
 * @api Tensor.maskedFill_
 */
export function maskedFill_<T extends Tensor>(input: T, mask: Tensor, value: ScalarOrTensor): T {
  return replaceBy(input, (before) => maskedFill(before, mask, value));
}

/**
 * `lerp` over the input.
 * @api Tensor.lerp_
 */
export function lerp_<T extends Tensor>(input: T, end: Tensor, weight: ScalarOrTensor): T {
  return replaceBy(input, (before) => lerp(before, end, weight));
}

/**
 * input += value · tensor1 · tensor2
 * @api Tensor.addcmul_
 */
export function addcmul_<T extends Tensor>(input: T, tensor1: Tensor, tensor2: Tensor, { value = 1 }: { value?: number } = {}): T {
  return add_(input, mul(tensor1, tensor2), { alpha: value });
}

/**
 * input += value · tensor1 / tensor2
 * @api Tensor.addcdiv_
 */
export function addcdiv_<T extends Tensor>(input: T, tensor1: Tensor, tensor2: Tensor, { value = 1 }: { value?: number } = {}): T {
  return add_(input, div(tensor1, tensor2), { alpha: value });
}

/** Overwritten values pass no gradient back. */
const cutOp: Operation = {
  name: "FillBackward0",
  backward: (_node, gradient) => [zerosLike(gradient)],
};

/**
 * Sets every element; gradients that arrive here are zero further back.
 * @param value a number, or a tensor without dimensions
 * @api torch.fill_ Tensor.fill_
 */
export function fill_<T extends Tensor>(input: T, value: ScalarOrTensor): T {
  if (value instanceof Tensor) {
    if (value.shape.length > 0) throw new KindlingError(`fill_ only supports 0-dimension value tensor but got tensor with ${value.shape.length} dimensions.`);
    return replaceBy(input, (before) => expand(to(value, before.dtype), before.shape));
  }
  return fillWith(input, value);
}

/**
 * Sets every element to 0.
 * @api Tensor.zero_
 */
export function zero_<T extends Tensor>(input: T): T {
  return fillWith(input, 0);
}

function fillWith<T extends Tensor>(target: T, value: number): T {
  if (!target.dense || target.dtype !== "float32" || !untracked(target, 0)) {
    return replaceBy(target, (before) => expand(full([], value, { dtype: before.dtype }), before.shape));
  }
  target.beforeChange();
  const start = at(target) >>> 2;
  f32.fill(value, start, start + target.numel());
  target.storage.changed();
  return tellOperation("fill_", [], target);
}

/**
 * Overwrites the values with `src`'s, converting and broadcasting; gradients flow to `src`.
 * @api Tensor.copy_
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.copy_.html
 */
export function copy_<T extends Tensor>(input: T, src: Tensor, nonBlocking = false): T {
  void nonBlocking;
  return overwrite(input, src);
}

function overwrite<T extends Tensor>(target: T, source: Tensor): T {
  if (untracked(target, source)) {
    target.beforeChange();
    requireShape(target, broadcastShapes(target.shape, source.shape));
    copyInto(target, source);
    return tellOperation("copy_", [source], target);
  }
  return replaceBy(target, (before) => expand(to(source, before.dtype), before.shape));
}
