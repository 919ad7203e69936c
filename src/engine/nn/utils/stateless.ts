/** `nn.utils.stateless`: calling a module with other parameters than its own. */
import type { Tensor } from "../../tensor.ts";
import type { AnyModule } from "../module.ts";

/** Calls the module with some parameters and buffers, by their paths, in place of its own. */
export function functionalCall(module: AnyModule, values: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>, args: unknown): unknown {
  const entries = values instanceof Map ? [...values] : Object.entries(values);
  const places = entries.map(([path, value]) => {
    const parts = path.split(".");
    const key = parts.pop()!;
    const owner = module.getSubmodule(parts.join("."));
    const names = (owner.constructor as unknown as { stateNames: Readonly<Record<string, string>> }).stateNames;
    const property = Object.keys(names).find((name) => names[name] === key) ?? key;
    return { owner, property, value };
  });
  const before = places.map(({ owner, property, value }) => owner.substitute(property, value));
  try {
    return (module as unknown as (...inputs: unknown[]) => unknown)(...(Array.isArray(args) ? args : [args]));
  } finally {
    places.forEach(({ owner, property }, i) => owner.substitute(property, before[i]));
  }
}
