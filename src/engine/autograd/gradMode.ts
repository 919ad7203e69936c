/** Whether operations are recorded for differentiation, and the switches for it. */
import { ArgumentError } from "../errors.ts";

interface Mode {
  /** Operations on tensors that require gradients are recorded. */
  readonly grad: boolean;
  /** Results are inference tensors, which can never be recorded later either. */
  readonly inference: boolean;
}

const recording: Mode = { grad: true, inference: false };
const silent: Mode = { grad: false, inference: false };
const inferring: Mode = { grad: false, inference: true };

let mode = recording;

/**
 * Whether operations on tensors that require gradients are recorded at present.
 * @see https://pytorch.org/docs/stable/generated/torch.is_grad_enabled.html
 * @api torch.isGradEnabled autograd.isGradEnabled
 */
export function isGradEnabled(): boolean {
  return mode.grad;
}

/**
 * Whether `inferenceMode` is on at present.
 * @see https://pytorch.org/docs/stable/generated/torch.is_inference_mode_enabled.html
 * @api torch.isInferenceModeEnabled
 */
export function isInferenceModeEnabled(): boolean {
  return mode.inference;
}

/** A method or function, as a decorator is given it. */
export type Callable = (this: never, ...args: never[]) => unknown;

/** What `using _ = noGrad()` undoes at the end of its block; also the decorator of `@noGrad()` before a method. */
export interface GradModeScope extends Disposable {
  <F extends Callable>(method: F, context: DecoratorContext): F;
}

/** Modes that were opened for the rest of a block, oldest first, each with what was in force before. */
const open: { before: Mode }[] = [];

function openScope(wanted: Mode): GradModeScope {
  const entry = { before: mode };
  open.push(entry);
  mode = wanted;
  const close = (): void => {
    const place = open.indexOf(entry);
    if (place < 0) return;
    // Scopes may be closed out of order: what a later one goes back to is then what this one would have gone back to.
    if (place === open.length - 1) mode = entry.before;
    else open[place + 1]!.before = entry.before;
    open.splice(place, 1);
  };
  const decorate = <F extends Callable>(method: F): F => {
    close();
    return inMode(wanted, method);
  };
  return Object.assign(decorate, { [Symbol.dispose]: close });
}

function inMode<F extends Callable>(wanted: Mode, method: F): F {
  return function (this: never, ...args: never[]) {
    return within(wanted, () => method.apply(this, args));
  } as unknown as F;
}

function within<T>(wanted: Mode, body: () => T): T {
  const before = mode;
  mode = wanted;
  let result: T;
  try {
    result = body();
  } catch (error) {
    mode = before;
    throw error;
  }
  if (!(result instanceof Promise)) {
    mode = before;
    return result;
  }
  return result.finally(() => {
    mode = before;
  }) as T;
}

/** Runs `body` in the given mode; an async body keeps it until its promise settles. */
export function withGradMode<T>(value: boolean, body: () => T): T {
  return within(value ? recording : silent, body);
}

/** One switch in all its forms: with a function, for the rest of a block, `@switch` and `@switch()` before a method. */
function change(wanted: Mode, body?: Callable, context?: DecoratorContext): unknown {
  if (body === undefined) return openScope(wanted);
  if (context !== undefined && typeof context !== "object")
    throw new ArgumentError("a change of grad mode takes one function, as in noGrad(() => model(x))", "TypeError");
  return context === undefined ? within(wanted, body as () => unknown) : inMode(wanted, body);
}

/**
 * Turns recording off: `noGrad(() => …)` for a function (returns what it returns), `using _ = noGrad()` for the rest of
 * a block, `@noGrad()` before a method.
 * @see https://pytorch.org/docs/stable/generated/torch.no_grad.html
 * @api torch.noGrad autograd.noGrad
 */
export function noGrad<F extends Callable>(method: F, context: DecoratorContext): F;
export function noGrad(): GradModeScope;
export function noGrad<T>(body: () => T): T;
export function noGrad(body?: Callable, context?: DecoratorContext): unknown {
  return change(silent, body, context);
}

/**
 * Turns recording on within `noGrad`; the same forms.
 * @see https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 * @api torch.enableGrad autograd.enableGrad
 */
export function enableGrad<F extends Callable>(method: F, context: DecoratorContext): F;
export function enableGrad(): GradModeScope;
export function enableGrad<T>(body: () => T): T;
export function enableGrad(body?: Callable, context?: DecoratorContext): unknown {
  return change(recording, body, context);
}

/**
 * Turns recording on or off: at once and for good as a statement, for the rest of a block with `using`, for a function
 * when one is given.
 * @see https://pytorch.org/docs/stable/generated/torch.set_grad_enabled.html
 * @api torch.setGradEnabled autograd.setGradEnabled
 */
export function setGradEnabled(mode: boolean): GradModeScope;
export function setGradEnabled<T>(mode: boolean, body: () => T): T;
export function setGradEnabled(mode: boolean, body?: Callable): unknown {
  return change(mode ? recording : silent, body);
}

/**
 * Like `noGrad`; and what is made meanwhile are inference tensors, which can't take part in differentiation later: to
 * save one for backward, to change one in place or to let one require gradients is an error outside.
 * `inferenceMode(false)` turns it off again.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.grad_mode.inference_mode.html
 * @api torch.inferenceMode autograd.inferenceMode
 */
export function inferenceMode<F extends Callable>(method: F, context: DecoratorContext): F;
export function inferenceMode(mode?: boolean): GradModeScope;
export function inferenceMode<T>(body: () => T): T;
export function inferenceMode<T>(mode: boolean, body: () => T): T;
export function inferenceMode(first: boolean | Callable = true, second?: Callable | DecoratorContext): unknown {
  if (typeof first === "function") return change(inferring, first, second as DecoratorContext | undefined);
  return change(first ? inferring : recording, second as Callable | undefined);
}
