/** Whether operations are recorded for differentiation. */

let enabled = true;

/** Whether operations on tensors that require gradients are recorded at present. */
export function isGradEnabled(): boolean {
  return enabled;
}

export function setGradEnabled(value: boolean): void {
  enabled = value;
}

/** Undoes a change of grad mode at the end of a `using` block. */
export interface GradModeScope extends Disposable {}

function scope(value: boolean): GradModeScope {
  const before = enabled;
  enabled = value;
  return {
    [Symbol.dispose]() {
      enabled = before;
    },
  };
}

/** Runs `body` in the given mode; an async body keeps it until its promise settles. */
export function withGradMode<T>(value: boolean, body: () => T): T {
  const before = enabled;
  enabled = value;
  let result: T;
  try {
    result = body();
  } catch (error) {
    enabled = before;
    throw error;
  }
  if (!isPromise(result)) {
    enabled = before;
    return result;
  }
  return result.finally(() => {
    enabled = before;
  }) as T;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

/**
 * Turns recording off: `noGrad(() => …)` for a function (returns what it returns), `using _ = noGrad()` for the rest of a block.
 */
export function noGrad(): GradModeScope;
export function noGrad<T>(body: () => T): T;
export function noGrad<T>(body?: () => T): T | GradModeScope {
  return body ? withGradMode(false, body) : scope(false);
}

/** Turns recording on within `noGrad`; the same two forms. */
export function enableGrad(): GradModeScope;
export function enableGrad<T>(body: () => T): T;
export function enableGrad<T>(body?: () => T): T | GradModeScope {
  return body ? withGradMode(true, body) : scope(true);
}

/** Like `noGrad`. */
export function inferenceMode(): GradModeScope;
export function inferenceMode<T>(body: () => T): T;
export function inferenceMode<T>(body?: () => T): T | GradModeScope {
  return body ? withGradMode(false, body) : scope(false);
}
