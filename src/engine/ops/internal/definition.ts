/** Second derivatives of operations whose backward is made of kernels. */
import { grad } from "../../autograd/backward.ts";
import type { Tensor } from "../../tensor.ts";
import { view } from "../views.ts";

/**
 * What an operation's `backward` gives while the pass itself is recorded: computes the operation again from differentiable
 * ones, and differentiates those.
 * @param inputs as they were saved, with their history
 * @param gradients one for each result of `definition`; `null` where none arrived
 */
export function differentiateDefinition(
  definition: (inputs: readonly Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
): (Tensor | null)[] {
  // Views have nodes of their own, so that what is found there hasn't gone through one input to another.
  const own = inputs.map((input) => view(input, input.shape));
  const results = definition(own).flatMap((result, i) => (gradients[i] ? [{ result, gradient: gradients[i] }] : []));
  const wanted = own.filter((input) => input.requiresGrad);
  const found = grad(
    results.map(({ result }) => result),
    wanted,
    results.map(({ gradient }) => gradient),
    null,
    true,
    true,
  );
  return own.map((input) => (input.requiresGrad ? found[wanted.indexOf(input)]! : null));
}
