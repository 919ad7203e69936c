/** `nn.utils.stateless`: calling a module with other parameters than its own. */
import { KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import type { AnyModule } from "../module.ts";

/**
 * Calls a module with some parameters and buffers, by their paths, in place of its own.
 * @param args what it is called with: one value, or a list
 * @param kwargs arguments by name
 * @param options.tieWeights whether what stands under several paths is replaced under all
 * @param options.strict throw unless all parameters and buffers are given, and no others
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.stateless.functional_call.html
 * @api nn.utils.stateless.functionalCall
 */
export function functionalCall(
  module: AnyModule,
  parametersAndBuffers: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  args: unknown = null,
  kwargs: Readonly<Record<string, unknown>> | null = null,
  { tieWeights = true, strict = false }: { tieWeights?: boolean; strict?: boolean } = {},
): unknown {
  const values = new Map<string, Tensor>(parametersAndBuffers instanceof Map ? parametersAndBuffers : Object.entries(parametersAndBuffers));
  const known = [...module.namedParameters("", true, false), ...module.namedBuffers("", true, false)];
  if (strict)
    checkNames(
      known.map(([name]) => name),
      values,
    );
  if (tieWeights) tie(known, values);
  const places = [...values].map(([path, value]) => ({ ...placeOf(module, path), value }));
  const before = places.map(({ owner, property, value }) => owner.substitute(property, value));
  const inputs = args === null ? [] : Array.isArray(args) ? args : [args];
  try {
    return (module as (...given: unknown[]) => unknown)(...inputs, ...(kwargs === null ? [] : [kwargs]));
  } finally {
    // Last first: two paths may lead to one place.
    for (const [i, { owner, property }] of [...places.entries()].toReversed()) owner.substitute(property, before[i]);
  }
}

/** The module that holds what is at a path, and its property there. */
function placeOf(module: AnyModule, path: string): { owner: AnyModule; property: string } {
  const parts = path.split(".");
  const key = parts.pop()!;
  const owner = module.getSubmodule(parts.join("."));
  const names = (owner.constructor as unknown as { stateNames: Readonly<Record<string, string>> }).stateNames;
  return { owner, property: Object.keys(names).find((name) => names[name] === key) ?? key };
}

/** The names under which one tensor stands get one value. */
function tie(known: readonly (readonly [name: string, tensor: Tensor])[], values: Map<string, Tensor>): void {
  const byTensor = new Map(known.flatMap(([name, tensor]) => (values.has(name) ? [[tensor, values.get(name)!] as const] : [])));
  for (const [name, tensor] of known) if (!values.has(name) && byTensor.has(tensor)) values.set(name, byTensor.get(tensor)!);
}

function checkNames(known: readonly string[], values: ReadonlyMap<string, Tensor>): void {
  const missing = known.filter((name) => !values.has(name));
  const unexpected = [...values.keys()].filter((name) => !known.includes(name));
  const problems = [
    unexpected.length > 0 && `Unexpected key(s): ${unexpected.join(", ")}.`,
    missing.length > 0 && `Missing key(s): ${missing.join(", ")}.`,
  ].filter(Boolean);
  if (problems.length > 0) throw new KindlingError(`Error(s) in functional_call for the module:\n\t${problems.join("\n\t")}`);
}
