/** How functions of single elements run and are differentiated. */
import { isGradEnabled } from "../../autograd/gradMode.ts";
import { needsRecord, record, type Operation } from "../../autograd/node.ts";
import type { UnaryOp } from "../../kernels/exports.ts";
import { kernels } from "../../memory/linear.ts";
import type { Tensor } from "../../tensor.ts";
import { contiguous, to } from "../conversion.ts";
import { zerosLike } from "../creation.ts";
import { denseCopy } from "./copy.ts";
import { at, make } from "./make.ts";
import { mapUnary } from "./map.ts";
import { requireFloat } from "./requireKernel.ts";

interface UnarySpec {
  /** The kernel, or the function of one number where there is none. */
  readonly code: UnaryOp | ((x: number) => number);
  /** PyTorch's name of the gradient function. */
  readonly name: string;
  /** PyTorch's name of the kernel, where it has none for integers and truth values. Default: these become float32. */
  readonly floatsOnly?: string;
  /** Which of input and output the derivative reads. */
  readonly saves: "input" | "output";
  /** The gradient by differentiable operations; `saved` is the input or the output. */
  readonly derivative: (gradient: Tensor, saved: Tensor, data: UnaryData) => Tensor;
}

interface UnaryData {
  readonly alpha: number;
  readonly beta: number;
  readonly code: UnarySpec["code"];
}

/** A function of one tensor. */
export type UnaryFunction = (input: Tensor) => Tensor;

/** A kernel with up to two constants. */
type UnaryKernel = (input: Tensor, alpha?: number, beta?: number) => Tensor;

/** A differentiable function of single elements, computed in float32. */
export function unary({ code, name, floatsOnly, saves, derivative }: UnarySpec): UnaryKernel {
  const operation: Operation<UnaryData> = {
    name,
    backward(node, gradient) {
      const saved = node.saved(0);
      const { data } = node;
      if (typeof code === "number" && !isGradEnabled()) return [fusedBackward(code, gradient, saved, data)];
      return [derivative(gradient, saved, data)];
    },
  };
  return (input, alpha = 0, beta = 0) => {
    if (floatsOnly !== undefined) requireFloat(floatsOnly, input.dtype);
    const source = asFloat(input);
    const output = typeof code === "number" ? applyUnary(code, source, alpha, beta) : mapUnary(code, source);
    if (!needsRecord([source])) return output;
    return record(operation, output, [source], [saves === "input" ? source : output], { alpha, beta, code });
  };
}

/** Integers and truth values become float32, as PyTorch's floating-point functions do it. */
export function asFloat(input: Tensor): Tensor {
  return input.dtype === "float32" ? input : to(input, "float32");
}

/** Runs a unary kernel without a trace in the graph. */
export function applyUnary(code: UnaryOp, input: Tensor, alpha = 0, beta = 0): Tensor {
  const output = make(input.shape);
  if (input.dense) {
    const target = at(output);
    kernels.unary(code, at(input), target, output.numel(), alpha, beta);
    return output;
  }
  const source = denseCopy(input);
  kernels.unary(code, at(source), at(source), output.numel(), alpha, beta);
  return source;
}

function fusedBackward(code: UnaryOp, gradient: Tensor, saved: Tensor, data: UnaryData): Tensor {
  const upstream = contiguous(gradient);
  const value = contiguous(saved);
  const result = make(gradient.shape);
  const target = at(result);
  const from = at(upstream);
  kernels.unaryBackward(code, from, at(value), target, result.numel(), data.alpha, data.beta);
  return result;
}

/** A piecewise constant function with a kernel: no gradient but zero; integers are what they are. */
export function constantUnary(code: UnaryOp, name: string): UnaryFunction {
  const operation: Operation = { name, backward: (_node, gradient) => [zerosLike(gradient)] };
  return (input) => (input.dtype === "float32" ? record(operation, applyUnary(code, input), [input], []) : input);
}
