/** Operations of one's own: a forward, and the backward that goes with it. */
import { KindlingError } from "../errors.ts";
import { operationWatch } from "../instrument.ts";
import { handOut } from "../memory/residents.ts";
import { withoutScratch } from "../memory/scratch.ts";
import { sameShape, shapeText, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { arithmetic } from "./arithmetic.ts";
import { isGradEnabled, withGradMode } from "./gradMode.ts";
import { Node, type Operation } from "./node.ts";

/** What `saveForBackward` keeps. */
export type Saved = Tensor | null | undefined;

/**
 * What `forward` and `backward` of one call share. Further values may be put on it as properties.
 * @see https://pytorch.org/docs/stable/autograd.html#context-method-mixins
 * @api autograd.FunctionCtx autograd.FunctionContext
 * @base
 */
export class FunctionCtx {
  /** For each argument of `apply` whether a gradient with respect to it is wanted. */
  readonly needsInputGrad: readonly boolean[];
  /** The caller's own values. */
  // oxlint-disable-next-line no-explicit-any
  [attribute: string]: any;
  /** @internal */ kept: readonly Saved[] = [];
  /** @internal */ dirty: readonly Tensor[] = [];
  /** @internal */ constant: readonly Tensor[] = [];
  /** @internal */ materialize = true;
  /** @internal */ node: Node | null = null;

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /** Keeps inputs or outputs for `backward`, which finds them in `savedTensors`. To be called once, in `forward`. */
  saveForBackward(...tensors: readonly Saved[]): void {
    this.kept = tensors;
  }

  /**
   * What `saveForBackward` was given.
   * @throws KindlingError if one was changed in place since, or the graph was already freed by a backward
   */
  get savedTensors(): Tensor[] {
    if (this.node === null) return this.kept as Tensor[];
    const { node } = this;
    let next = 0;
    return this.kept.map((tensor) => (tensor ? node.saved(next++) : tensor)) as Tensor[];
  }

  /** Says which inputs `forward` changed in place; they have to be among its outputs. */
  markDirty(...args: readonly Tensor[]): void {
    this.dirty = args;
  }

  /** Says which outputs are constants to differentiation. Integer and boolean ones are without saying. */
  markNonDifferentiable(...args: readonly Tensor[]): void {
    this.constant = args;
  }

  /** Whether `backward` is given zeros for outputs that no gradient reached (default), or `null`. */
  setMaterializeGrads(value: boolean): void {
    this.materialize = value;
  }
}

interface Call {
  readonly type: typeof AutogradFunction;
  readonly ctx: FunctionCtx;
  readonly args: readonly (Shape | null)[];
  readonly outputs: readonly Shape[];
}

/**
 * Base of operations with a backward of their own.
 *
 * ```ts
 * class Exp extends autograd.Function {
 *   static forward(ctx: autograd.FunctionCtx, x: Tensor) {
 *     const y = x.exp();
 *     ctx.saveForBackward(y);
 *     return y;
 *   }
 *   static backward(ctx: autograd.FunctionCtx, gradient: Tensor) {
 *     const [y] = ctx.savedTensors;
 *     return gradient.mul(y);
 *   }
 * }
 * const y = Exp.apply(x);
 * ```
 *
 * `forward` runs unrecorded. `backward` is given one gradient for each output and returns one for each argument of
 * `forward` (`null` where there is none); it is recorded with `createGraph`, so made of differentiable operations it
 * can be differentiated again. A `static setupContext(ctx, inputs, output)` may take over what `forward` does with
 * `ctx`, which `forward` then doesn't get.
 * @see https://pytorch.org/docs/stable/notes/extending.html
 * @api autograd.Function
 * @base
 */
export class AutogradFunction {
  // oxlint-disable-next-line no-explicit-any
  static forward(..._inputs: any[]): any {
    throw new KindlingError("You must implement the forward function for custom autograd.Function.");
  }

  // oxlint-disable-next-line no-explicit-any
  static backward(_ctx: any, ..._gradients: any[]): any {
    throw new KindlingError("You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.");
  }

  /** Runs `forward` and records it. */
  static apply<Args extends readonly unknown[], Result>(
    this: { forward(...inputs: Args): Result; setupContext(ctx: FunctionCtx, inputs: Args, output: Result): void },
    ...inputs: Args
  ): Result;
  static apply<Args extends readonly unknown[], Result>(this: { forward(ctx: FunctionCtx, ...inputs: Args): Result }, ...inputs: Args): Result;
  static apply(this: unknown, ...inputs: readonly unknown[]): unknown {
    return call(this as typeof AutogradFunction, inputs);
  }
}

function call(type: typeof AutogradFunction, args: readonly unknown[]): unknown {
  const ctx = new FunctionCtx(args.map((arg) => arg instanceof Tensor && arg.requiresGrad));
  const recorded = isGradEnabled() && ctx.needsInputGrad.includes(true);
  const result = withGradMode(false, () => runForward(type, ctx, args));
  const outputs = Array.isArray(result) ? result : [result];
  for (const output of outputs) {
    if (!(output instanceof Tensor)) throw new KindlingError(`${type.name}.forward: expected to return Tensors, but got ${describe(output)}`);
  }
  const shown = (outputs as Tensor[]).map((output) => (ctx.dirty.includes(output) ? output : separate(output, args)));
  if (recorded) attach(type, ctx, args, shown);
  const inputs = args.filter((arg) => arg instanceof Tensor);
  operationWatch()?.ran({ name: type.name }, inputs, shown, undefined);
  return Array.isArray(result) ? shown : shown[0];
}

function runForward(type: typeof AutogradFunction, ctx: FunctionCtx, args: readonly unknown[]): unknown {
  if (!("setupContext" in type)) return type.forward(ctx, ...args);
  const output: unknown = type.forward(...args);
  (type.setupContext as (ctx: FunctionCtx, inputs: readonly unknown[], output: unknown) => void)(ctx, args, output);
  return output;
}

/** An input that comes back, or a view of something, gets a tensor of its own, so that this call can be its history. */
function separate(output: Tensor, args: readonly unknown[]): Tensor {
  if (output.base === null && !args.includes(output)) return output;
  return new Tensor(output.storage, output.offset, output.shape, output.dense ? null : output.strides, output.dtype);
}

function attach(type: typeof AutogradFunction, ctx: FunctionCtx, args: readonly unknown[], outputs: readonly Tensor[]): void {
  for (const tensor of ctx.dirty) tensor.beforeChange();
  const inputs = args.filter((arg) => arg instanceof Tensor);
  const data: Call = { type, ctx, args: args.map((arg) => (arg instanceof Tensor ? arg.shape : null)), outputs: outputs.map((output) => output.shape) };
  const operation: Operation<Call> = { name: `${type.name}Backward`, runsProgram: true, backward: runBackward };
  const node = new Node(
    operation,
    inputs,
    ctx.kept.filter((tensor) => tensor instanceof Tensor),
    data,
  );
  node.outputs = outputs.length;
  ctx.node = node;
  outputs.forEach((output, i) => {
    if (output.dtype === "float32" && !ctx.constant.includes(output)) output.attach(node, i);
  });
  for (const tensor of ctx.dirty) tensor.rewrites++;
}

function runBackward(node: Node<Call>, ...given: (Tensor | null)[]): readonly (Tensor | null)[] {
  const { type, ctx, args, outputs } = node.data;
  for (const gradient of given) if (gradient !== null) handOut(gradient.storage);
  const found = withoutScratch(() => {
    const gradients = given.map((gradient, i) => gradient ?? (ctx.materialize ? arithmetic.zeros(outputs[i]!) : null));
    const result: unknown = type.backward(ctx, ...gradients);
    return checked(`${type.name}Backward`, Array.isArray(result) ? result : [result], args);
  });
  return found.filter((_, i) => args[i] !== null);
}

/** One gradient (or `null`) for each argument, of the argument's shape. */
function checked(name: string, returned: readonly unknown[], args: readonly (Shape | null)[]): (Tensor | null)[] {
  let count = returned.length;
  while (count > args.length && isNothing(returned[count - 1])) count--;
  if (count !== args.length) {
    throw new KindlingError(`function ${name} returned an incorrect number of gradients (expected ${args.length}, got ${count})`);
  }
  return args.map((shape, i) => {
    const gradient = returned[i];
    if (isNothing(gradient)) return null;
    if (shape === null) {
      throw new KindlingError(
        `function ${name} returned a gradient different than None at position ${i + 1}, but the corresponding forward input was not a Variable`,
      );
    }
    if (!(gradient instanceof Tensor))
      throw new KindlingError(`function ${name} returned an invalid gradient at position ${i + 1}: expected a Tensor or null, but got ${describe(gradient)}`);
    return sameShape(gradient.shape, shape) ? gradient : reduced(name, gradient, shape, i);
  });
}

/** A gradient that is broadcast from the argument's shape is summed back to it. */
function reduced(name: string, gradient: Tensor, shape: Shape, i: number): Tensor {
  const lead = gradient.shape.length - shape.length;
  const fits = lead >= 0 && shape.every((size, k) => size === 1 || size === gradient.shape[k + lead]);
  if (fits) return arithmetic.sumTo(gradient, shape);
  throw new KindlingError(
    `Function ${name} returned an invalid gradient at index ${i} - got ${shapeText(gradient.shape)} but expected shape compatible with ${shapeText(shape)}`,
  );
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value;
}
