/** PyTorch's optional arguments, which may come by position, in an options object, or first some of these and then the other. */
import { Tensor } from "./tensor.ts";

/**
 * All optional arguments of a call by name.
 * @param given the arguments as they came; an options object among them is the last
 * @param names the names of those that may be given by position, in their order
 */
export function optionalArguments<Options extends object>(given: readonly unknown[], names: readonly (keyof Options)[]): Partial<Options> {
  const options: Partial<Options> = {};
  given.forEach((value, i) => {
    if (isOptions(value)) Object.assign(options, value);
    else if (value !== undefined) options[names[i]!] = value as Options[keyof Options];
  });
  return options;
}

export function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Tensor);
}
