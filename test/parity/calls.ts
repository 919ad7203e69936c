/** From a case to Kindling's call, by the rules that `parity.py` names. */
import * as kindling from "../../src/engine/index.ts";
import { Tensor } from "../../src/engine/index.ts";
import type { AnyModule } from "../../src/engine/nn/module.ts";
import type { Case, EncodedTensor } from "./cases.ts";

type Callable = (...values: unknown[]) => unknown;

/** The tensors of one call; `differentiable` are those that want gradients, in order. */
export class Inputs {
  readonly differentiable: Tensor[] = [];

  build(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.build(item));
    if (typeof value === "string" && ["inf", "-inf", "nan"].includes(value)) return { inf: Infinity, "-inf": -Infinity, nan: NaN }[value];
    if (typeof value !== "object" || value === null) return value;
    if ("tensor" in value) return this.#tensor(value as EncodedTensor);
    if ("module" in value) {
      const { module, args, options } = value as unknown as { module: string; args: unknown[]; options: Record<string, unknown> };
      return constructFrom(module, args, options);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.build(item)]));
  }

  #tensor({ tensor, shape, dtype, grad, layout }: EncodedTensor): Tensor {
    const values = tensor.map((value) => this.build(value) as number);
    let made = kindling.tensor(values.map(Number), { dtype }).reshape(shape);
    if (layout === "transposed") made = made.transpose(0, -1).contiguous().transpose(0, -1);
    if (grad) this.differentiable.push(made.requiresGrad_());
    return made;
  }
}

export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Positional arguments, then one options object if there are options. */
export function buildArguments(args: readonly unknown[], options: Readonly<Record<string, unknown>>, inputs: Inputs): unknown[] {
  const values = args.map((value) => inputs.build(value));
  const entries = Object.entries(options);
  if (entries.length > 0) values.push(Object.fromEntries(entries.map(([key, value]) => [camel(key), inputs.build(value)])));
  return values;
}

export function callOf(each: Case, inputs: Inputs): () => unknown {
  const values = buildArguments(each.args, each.options, inputs);
  if (each.js !== undefined) return () => (new Function(`return ${each.js}`)() as Callable)(kindling, ...values);
  if (!each.target.startsWith("Tensor.")) {
    const target = find(each.target);
    return () => target(...values);
  }
  const name = camel(each.target.slice("Tensor.".length));
  return () => {
    const [first, ...rest] = values as [Tensor, ...unknown[]];
    // In-place forms work on a clone of what wants gradients, on both sides.
    const receiver = name.endsWith("_") && first.requiresGrad ? first.clone() : first;
    const method = (receiver as unknown as Record<string, Callable | undefined>)[name];
    if (method === undefined) throw new Error(`a tensor has no method ${name}`);
    return method.apply(receiver, rest);
  };
}

/** "torch.linalg.norm" → kindling.linalg.norm, "F.conv2d" → kindling.nn.functional.conv2d */
export function find(target: string): Callable {
  const path = target
    .replace(/^torch\./, "")
    .replace(/^F\./, "nn.functional.")
    .split(".")
    .map(camel);
  const found = path.reduce<unknown>((space, name) => (space as Record<string, unknown> | undefined)?.[name], kindling);
  if (typeof found !== "function") throw new Error(`kindling has no ${path.join(".")}`);
  return found as Callable;
}

export function construct(each: Case): AnyModule {
  if (each.js !== undefined) return (new Function(`return ${each.js}`)() as Callable)(kindling) as AnyModule;
  return constructFrom(each.target, each.args, each.options);
}

function constructFrom(target: string, args: readonly unknown[], options: Readonly<Record<string, unknown>>): AnyModule {
  const type = find(target) as unknown as new (...values: unknown[]) => AnyModule;
  return new type(...buildArguments(args, options, new Inputs()));
}
