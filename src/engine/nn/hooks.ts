/** What users hang on modules to see, and perhaps replace, what goes in and out, forward and backward. */
import { boundary } from "../autograd/boundary.ts";
import { isGradEnabled } from "../autograd/gradMode.ts";
import { Tensor, type HookHandle } from "../tensor.ts";
import type { AnyModule } from "./module.ts";

/**
 * One for each tensor; `null` where there is none.
 * @api nn.Gradients
 */
export type Gradients = readonly (Tensor | null)[];

/**
 * Gradients in place of the ones a hook was shown, one for each; a single one needs no list.
 * @api nn.GradientReplacement
 */
export type GradientReplacement = Gradients | Tensor | null | undefined | void;

/** What a hook is shown of the inputs. Of "some module" nothing is known, so that every module can stand for one. */
// oxlint-disable-next-line no-explicit-any
type HookInputs<Args> = [Args] extends [never[]] ? any : Args;

/**
 * Sees the inputs before a call, and may return others.
 * @api nn.ForwardPreHook
 */
export type ForwardPreHook<M = AnyModule, Args = unknown[]> = (module: M, inputs: HookInputs<Args>) => unknown;
/**
 * Sees inputs and output after a call, and may return another output.
 * @api nn.ForwardHook
 */
export type ForwardHook<M = AnyModule, Args = unknown[], Out = unknown> = (module: M, inputs: HookInputs<Args>, output: Out) => unknown;
/**
 * Sees the gradients of a module's outputs, and may return others.
 * @api nn.BackwardPreHook
 */
export type BackwardPreHook<M = AnyModule> = (module: M, gradOutputs: Gradients) => GradientReplacement;
/**
 * Sees the gradients of a module's inputs and outputs, and may return others for the inputs.
 * @api nn.BackwardHook
 */
export type BackwardHook<M = AnyModule> = (module: M, gradInputs: Gradients, gradOutputs: Gradients) => GradientReplacement;

/** All hooks of one module, which is of type `M`. */
export interface ModuleHooks<M = never> {
  forwardPre: ForwardPreHook<M, never>[];
  forward: ForwardHook<M, never, never>[];
  backwardPre: BackwardPreHook<M>[];
  backward: BackwardHook<M>[];
}

/** Adds `hook` to `list`, or puts it first; the handle takes it out again. */
export function addHook<Hook>(list: Hook[], hook: Hook, prepend = false): HookHandle {
  if (prepend) list.unshift(hook);
  else list.push(hook);
  const remove = () => {
    const index = list.indexOf(hook);
    if (index >= 0) list.splice(index, 1);
  };
  return { remove, [Symbol.dispose]: remove };
}

/** One call of a module that has hooks: PyTorch's order, pre hooks, forward, hooks, with the boundaries for backward around it. */
export function callWithHooks(module: AnyModule, hooks: ModuleHooks<AnyModule>, forward: (...inputs: unknown[]) => unknown, args: readonly unknown[]): unknown {
  let inputs: readonly unknown[] = args;
  for (const hook of [...hooks.forwardPre]) {
    const replacement = hook(module, inputs);
    if (replacement !== undefined && replacement !== null) inputs = asList(replacement);
  }
  const watch = hooks.backward.length + hooks.backwardPre.length > 0 && isGradEnabled() ? new BackwardWatch(module, hooks) : null;
  if (watch) inputs = watch.markInputs(inputs);
  let output = forward(...inputs);
  for (const hook of [...hooks.forward]) {
    const replacement = hook(module, inputs, output as never);
    if (replacement !== undefined && replacement !== null) output = replacement;
  }
  return watch ? watch.markOutput(output) : output;
}

/** The backward hooks of one call: the gradients of its outputs arrive first, those of its inputs last. */
class BackwardWatch {
  readonly #module: AnyModule;
  readonly #hooks: Pick<ModuleHooks<AnyModule>, "backward" | "backwardPre">;
  #gradOutputs: Gradients = [];
  #inputCount = 0;
  #inputsAreWatched = false;

  constructor(module: AnyModule, hooks: ModuleHooks<AnyModule>) {
    this.#module = module;
    this.#hooks = { backward: [...hooks.backward], backwardPre: [...hooks.backwardPre] };
  }

  markInputs(inputs: readonly unknown[]): readonly unknown[] {
    this.#inputCount = inputs.length;
    if (this.#hooks.backward.length === 0) return inputs;
    const { values, watched } = mark(inputs, (gradients) => this.#runBackward(gradients));
    this.#inputsAreWatched = watched;
    return values;
  }

  markOutput(output: unknown): unknown {
    if (output instanceof Tensor) return this.#markOutputs([output])[0];
    return Array.isArray(output) ? this.#markOutputs(output) : output;
  }

  #markOutputs(outputs: readonly unknown[]): unknown[] {
    return mark(outputs, (gradients) => {
      this.#gradOutputs = this.#runBackwardPre(gradients);
      // Where no input wants a gradient nothing will arrive there: this is the end of the module's backward.
      if (!this.#inputsAreWatched) this.#runBackward(new Array<null>(this.#inputCount).fill(null));
      return this.#gradOutputs;
    }).values;
  }

  #runBackwardPre(gradients: Gradients): Gradients {
    let gradOutputs = gradients;
    for (const hook of this.#hooks.backwardPre) {
      gradOutputs = replaced(gradOutputs, hook(this.#module, gradOutputs), "grad_output", this.#module);
    }
    return gradOutputs;
  }

  #runBackward(gradients: Gradients): Gradients {
    let gradInputs = gradients;
    for (const hook of this.#hooks.backward) {
      gradInputs = replaced(gradInputs, hook(this.#module, gradInputs, this.#gradOutputs), "grad_input", this.#module);
    }
    return gradInputs;
  }
}

/** Puts the tensors among `values` that require gradients behind a boundary; `hook` sees one entry for each value. */
function mark(values: readonly unknown[], hook: (gradients: Gradients) => Gradients): { values: unknown[]; watched: boolean } {
  const places = values.flatMap((value, i) => (value instanceof Tensor && value.requiresGrad ? [i] : []));
  if (places.length === 0) return { values: [...values], watched: false };
  const marked = boundary(
    places.map((i) => values[i] as Tensor),
    (gradients) => {
      const all = new Array<Tensor | null>(values.length).fill(null);
      places.forEach((place, i) => (all[place] = gradients[i]!));
      const results = hook(all);
      return places.map((place) => results[place] ?? null);
    },
  );
  const result = [...values];
  places.forEach((place, i) => (result[place] = marked[i]));
  return { values: result, watched: true };
}

function replaced(gradients: Gradients, replacement: GradientReplacement, name: string, module: AnyModule): Gradients {
  if (replacement === undefined || replacement === null) return gradients;
  const list = asList(replacement) as Gradients;
  if (list.length !== gradients.length) {
    throw new RangeError(
      `Backward hook of ${module.constructor.name} returned an invalid number of ${name}, ` + `got ${list.length}, but expected ${gradients.length}`,
    );
  }
  return list;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
