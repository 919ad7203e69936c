/** What PyTorch says of an optimizer's options that are out of range. */
import { ArgumentError } from "../errors.ts";
import { snakeCase } from "./stateNames.ts";

/** @throws ArgumentError for the first of the named options that is below 0 or no number */
export function checkNotNegative<Name extends string>(options: Readonly<Record<Name, number>>, ...names: readonly Name[]): void {
  for (const name of names) {
    if (!(options[name] >= 0)) throw new ArgumentError(`Invalid ${name === "eps" ? "epsilon" : snakeCase(name)} value: ${options[name]}`);
  }
}

/** Decay rates of running means lie in [0, 1). */
export function checkBetas(betas: readonly number[]): void {
  betas.forEach((beta, i) => {
    if (!(beta >= 0 && beta < 1)) throw new ArgumentError(`Invalid beta parameter at index ${i}: ${beta}`);
  });
}
