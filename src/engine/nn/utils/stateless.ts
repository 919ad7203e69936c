/** `nn.utils.stateless`: calling a module with other parameters than its own. */
import type { Tensor } from "../../tensor.ts";
import type { AnyModule } from "../module.ts";

/** Calls the module with some parameters and buffers, by their paths, in place of its own. */
export function functionalCall(module: AnyModule, values: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>, args: unknown): unknown {
  const entries = values instanceof Map ? [...values] : Object.entries(values);
  const places = entries.map(([path, value]) => {
    const parts = path.split(".");
    const key = parts.pop()!;
    const owner = module.getSubmodule(parts.join(".")) as unknown as Record<string, unknown>;
    const names = (owner.constructor as unknown as { stateNames: Readonly<Record<string, string>> }).stateNames;
    const property = Object.keys(names).find((name) => names[name] === key) ?? key;
    return { owner, property, value, before: owner[property] };
  });
  for (const { owner, property, value } of places) owner[property] = value;
  try {
    return (module as unknown as (...inputs: unknown[]) => unknown)(...(Array.isArray(args) ? args : [args]));
  } finally {
    for (const { owner, property, before } of places) owner[property] = before;
  }
}
