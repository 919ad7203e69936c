/** What a module's properties are registered as, and which values may be assigned to them: PyTorch's rules of `__setattr__`. */
import { ArgumentError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import type { ModuleHooks } from "./hooks.ts";
import { Parameter } from "./parameter.ts";

export type MemberKind = "parameter" | "module" | "buffer";

const EXPECTED: Readonly<Record<MemberKind, string>> = {
  parameter: "as parameter '%' (torch.nn.Parameter or None expected)",
  module: "as child module '%' (torch.nn.Module or None expected)",
  buffer: "as buffer '%' (torch.Tensor or None expected)",
};

/**
 * Stands between a module and whoever assigns to it. A property that was a parameter or a child module stays one: a plain
 * tensor in its place would silently be trained and saved no more.
 */
export class Members implements ProxyHandler<object> {
  /** Kinds by property; a property that was set to `null` keeps its kind. */
  readonly kinds = new Map<string, MemberKind>();
  /** Buffers that don't belong to the state dict. */
  readonly nonPersistent = new Set<string>();
  /** What users hung on the module; `null` until they do. */
  hooks: ModuleHooks | null = null;
  /** The module's properties, read past the proxy. */
  readonly properties: Record<string, unknown>;
  readonly #isModule: (value: unknown) => boolean;

  constructor(properties: object, isModule: (value: unknown) => boolean) {
    this.properties = properties as Record<string, unknown>;
    this.#isModule = isModule;
  }

  /** Both an assignment and a class field end here. */
  defineProperty(target: object, name: string | symbol, descriptor: PropertyDescriptor): boolean {
    Object.setPrototypeOf(descriptor, null);
    if (typeof name === "string" && "value" in descriptor) this.#admit(name, descriptor.value);
    return Reflect.defineProperty(target, name, descriptor);
  }

  deleteProperty(target: object, name: string | symbol): boolean {
    this.kinds.delete(name as string);
    this.nonPersistent.delete(name as string);
    return Reflect.deleteProperty(target, name);
  }

  #admit(name: string, value: unknown): void {
    const kind = this.kinds.get(name);
    if (value instanceof Parameter) this.become(name, "parameter");
    else if (kind !== "parameter" && this.#isModule(value)) this.become(name, "module");
    else if (kind !== undefined && value !== null && value !== undefined && !(kind === "buffer" && value instanceof Tensor)) {
      throw new ArgumentError(`cannot assign '${typeNameOf(value)}' ${EXPECTED[kind].replace("%", name)}`, "TypeError");
    }
  }

  become(name: string, kind: MemberKind, { persistent = true }: { persistent?: boolean } = {}): void {
    this.kinds.set(name, kind);
    if (persistent) this.nonPersistent.delete(name);
    else this.nonPersistent.add(name);
  }
}

// Handlers and descriptors answer for what they inherit, too: a program may have given `Object.prototype` a `get`.
Object.setPrototypeOf(Members.prototype, null);

/** As PyTorch names a value's type in messages. */
export function typeNameOf(value: unknown): string {
  if (value instanceof Parameter) return "torch.nn.parameter.Parameter";
  if (value instanceof Tensor) return value.type();
  if (value === null || value === undefined) return "NoneType";
  return typeof value === "object" || typeof value === "function" ? (value.constructor.name as string) : typeof value;
}
