/** Comparisons, as `bool`; shapes broadcast. */
import { promote, promoteScalar, type DType, type TypedArray } from "../dtype.ts";
import { tellOperation } from "../instrument.ts";
import { Compare, CompareI32, type CompareOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { broadcastShapes, sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { to } from "./conversion.ts";
import { full } from "./creation.ts";
import { liesFlat, stepOf, tellPair, type TensorAndOperand } from "./internal/binaryKernels.ts";
import { denseCopy } from "./internal/copy.ts";
import { at, make } from "./internal/make.ts";
import { mapBinary, mapUnary } from "./internal/map.ts";
import { integerAt, scalarAt } from "./internal/scalar.ts";
import { describeBroadcast } from "./internal/strided.ts";
import { placeOf } from "./searchsorted.ts";
import { valuesOf } from "./reading.ts";
import type { ScalarOrTensor } from "./types.ts";

function comparison(name: keyof typeof Compare): TensorAndOperand {
  return (a, b) => {
    const dtype = comparedAs(a, b) === "float32" ? "float32" : "int32";
    const op = dtype === "float32" ? Compare[name] : CompareI32[name];
    const x = to(a, dtype);
    if (b instanceof Tensor) return tellPair(name, a, b, comparePair(op, x, to(b, dtype)));
    const left = x.dense ? x : denseCopy(x);
    const result = make(a.shape, "bool");
    const target = at(result);
    kernels.compare(op, at(left), 1, dtype === "float32" ? scalarAt(b) : integerAt(b), 0, target, result.numel());
    return tellPair(name, a, b, result);
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

// --- nearness -------------------------------------------------------------------------------------------------------

/** 1 where two numbers are close, else 0. */
function closeness(rtol: number, atol: number, equalNan: boolean): (x: number, y: number) => number {
  return (x, y) => {
    if (x === y) return 1;
    if (Number.isFinite(x) && Number.isFinite(y)) return Number(Math.abs(x - y) <= atol + rtol * Math.abs(y));
    return Number(equalNan && Number.isNaN(x) && Number.isNaN(y));
  };
}

/**
 * Where `|a − b| ≤ atol + rtol · |b|`; equal infinities are close, NaNs only if `equalNan`.
 * @api torch.isclose Tensor.isclose
 * @see https://pytorch.org/docs/stable/generated/torch.isclose.html
 */
export function isclose(input: Tensor, other: Tensor, rtol = 1e-5, atol = 1e-8, equalNan = false): Tensor {
  return tellOperation("isclose", [input, other], mapBinary("isclose", closeness(rtol, atol, equalNan), input, other, "bool"), { rtol, atol, equalNan });
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
  const [tests, value] = testElements instanceof Tensor ? [[testElements], null] : [[], testElements];
  const list = value === null ? valuesOf(tests[0]!).sort() : [value];
  const input = elements instanceof Tensor ? elements : full([], elements);
  const isAmong = (x: number): boolean => list[placeOf(list, 0, list.length, x, false)] === x;
  return tellOperation(
    "isin",
    [input, ...tests],
    mapUnary((x) => Number(isAmong(x) !== invert), input, "bool"),
    { value, invert },
  );
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
 * Whether two tensors have the same shape and the same values.
 * @see https://pytorch.org/docs/stable/generated/torch.equal.html
 * @api torch.equal Tensor.equal
 */
export function equal(input: Tensor, other: Tensor): boolean {
  if (!sameShape(input.shape, other.shape)) return false;
  const [left, right] = [input, other].map((each) => valuesOf(each, "equal")) as [TypedArray, TypedArray];
  return left.every((value, i) => value === right[i]);
}

/**
 * Whether |input − other| ≤ atol + rtol·|other| everywhere; the two are broadcast.
 * @param equalNan whether NaN is close to NaN
 * @see https://pytorch.org/docs/stable/generated/torch.allclose.html
 * @api torch.allclose Tensor.allclose
 */
export function allclose(input: Tensor, other: Tensor, rtol = 1e-5, atol = 1e-8, equalNan = false): boolean {
  return valuesOf(isclose(input, other, rtol, atol, equalNan), "allclose").every((isClose) => isClose !== 0);
}
