/** The gradient on its way through the modules, in the order in which they are called. Pure. */
import type { ModelInfo, ModuleInfo, ModuleStatistics, StepStatistics } from "../../src/protocol/index.ts";
import { gradientNorm } from "../../src/run/health/facts.ts";
import { exploded, vanished } from "../../src/run/health/rules.ts";
import { wholeRootMeanSquare } from "../../src/run/rootMeanSquare.ts";

export interface FlowPoint {
  readonly module: ModuleInfo;
  /** Root mean square of ∂loss/∂output; NaN or ∞ where a value of it is, `undefined` where none was measured. */
  readonly output: number | undefined;
  /** Root mean square of the gradient of all its own parameters together. */
  readonly weights: number | undefined;
  /**
   * Below and above these the gradient at the output counts as vanished, and as exploded. The same gradient is weaker where
   * it is spread over more values, so that they are not the same everywhere.
   */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Of the modules that were called and have no other below them, or parameters of their own. */
export function gradientPath(model: ModelInfo, { modules }: StepStatistics): readonly FlowPoint[] {
  const parents = new Set(model.modules.map(({ parent }) => parent));
  const called = modules
    .filter(({ call, module, parameters }) => call !== undefined && model.modules[module] && (!parents.has(module) || parameters.length > 0))
    .sort((a, b) => a.call! - b.call!);
  const end = called.findLast((one) => one.outputGradient?.nonFinite === 0 && gradientNorm(one)! > 0);
  const reference = end && gradientNorm(end);
  return called.map((one) => {
    const edge = (share: number): number | undefined =>
      one.outputGradient && reference !== undefined ? (share * reference) / Math.sqrt(one.outputGradient.count) : undefined;
    return {
      module: model.modules[one.module]!,
      output: one.outputGradient && wholeRootMeanSquare(one.outputGradient),
      weights: ofWeights(one),
      low: edge(vanished),
      high: edge(exploded),
    };
  });
}

function ofWeights({ parameters }: ModuleStatistics): number | undefined {
  const gradients = parameters.flatMap(({ gradient }) => (gradient ? [gradient] : []));
  if (gradients.length === 0) return undefined;
  const count = gradients.reduce((sum, gradient) => sum + gradient.count, 0);
  return Math.sqrt(gradients.reduce((sum, gradient) => sum + wholeRootMeanSquare(gradient) ** 2 * gradient.count, 0) / count);
}

/** Of a strength that is no finite number: `not a number`, `infinite`; `undefined` of every other. */
export function brokenWord(strength: number | undefined): string | undefined {
  if (strength === undefined || Number.isFinite(strength)) return undefined;
  return Number.isNaN(strength) ? "not a number" : "infinite";
}

/** Powers of ten from below the smallest to above the largest of what is drawn. */
export function decades(points: readonly FlowPoint[]): readonly [low: number, high: number] {
  const logarithms = points
    .flatMap(({ output, weights, low, high }) => [output, weights, low, high])
    .filter((value): value is number => value !== undefined && value > 0 && Number.isFinite(value))
    .map(Math.log10);
  if (logarithms.length === 0) return [-1, 0];
  return [Math.floor(Math.min(...logarithms)) - 1, Math.ceil(Math.max(...logarithms)) + 1];
}

/** From one module to the next with a slider's keys; `null` if the key means nothing there. */
export { sampleAfterKey as pointAfterKey } from "../shownSample.ts";
