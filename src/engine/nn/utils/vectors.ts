import { noGrad } from "../../autograd/gradMode.ts";
import { cat } from "../../ops/join.ts";
import type { Tensor } from "../../tensor.ts";

/**
 * All parameters in one vector, one after the other.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html
 * @api nn.utils.parametersToVector
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  return cat(
    [...parameters].map((parameter) => parameter.reshape(-1)),
    0,
  );
}

/**
 * The reverse: writes the vector's parts over the parameters.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.vector_to_parameters.html
 * @api nn.utils.vectorToParameters
 */
export function vectorToParameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  noGrad(() => {
    let start = 0;
    for (const parameter of parameters) {
      parameter.copy_(vec.narrow(0, start, parameter.numel()).reshape(parameter.shape));
      start += parameter.numel();
    }
  });
}
