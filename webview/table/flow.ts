/** How strongly the gradient arrives at each module in one sampled step. */
import type { StepStatistics } from "../../src/protocol/index.ts";
import { rootMeanSquare } from "../shownSample.ts";

export interface Flow {
  /** Root mean square of the gradient with respect to the module's output. */
  readonly strength: number;
  /** From 0 (a millionth of the strongest or less) to 1, on a logarithmic scale. */
  readonly level: number;
  /** NaN or infinite values in the output, its gradient, the parameters or theirs. */
  readonly broken: boolean;
}

const decades = 6;

/** By module id. The scale's top is a power of ten, so that it moves rarely from step to step. */
export function gradientFlow(sample: StepStatistics | null): ReadonlyMap<number, Flow> {
  const strengths = new Map<number, { strength: number; broken: boolean }>();
  let strongest = 0;
  for (const { module, output, outputGradient, parameters } of sample?.modules ?? []) {
    const tensors = [output, outputGradient, ...parameters.flatMap(({ value, gradient }) => [value, gradient])];
    const strength = outputGradient ? rootMeanSquare(outputGradient) : NaN;
    if (strength > strongest) strongest = strength;
    strengths.set(module, { strength, broken: tensors.some((tensor) => tensor !== undefined && tensor.nonFinite > 0) });
  }
  const top = strongest > 0 ? Math.ceil(Math.log10(strongest)) : 0;
  return new Map(
    [...strengths].map(([module, { strength, broken }]) => {
      const level = strength > 0 ? Math.min(1, Math.max(0, 1 + (Math.log10(strength) - top) / decades)) : 0;
      return [module, { strength, broken, level }];
    }),
  );
}
