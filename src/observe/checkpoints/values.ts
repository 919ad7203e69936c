/**
 * Values as a checkpoint's texts hold them: JSON, with a mark in the place of what JSON doesn't have. Tensors go into the file
 * under names of their own, PyTorch's where it has one. Functions and objects of classes are left out; those whom they belong to have them already.
 */
import { snakeCase } from "../../engine/optim/stateNames.ts";
import { Tensor } from "../../engine/tensor.ts";

// Taken before any program runs, which may change them.
const { entries, fromEntries, getPrototypeOf } = Object;

type Marked =
  | { readonly number: string }
  | { readonly bigint: string }
  | { readonly tensor: string }
  | { readonly bytes: string }
  | { readonly map: readonly (readonly [unknown, unknown])[] }
  | { readonly object: Readonly<Record<string, unknown>> };

/** What lies deeper in a value, or goes round in circles, is left out. */
const deepest = 12;

/** @param put takes each tensor, with a name that nothing else in the value has */
export function packed(value: unknown, name: string, put: (name: string, tensor: Tensor) => void, depth = 0): unknown {
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0) ? value : ({ number: Object.is(value, -0) ? "-0" : String(value) } satisfies Marked);
  if (typeof value === "bigint") return { bigint: String(value) } satisfies Marked;
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value !== "object" || depth > deepest) return undefined;
  if (value instanceof Tensor) {
    put(name, value);
    return { tensor: name } satisfies Marked;
  }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") } satisfies Marked;
  if (Array.isArray(value)) return value.map((one, i) => packed(one, `${name}.${i}`, put, depth + 1) ?? null);
  const inside = (pairs: readonly (readonly [unknown, unknown])[]): [unknown, unknown][] =>
    pairs.flatMap(([key, one]) => {
      const own = packed(one, `${name}.${snakeCase(String(key))}`, put, depth + 1);
      return own === undefined ? [] : [[key, own]];
    });
  if (value instanceof Map) return { map: inside([...value]) } satisfies Marked;
  if (getPrototypeOf(value) !== Object.prototype && getPrototypeOf(value) !== null) return undefined;
  return { object: fromEntries(inside(entries(value)) as [string, unknown][]) } satisfies Marked;
}

/**
 * The value again.
 * @param get gives the tensor of a name; `present` is what stands in its place now
 * @param present the value as it is now: tensors in it are filled rather than replaced
 */
export function unpacked(value: unknown, present: unknown, get: (name: string, present: Tensor | undefined) => Tensor): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one, i) => unpacked(one, (present as readonly unknown[] | undefined)?.[i], get));
  const marked = value as Marked;
  if ("number" in marked) return Number(marked.number);
  if ("bigint" in marked) return BigInt(marked.bigint);
  if ("tensor" in marked) return get(marked.tensor, present instanceof Tensor ? present : undefined);
  if ("bytes" in marked) return new Uint8Array(Buffer.from(marked.bytes, "base64"));
  if ("map" in marked) return new Map(marked.map.map(([key, one]) => [key, unpacked(one, present instanceof Map ? present.get(key) : undefined, get)]));
  return fromEntries(entries(marked.object).map(([key, one]) => [key, unpacked(one, (present as Record<string, unknown> | null | undefined)?.[key], get)]));
}
