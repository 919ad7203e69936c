/** Looking for the operation whose gradient is the first to hold a NaN. */
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

let detecting = false;

/**
 * Whether backward looks for NaN.
 * @api autograd.isAnomalyEnabled
 */
export function isAnomalyEnabled(): boolean {
  return detecting;
}

/**
 * Undoes the change at the end of a `using` block.
 * @api autograd.AnomalyScope
 */
export type AnomalyScope = Disposable;

/**
 * Whether backward checks each gradient that an operation returns, and throws at the first NaN; slow.
 * As a statement for good, with `using` for the rest of a block.
 * @api autograd.setDetectAnomaly
 */
export function setDetectAnomaly(mode: boolean): AnomalyScope {
  const before = detecting;
  detecting = mode;
  return {
    [Symbol.dispose]() {
      detecting = before;
    },
  };
}

/**
 * Checks gradients for NaN while `body` runs, or for the rest of a block with `using`.
 *
 * @api autograd.detectAnomaly
 */
export function detectAnomaly(): AnomalyScope;
export function detectAnomaly<T>(body: () => T): T;
export function detectAnomaly<T>(body?: () => T): T | AnomalyScope {
  if (body === undefined) return setDetectAnomaly(true);
  const before = detecting;
  detecting = true;
  try {
    return body();
  } finally {
    detecting = before;
  }
}

/** Throws if a gradient that `name` returned holds a NaN. */
export function checkForNaN(name: string, gradients: readonly (Tensor | null)[]): void {
  gradients.forEach((gradient, i) => {
    const hasNaN = gradient?.toTypedArray().some(Number.isNaN);
    if (hasNaN) throw new KindlingError(`Function '${name}' returned nan values in its ${i}th output.`);
  });
}
