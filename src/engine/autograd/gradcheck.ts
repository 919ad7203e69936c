/** Checking gradients against differences. */
import { KindlingError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { arithmetic } from "./arithmetic.ts";
import { grad } from "./backward.ts";
import { enableGrad, noGrad } from "./gradMode.ts";

/**
 * The defaults are wider than PyTorch's, which are made for double precision.
 * @api autograd.GradcheckOptions
 */
export interface GradcheckOptions {
  /** Step of the differences. Default 1e-2. */
  eps?: number;
  /** Absolute tolerance. Default 1e-2. */
  atol?: number;
  /** Relative tolerance. Default 1e-2. */
  rtol?: number;
  /** Throw where gradients disagree (default), or return false. */
  raiseException?: boolean;
}

/** A function of tensors that gives one or several. */
export type CheckedFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/**
 * Whether the gradients of `func` with respect to the inputs that require them agree with central differences.
 * @throws KindlingError where they don't, with both Jacobians
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 * @api autograd.gradcheck
 */
export function gradcheck(func: CheckedFunction, inputs: Tensor | readonly Tensor[], options: GradcheckOptions = {}): boolean {
  const given: readonly Tensor[] = inputs instanceof Tensor ? [inputs] : inputs;
  const wanted = given.filter((input) => input.requiresGrad);
  if (wanted.length === 0) {
    throw new KindlingError("gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.");
  }
  const run = (): readonly Tensor[] => {
    const result = func(...given);
    return (result instanceof Tensor ? [result] : result).filter((output) => output.dtype === "float32");
  };
  // First all gradients: the differences change the inputs.
  const analytic = enableGrad(run).map((output) => jacobians(output, wanted));
  return analytic.every((ofInputs, o) =>
    ofInputs.every((jacobian, i) =>
      agree(
        jacobian,
        differences(() => run()[o]!, wanted[i]!, options.eps ?? 1e-2),
        o,
        i,
        options,
      ),
    ),
  );
}

/**
 * `gradcheck` of the gradients themselves, for second derivatives: those of the sum of each output's gradients.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
 * @api autograd.gradgradcheck
 */
export function gradgradcheck(func: CheckedFunction, inputs: Tensor | readonly Tensor[], options: GradcheckOptions = {}): boolean {
  const given: readonly Tensor[] = inputs instanceof Tensor ? [inputs] : inputs;
  const gradients = (...values: Tensor[]): Tensor[] =>
    enableGrad(() => {
      const result = func(...values);
      const total = (result instanceof Tensor ? [result] : result).map((output) => output.sum()).reduce((a, b) => a.add(b));
      return grad(
        total,
        values.filter((value) => value.requiresGrad),
        null,
        null,
        true,
        true,
      ).filter((found) => found !== null);
    });
  return gradcheck(gradients, given, options);
}

function agree(analytic: Tensor, numeric: Tensor, output: number, input: number, options: GradcheckOptions): boolean {
  if (analytic.allclose(numeric, options.rtol ?? 1e-2, options.atol ?? 1e-2)) return true;
  if (options.raiseException === false) return false;
  throw new KindlingError(
    `Jacobian mismatch for output ${output} with respect to input ${input},\nnumerical:${String(numeric)}\nanalytical:${String(analytic)}\n`,
  );
}

/** One row for each element of the input, one column for each of the output. */
function jacobians(output: Tensor, inputs: readonly Tensor[]): Tensor[] {
  const flat = output.reshape(output.numel());
  const columns = Array.from({ length: flat.numel() }, (_, i) =>
    output.requiresGrad ? grad(flat.select(0, i), inputs, null, true, false, true) : inputs.map(() => null),
  );
  return inputs.map((input, k) =>
    columns.length === 0
      ? arithmetic.zeros([input.numel(), 0])
      : arithmetic.stack(columns.map((column) => (column[k]?.detach() ?? arithmetic.zeros(input.shape)).reshape(input.numel()))).t(),
  );
}

function differences(run: () => Tensor, input: Tensor, eps: number): Tensor {
  const flat = input.detach().view(input.numel());
  const rows = Array.from({ length: flat.numel() }, (_, i) => {
    const element = flat.select(0, i);
    const value = element.item();
    const moved = (by: number): Tensor =>
      noGrad(() => {
        element.fill_(value + by);
        return run().detach().clone();
      });
    const slope = moved(eps)
      .sub(moved(-eps))
      .div(2 * eps);
    element.fill_(value);
    return slope.reshape(slope.numel());
  });
  return arithmetic.stack(rows);
}
