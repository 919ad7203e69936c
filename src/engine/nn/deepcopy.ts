/** Copies that share nothing with the original. */
import { KindlingError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { Module, type AnyModule } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * A copy of a module, a tensor, or lists, maps and plain objects of them, as Python's `copy.deepcopy` makes it: what is
 * the same object twice in the original is the same object twice in the copy. Functions are shared.
 *
 * A class's private `#fields` can't be copied; declare them `private` instead.
 * @throws KindlingError for a tensor that an operation made while gradients were recorded
 */
export function deepcopy<T>(value: T): T {
  return copyOf(value, new Map<unknown, unknown>()) as T;
}

function copyOf(value: unknown, known: Map<unknown, unknown>): unknown {
  if (known.has(value)) return known.get(value);
  if (value instanceof Module) return copyModule(value as unknown as AnyModule, known);
  if (value instanceof Tensor) return remembered(value, copyTensor(value), known);
  if (Array.isArray(value)) {
    const list: unknown[] = remembered(value, [], known);
    for (const item of value) list.push(copyOf(item, known));
    return list;
  }
  if (value instanceof Map) {
    const map = remembered(value, new Map<unknown, unknown>(), known);
    for (const [key, item] of value) map.set(key, copyOf(item, known));
    return map;
  }
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const object = remembered<Record<string, unknown>>(value, {}, known);
    for (const [key, item] of Object.entries(value)) setOwn(object, key, copyOf(item, known));
    return object;
  }
  return value;
}

/** Sets a property whatever its name; plain assignment to `__proto__` would change the object's kind. */
function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function remembered<C>(original: unknown, copy: C, known: Map<unknown, unknown>): C {
  known.set(original, copy);
  return copy;
}

function copyModule(module: AnyModule, known: Map<unknown, unknown>): AnyModule {
  const copy = remembered(module, module.blank(), known) as unknown as Record<string, unknown>;
  for (const name of Object.keys(module)) copy[name] = copyOf((module as unknown as Record<string, unknown>)[name], known);
  return copy as unknown as AnyModule;
}

function copyTensor(tensor: Tensor): Tensor {
  if (tensor.gradFn !== null) {
    throw new KindlingError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment");
  }
  const values = tensor.detach().clone();
  const copy = tensor instanceof Parameter ? new Parameter(values) : values;
  copy.requiresGrad = tensor.requiresGrad;
  if (tensor.grad !== null) copy.grad = tensor.grad.clone();
  return copy;
}
