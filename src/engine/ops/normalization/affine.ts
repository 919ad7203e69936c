/** What normalisations by the compiled kernels share: which parameters there are, and gradients by differentiable operations. */
import { longName } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { at } from "../internal/make.ts";
import { mean, sum } from "../reductions.ts";

/** 0 stands for "absent" in the kernels. */
export function atOrNone(tensor: Tensor | null): number {
  return tensor === null ? 0 : at(tensor);
}

/** Which parameters there are: they follow the input among the operation's inputs, and what else was saved. */
export interface Affine {
  readonly weighted: boolean;
  readonly shifted: boolean;
  readonly eps: number;
}

/** The parameters that there are. */
export const present = (...parameters: readonly (Tensor | null)[]): Tensor[] => parameters.filter((parameter) => parameter !== null);

export const inOrder = ({ weighted, shifted }: Affine, x: Tensor | null, weight: Tensor | null, bias: Tensor | null): (Tensor | null)[] => [
  x,
  ...(weighted ? [weight] : []),
  ...(shifted ? [bias] : []),
];

/** Dimensions of the input: those that share a mean, and those that share a weight. */
interface Sharing {
  readonly statistics: readonly number[];
  readonly parameters: readonly number[];
}

/**
 * The gradients of input, weight and bias by differentiable operations.
 * @param fixed mean and inverse standard deviation that don't depend on the input
 */
export function composedGradients(
  gradient: Tensor,
  x: Tensor,
  weight: Tensor | null,
  sharing: Sharing,
  eps: number,
  fixed: readonly [Tensor, Tensor] | null,
): [Tensor, Tensor, Tensor] {
  const average = (values: Tensor): Tensor => mean(values, sharing.statistics, true);
  const centred = x.sub(fixed ? fixed[0] : average(x));
  const inverseStd = fixed ? fixed[1] : average(centred.square()).add(eps).rsqrt();
  const normal = centred.mul(inverseStd);
  const scaled = weight ? gradient.mul(weight) : gradient;
  const across = fixed ? scaled : scaled.sub(average(scaled)).sub(normal.mul(average(scaled.mul(normal))));
  return [across.mul(inverseStd), sum(gradient.mul(normal), sharing.parameters), sum(gradient, sharing.parameters)];
}

/** Kernels read float32. */
export function checkFloats(name: string, ...operands: readonly (Tensor | null)[]): void {
  const other = operands.find((operand) => operand !== null && operand.dtype !== "float32");
  if (other) throw new KindlingError(`"${name}" not implemented for '${longName(other.dtype)}'`);
}
