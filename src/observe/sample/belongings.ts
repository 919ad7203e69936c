/** What modules keep in their own properties: counters, caches, lists. A call of the model may change them. */
import type { Module } from "../../engine/nn/module.ts";
import { Tensor } from "../../engine/tensor.ts";

/** Lists, maps, sets and plain objects are looked into this deep, and no more than so many of them. */
const deepest = 4;
const mostContainers = 10_000;

/** @returns puts back what `root` and the modules in it have in their properties now */
export function keepBelongings(root: Module): () => void {
  const modules = root.modules();
  const own = modules.map((module) => new Map(Object.entries(module)));
  const kept = new Map<object, () => void>();
  for (const properties of own) for (const value of properties.values()) keepInside(value, kept, 0);
  return () => {
    for (const putBack of kept.values()) putBack();
    modules.forEach((module, i) => restore(module, own[i]!));
  };
}

function restore(module: Module, before: ReadonlyMap<string, unknown>): void {
  for (const key of Object.keys(module)) if (!before.has(key)) Reflect.deleteProperty(module, key);
  const now = module as unknown as Readonly<Record<string, unknown>>;
  for (const [key, value] of before) if (!Object.is(now[key], value)) module.substitute(key, value);
}

/** Keeps what a list, map, set or plain object holds, and what these hold. Modules and tensors are kept otherwise. */
function keepInside(value: unknown, kept: Map<object, () => void>, depth: number): void {
  if (typeof value !== "object" || value === null || value instanceof Tensor) return;
  if (kept.has(value) || depth > deepest || kept.size >= mostContainers) return;
  const inside = contentsOf(value);
  if (!inside) return;
  kept.set(value, inside.putBack);
  for (const one of inside.values) keepInside(one, kept, depth + 1);
}

function contentsOf(value: object): { readonly values: Iterable<unknown>; putBack(): void } | undefined {
  if (Array.isArray(value)) {
    const items = [...(value as unknown[])];
    return { values: items, putBack: () => void value.splice(0, value.length, ...items) };
  }
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)];
    return { values: entries.flat(), putBack: () => refill(value, entries, ([key, one]) => value.set(key, one)) };
  }
  if (value instanceof Set) {
    const items = [...(value as Set<unknown>)];
    return { values: items, putBack: () => refill(value, items, (one) => value.add(one)) };
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || Object.isFrozen(value)) return undefined;
  const record = value as Record<string, unknown>;
  const entries = Object.entries(record);
  return {
    values: entries.map(([, one]) => one),
    putBack() {
      for (const key of Object.keys(record)) delete record[key];
      Object.assign(record, Object.fromEntries(entries));
    },
  };
}

function refill<T>(container: { clear(): void }, items: readonly T[], add: (item: T) => unknown): void {
  container.clear();
  for (const item of items) add(item);
}
