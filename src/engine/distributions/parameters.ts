/** How parameters are given: numbers beside tensors, probabilities or their logarithms. */
import { broadcastTensors } from "../ops/broadcasting.ts";
import { tensor } from "../ops/creation.ts";
import { finfo } from "../ops/properties.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import { ArgumentError } from "../errors.ts";
import { Tensor } from "../tensor.ts";

/** All in one shape; numbers become tensors. */
export function broadcastAll<Values extends readonly ScalarOrTensor[]>(...values: Values): { [I in keyof Values]: Tensor } {
  const dtype = values.find((value) => value instanceof Tensor)?.dtype ?? "float32";
  const tensors = values.map((value) => (value instanceof Tensor ? value : tensor(value, { dtype })));
  return broadcastTensors(tensors) as { [I in keyof Values]: Tensor };
}

/** @throws ArgumentError unless one of the two is given, and only one */
export function requireEither(probs: unknown, logits: unknown): void {
  if ((probs === null) === (logits === null)) throw new ArgumentError("Either `probs` or `logits` must be specified, but not both.");
}

/** Logarithms of probabilities, or of the odds of one among two. */
export function probsToLogits(probs: Tensor, isBinary: boolean): Tensor {
  const { eps } = finfo("float32");
  const clamped = probs.clamp(eps, 1 - eps);
  return isBinary ? clamped.log().sub(clamped.neg().log1p()) : clamped.log();
}

export function logitsToProbs(logits: Tensor, isBinary: boolean): Tensor {
  return isBinary ? logits.sigmoid() : logits.softmax(-1);
}

/** The sum over the last `dims` dimensions. */
export function sumRightmost(value: Tensor, dims: number): Tensor {
  return dims === 0 ? value : value.flatten(-dims).sum(-1);
}
