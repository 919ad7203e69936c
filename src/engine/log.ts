import { log as logToRun } from "./instrument.ts";
import { log as naturalLogarithm } from "./ops/unary.ts";
import { Tensor } from "./tensor.ts";

/**
 * The natural logarithm of each element: `log(x)`. With an object of named values, `log({ loss, accuracy })`, it puts them on
 * the run's charts at the current step; outside a run that does nothing.
 * @param input of any shape; the result has the same
 * @param values numbers or tensors of one element, by the names of their charts
 * @see https://pytorch.org/docs/stable/generated/torch.log.html
 * @api torch.log
 */
export function log(input: Tensor): Tensor;
export function log(values: Readonly<Record<string, unknown>>): void;
export function log(input: Tensor | Readonly<Record<string, unknown>>): Tensor | void {
  return input instanceof Tensor ? naturalLogarithm(input) : logToRun(input);
}
