/**
 * Derivatives of functions rather than of graphs: `autograd.functional`.
 * See https://pytorch.org/docs/stable/autograd.html#functional-higher-level-api
 */
import { ArgumentError, KindlingError, ShapeError } from "../errors.ts";
import { sameShape, shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { arithmetic } from "./arithmetic.ts";
import { grad } from "./backward.ts";
import { enableGrad } from "./gradMode.ts";

/** One tensor or several; what comes back has the form of what was given. */
export type OneOrMore = Tensor | readonly Tensor[];

/** A function of tensors. */
export type TensorFunction = (...inputs: Tensor[]) => OneOrMore;

const listOf = (value: OneOrMore): readonly Tensor[] => (Array.isArray(value) ? (value as readonly Tensor[]) : [value as Tensor]);
const likeForm = <T>(form: unknown, values: readonly T[]): T | readonly T[] => (Array.isArray(form) ? values : values[0]!);

/** Inputs that want gradients and whose changes nobody outside sees. */
function prepared(inputs: OneOrMore, createGraph: boolean): Tensor[] {
  return listOf(inputs).map((input) => (createGraph && input.requiresGrad ? input.view(input.shape) : input.detach().clone().requiresGrad_()));
}

function finished(tensors: readonly Tensor[], createGraph: boolean): Tensor[] {
  return tensors.map((tensor) => (createGraph ? tensor : tensor.detach()));
}

/** Gradients of `outputs` weighted with `weights`; zeros where there is none. */
function pullBack(outputs: readonly Tensor[], inputs: readonly Tensor[], weights: readonly (Tensor | null)[], createGraph: boolean, strict: boolean): Tensor[] {
  const reached = outputs.map((output, i) => ({ output, weight: weights[i]! })).filter(({ output }) => output.requiresGrad);
  const found: (Tensor | null)[] =
    reached.length === 0
      ? inputs.map(() => null)
      : grad(
          reached.map(({ output }) => output),
          inputs,
          reached.map(({ weight }) => weight),
          true,
          createGraph,
          true,
        );
  return found.map((gradient, i) => {
    if (gradient === null && strict) {
      throw new KindlingError(`The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`);
    }
    return gradient ?? arithmetic.zeros(inputs[i]!.shape);
  });
}

function vectorFor(v: OneOrMore | null, like: readonly Tensor[], missing: string): Tensor[] {
  if (v === null) {
    if (like.length !== 1 || like[0]!.numel() !== 1) throw new KindlingError(missing);
    return [arithmetic.onesLike(like[0]!)];
  }
  const vectors = listOf(v);
  if (vectors.length !== like.length) throw new KindlingError(`v is a tuple of invalid length: should be ${like.length} but got ${vectors.length}.`);
  vectors.forEach((vector, i) => {
    if (!sameShape(vector.shape, like[i]!.shape)) {
      throw new ShapeError(
        `v has invalid size: should be torch.Size(${shapeText(like[i]!.shape)}) but got torch.Size(${shapeText(vector.shape)}).`,
        like[i]!.shape,
        vector.shape,
      );
    }
  });
  return [...vectors];
}

const NO_OUTPUT_VECTOR = "The vector v can only be None if the user-provided function returns a single Tensor with a single element.";
const NO_INPUT_VECTOR = "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.";

/** What the derivatives are made of: the inputs as the function saw them, and its outputs. */
function evaluated(func: TensorFunction, inputs: OneOrMore, createGraph: boolean): { leaves: Tensor[]; result: OneOrMore; outputs: readonly Tensor[] } {
  const leaves = prepared(inputs, createGraph);
  const result = func(...leaves);
  const outputs = listOf(result);
  outputs.forEach(checkOutput);
  return { leaves, result, outputs };
}

/** What a function of the user's gave, which may be anything. */
function checkOutput(output: { readonly numel?: unknown } | null | undefined): void {
  if (typeof output?.numel === "function") return;
  throw new ArgumentError(
    `The outputs of the user-provided function must be a Tensor or a list of Tensors, but it gave ${output === null ? "null" : typeof output}`,
    "TypeError",
  );
}

function jacobianOf(output: Tensor, inputs: readonly Tensor[], createGraph: boolean, strict: boolean): Tensor[] {
  const count = output.numel();
  const flat = output.reshape(count);
  const rows = Array.from({ length: count }, (_, i) => pullBack([flat.select(0, i)], inputs, [null], createGraph, strict));
  return inputs.map((input, k) => {
    const shape = [...output.shape, ...input.shape];
    return count === 0 ? arithmetic.zeros(shape) : arithmetic.stack(rows.map((row) => row[k]!)).reshape(shape);
  });
}

/**
 * The Jacobian of `func`: for one output of shape `[…m]` and one input of shape `[…n]` a tensor of shape `[…m, …n]`.
 * With lists of inputs or outputs a list, outputs first.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html
 * @api autograd.functional.jacobian
 */
export function jacobian(func: (input: Tensor) => Tensor, inputs: Tensor, createGraph?: boolean, strict?: boolean): Tensor;
export function jacobian(func: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[], createGraph?: boolean, strict?: boolean): Tensor[];
export function jacobian(func: (input: Tensor) => readonly Tensor[], inputs: Tensor, createGraph?: boolean, strict?: boolean): Tensor[];
export function jacobian(func: (...inputs: Tensor[]) => readonly Tensor[], inputs: readonly Tensor[], createGraph?: boolean, strict?: boolean): Tensor[][];
export function jacobian(func: TensorFunction, inputs: OneOrMore, createGraph = false, strict = false): unknown {
  return enableGrad(() => {
    const { leaves, result, outputs } = evaluated(func, inputs, createGraph);
    const blocks = outputs.map((output) => likeForm(inputs, finished(jacobianOf(output, leaves, createGraph, strict), createGraph)));
    return likeForm(result, blocks);
  });
}

/**
 * The Hessian of `func`, which gives one number: for an input of shape `[…n]` a tensor of shape `[…n, …n]`; for a list
 * of inputs a list of lists.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html
 * @api autograd.functional.hessian
 */
export function hessian(func: (input: Tensor) => Tensor, inputs: Tensor, createGraph?: boolean, strict?: boolean): Tensor;
export function hessian(func: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[], createGraph?: boolean, strict?: boolean): Tensor[][];
export function hessian(func: (...inputs: Tensor[]) => Tensor, inputs: OneOrMore, createGraph = false, strict = false): unknown {
  return enableGrad(() => {
    const leaves = prepared(inputs, createGraph);
    const gradients = pullBack([scalarOf(func(...leaves), "hessian")], leaves, [null], true, strict);
    const blocks = gradients.map((gradient) => likeForm(inputs, finished(jacobianOf(gradient, leaves, createGraph, strict), createGraph)));
    return likeForm(inputs, blocks);
  });
}

function scalarOf(output: Tensor, name: string): Tensor {
  checkOutput(output);
  if (output.numel() === 1) return output;
  throw new KindlingError(`The Tensor returned by the function given to ${name} should contain a single element`);
}

/**
 * The outputs of `func`, and `v` times its Jacobian: `[outputs, vᵀJ]`. `v` has the outputs' form.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html
 * @api autograd.functional.vjp
 */
export function vjp(func: TensorFunction, inputs: OneOrMore, v: OneOrMore | null = null, createGraph = false, strict = false): [OneOrMore, OneOrMore] {
  return enableGrad(() => {
    const { leaves, result, outputs } = evaluated(func, inputs, createGraph);
    const products = pullBack(outputs, leaves, vectorFor(v, outputs, NO_OUTPUT_VECTOR), createGraph, strict);
    return [likeForm(result, finished(outputs, createGraph)), likeForm(inputs, finished(products, createGraph))];
  });
}

/**
 * The outputs of `func`, and its Jacobian times `v`: `[outputs, Jv]`. `v` has the inputs' form.
 * Goes backward twice (the derivative of `uᵀJ` with respect to `u`), so the function's operations must allow it.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html
 * @api autograd.functional.jvp
 */
export function jvp(func: TensorFunction, inputs: OneOrMore, v: OneOrMore | null = null, createGraph = false, strict = false): [OneOrMore, OneOrMore] {
  return enableGrad(() => {
    const { leaves, result, outputs } = evaluated(func, inputs, createGraph);
    const vectors = vectorFor(v, leaves, NO_INPUT_VECTOR);
    const dummies = outputs.map((output) => arithmetic.zeros(output.shape).requiresGrad_());
    const back = pullBack(outputs, leaves, dummies, true, strict);
    const products = pullBack(back, dummies, vectors, createGraph, strict);
    return [likeForm(result, finished(outputs, createGraph)), likeForm(result, finished(products, createGraph))];
  });
}

/**
 * The output of `func`, which gives one number, and `v` times its Hessian: `[output, vᵀH]`. `v` has the inputs' form.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.vhp.html
 * @api autograd.functional.vhp
 */
export function vhp(
  func: (...inputs: Tensor[]) => Tensor,
  inputs: OneOrMore,
  v: OneOrMore | null = null,
  createGraph = false,
  strict = false,
): [Tensor, OneOrMore] {
  return enableGrad(() => {
    const leaves = prepared(inputs, createGraph);
    const vectors = vectorFor(v, leaves, NO_INPUT_VECTOR);
    const output = scalarOf(func(...leaves), "vhp");
    const gradients = pullBack([output], leaves, [null], true, strict);
    const products = pullBack(gradients, leaves, vectors, createGraph, strict);
    return [finished([output], createGraph)[0]!, likeForm(inputs, finished(products, createGraph))];
  });
}

/**
 * The output of `func`, which gives one number, and its Hessian times `v`: `[output, Hv]`; the Hessian is symmetric, so as `vhp`.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html
 * @api autograd.functional.hvp
 */
export function hvp(
  func: (...inputs: Tensor[]) => Tensor,
  inputs: OneOrMore,
  v: OneOrMore | null = null,
  createGraph = false,
  strict = false,
): [Tensor, OneOrMore] {
  return vhp((...leaves) => scalarOf(func(...leaves), "hvp"), inputs, v, createGraph, strict);
}
