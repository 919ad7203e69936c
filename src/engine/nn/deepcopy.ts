/** Copies that share nothing with the original. */
import { KindlingError } from "../errors.ts";
import { instrument } from "../instrument.ts";
import { Tensor } from "../tensor.ts";
import { Module, type AnyModule } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * A copy of a module, a tensor, or lists, maps and plain objects of them, as Python's `copy.deepcopy` makes it: what is
 * the same object twice in the original is the same object twice in the copy. Functions are shared.
 *
 * A class's private `#fields` can't be copied; declare them `private` instead.
 * @throws KindlingError for a tensor that an operation made while gradients were recorded
 * @see https://docs.python.org/3/library/copy.html#copy.deepcopy
 * @api torch.deepcopy
 */
export function deepcopy<T>(value: T): T {
  const copies = new Copies();
  const copy = copies.of(value) as T;
  copies.fill();
  if (copies.modules.length > 0) instrument()?.modulesCopied?.(copies.modules);
  return copy;
}

/** What was copied already. Containers are filled one after the other, not by recursion: they may be nested deeply. */
class Copies {
  readonly #known = new Map<unknown, unknown>();
  readonly #unfilled: (() => void)[] = [];
  readonly modules: AnyModule[] = [];

  /** A value's copy; a container's is empty until `fill`. */
  of(value: unknown): unknown {
    if (this.#known.has(value)) return this.#known.get(value);
    if (value instanceof Module) return this.#module(value as unknown as AnyModule);
    if (value instanceof Tensor) return this.#remembered(value, copyTensor(value));
    if (Array.isArray(value)) {
      return this.#remembered<unknown[]>(value, [], (list) => {
        for (const item of value) list.push(this.of(item));
      });
    }
    if (value instanceof Map) {
      return this.#remembered(value, new Map<unknown, unknown>(), (map) => {
        for (const [key, item] of value) map.set(key, this.of(item));
      });
    }
    if (ArrayBuffer.isView(value)) return structuredClone(value);
    if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      return this.#remembered(value, {}, (object) => {
        for (const [key, item] of Object.entries(value)) setOwn(object, key, this.of(item));
      });
    }
    return value;
  }

  fill(): void {
    for (let next = this.#unfilled.pop(); next !== undefined; next = this.#unfilled.pop()) next();
  }

  #module(module: AnyModule): unknown {
    const blank = module.blank();
    this.modules.push(blank);
    return this.#remembered(module, blank, (copy) => {
      for (const name of Object.keys(module)) {
        (copy as unknown as Record<string, unknown>)[name] = this.of((module as unknown as Record<string, unknown>)[name]);
      }
    });
  }

  #remembered<C>(original: unknown, copy: C, fill?: (copy: C) => void): C {
    this.#known.set(original, copy);
    if (fill) this.#unfilled.push(() => fill(copy));
    return copy;
  }
}

/** Sets a property whatever its name; plain assignment to `__proto__` would change the object's kind. */
function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
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
