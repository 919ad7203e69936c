/**
 * Weights that a hook computes anew before each call of their module. The hook asks the module that is called, and what is
 * computed is found by the module's hooks: a copy of the module has both.
 */
import type { Tensor } from "../../tensor.ts";
import { forwardPreHooksOf, type AnyModule } from "../module.ts";

/** How a weight is computed. */
export interface Computation {
  readonly kind: "weight norm" | "spectral norm" | "pruning";
  /** Of the weight among the module's properties. */
  readonly name: string;
  compute(module: AnyModule): Tensor;
  /** What the weight is when it is computed no more. */
  final(module: AnyModule): Tensor;
}

type Hook = (module: AnyModule) => void;

const computations = new WeakMap<object, Computation>();

/** The module's tensors by their names; they come and go. */
export function propertiesOf(module: AnyModule): Record<string, unknown> {
  return module as unknown as Record<string, unknown>;
}

export function computeBeforeCalls(module: AnyModule, computation: Computation): void {
  const hook: Hook = (called) => {
    propertiesOf(called)[computation.name] = computation.compute(called);
  };
  computations.set(hook, computation);
  module.registerForwardPreHook(hook);
}

/** What hooks of that kind compute before each call of the module. */
export function computationsOf(module: AnyModule, kind: Computation["kind"]): readonly Computation[] {
  return forwardPreHooksOf(module)
    .flatMap((hook) => computations.get(hook) ?? [])
    .filter((one) => one.kind === kind);
}

export function computationOf(module: AnyModule, kind: Computation["kind"], name: string): Computation | undefined {
  return computationsOf(module, kind).find((one) => one.name === name);
}

/** From now on the module has the weight as it was last. */
export function computeNoMore(module: AnyModule, computation: Computation): void {
  const hooks = forwardPreHooksOf(module);
  hooks.splice(
    hooks.findIndex((hook) => computations.get(hook) === computation),
    1,
  );
}
