/** `nn.utils.prune`: weights with zeros that stay. The original stays as `name_orig`, the mask as the buffer `name_mask`. */
import { noGrad } from "../../autograd/gradMode.ts";
import { ArgumentError } from "../../errors.ts";
import { cat, kthvalue, norm, ones, onesLike, randLike, rand, topk } from "../../ops/index.ts";
import type { HookHandle, Tensor } from "../../tensor.ts";
import type { AnyModule } from "../module.ts";
import { Parameter } from "../parameter.ts";

/** A share between 0 and 1, or a number of entries. */
export type Amount = number;

/** Which entries of `importance` stay, among those where `before` is 1. Gives the new mask. */
export type Method = (importance: Tensor, before: Tensor) => Tensor;

interface Pruned {
  readonly hook: HookHandle;
}

const pruned = new WeakMap<AnyModule, Map<string, Pruned>>();
const propertiesOf = (module: AnyModule): Record<string, unknown> => module as unknown as Record<string, unknown>;

function countOf(amount: Amount, total: number): number {
  if (amount < 0 || (!Number.isInteger(amount) && amount > 1)) throw new ArgumentError(`amount=${amount} should either be a float in the range [0, 1] or a non-negative integer`);
  const wholeShare = amount === 1 ? 1 : amount;
  const count = Number.isInteger(wholeShare) ? wholeShare : Math.round(wholeShare * total);
  if (count > total) throw new ArgumentError(`amount=${amount} should be smaller than the number of parameters to prune=${total}`);
  return count;
}

/** Applies a method to one of a module's parameters, on top of what is pruned already. */
function apply<M extends AnyModule>(module: M, name: string, method: Method, importanceScores?: Tensor | null): M {
  const own = propertiesOf(module);
  const known = pruned.get(module) ?? new Map<string, Pruned>();
  pruned.set(module, known);
  if (!known.has(name)) {
    const original = own[name];
    if (!(original instanceof Parameter)) throw new ArgumentError(`Module '${module.constructor.name}' has no parameter '${name}'`, "AttributeError");
    delete own[name];
    own[`${name}_orig`] = original;
    module.registerBuffer(`${name}_mask`, onesLike(original.detach()));
    const hook = module.registerForwardPreHook(() => {
      own[name] = masked(own, name);
    });
    known.set(name, { hook });
  }
  const original = own[`${name}_orig`] as Tensor;
  own[`${name}_mask`] = noGrad(() => method((importanceScores ?? original).detach(), own[`${name}_mask`] as Tensor));
  own[name] = masked(own, name);
  return module;
}

const masked = (own: Record<string, unknown>, name: string): Tensor => (own[`${name}_orig`] as Tensor).mul(own[`${name}_mask`] as Tensor);

/** Lets a method decide about single entries that aren't pruned yet. */
function ofEntries(choose: (values: Tensor) => Tensor): Method {
  return (importance, before) => {
    const open = before.eq(1);
    const mask = before.clone();
    mask.maskedScatter_(open, choose(importance.maskedSelect(open)));
    return mask;
  };
}

/** Ones but for the given places. */
function without(size: number, places: Tensor): Tensor {
  return ones([size]).indexFill(0, places, 0);
}

/** Lets a method decide about whole channels along `dim` that aren't pruned yet; `choose` gives one value for each. */
function ofChannels(dim: number, choose: (channels: Tensor) => Tensor): Method {
  return (importance, before) => {
    const d = dim < 0 ? dim + importance.dim() : dim;
    const others = importance.shape.map((_, i) => i).filter((i) => i !== d);
    const open = (others.length > 0 ? before.sum(others) : before).ne(0).nonzero().reshape(-1);
    const kept = choose(importance.indexSelect(d, open));
    const line = ones([importance.shape[d]!]).indexCopy(0, open, kept);
    return before.mul(line.reshape(importance.shape.map((size, i) => (i === d ? size : 1))));
  };
}

/** Marks a parameter as pruned without pruning anything. */
export function identity<M extends AnyModule>(module: M, name: string): M {
  return apply(module, name, (_importance, before) => before);
}

/** Prunes entries at random. */
export function randomUnstructured<M extends AnyModule>(module: M, name: string, amount: Amount): M {
  return apply(module, name, ofEntries((values) => {
    const count = countOf(amount, values.numel());
    return count === 0 ? onesLike(values) : without(values.numel(), topk(randLike(values), count).indices);
  }));
}

const smallest = (amount: Amount) => (values: Tensor): Tensor => {
  const count = countOf(amount, values.numel());
  return count === 0 ? onesLike(values) : without(values.numel(), topk(values.abs(), count, -1, { largest: false }).indices);
};

/** Prunes the entries of the smallest magnitude, or of the smallest `importanceScores`. */
export function l1Unstructured<M extends AnyModule>(module: M, name: string, amount: Amount, { importanceScores = null }: { importanceScores?: Tensor | null } = {}): M {
  return apply(module, name, ofEntries(smallest(amount)), importanceScores);
}

/** Prunes channels along `dim` at random. */
export function randomStructured<M extends AnyModule>(module: M, name: string, amount: Amount, dim: number): M {
  return apply(module, name, ofChannels(dim, (channels) => {
    const size = channels.size(dim);
    const count = countOf(amount, size);
    if (count === 0) return ones([size]);
    const draws = rand([size]);
    return draws.gt(kthvalue(draws, count).values).float();
  }));
}

/** Prunes the channels along `dim` with the smallest n-norm. */
export function lnStructured<M extends AnyModule>(module: M, name: string, amount: Amount, n: number, dim: number, { importanceScores = null }: { importanceScores?: Tensor | null } = {}): M {
  return apply(module, name, ofChannels(dim, (channels) => {
    const d = dim < 0 ? dim + channels.dim() : dim;
    const size = channels.shape[d]!;
    const kept = size - countOf(amount, size);
    const lengths = norm(channels, n, channels.shape.map((_, i) => i).filter((i) => i !== d));
    return ones([size]).sub(1).indexFill(0, topk(lengths, kept).indices, 1);
  }), importanceScores);
}

/** Prunes by a mask of zeros and ones. */
export function customFromMask<M extends AnyModule>(module: M, name: string, mask: Tensor): M {
  return apply(module, name, (_importance, before) => before.mul(mask.to(before.dtype)));
}

export const L1Unstructured = smallest;
export const RandomUnstructured = (amount: Amount) => (values: Tensor): Tensor => {
  const count = countOf(amount, values.numel());
  return count === 0 ? onesLike(values) : without(values.numel(), topk(randLike(values), count).indices);
};

/** Prunes over several parameters at once, `[module, name]` each: `L1Unstructured` or `RandomUnstructured` of all their entries. */
export function globalUnstructured(
  parameters: readonly (readonly [AnyModule, string])[], method: typeof L1Unstructured, { amount }: { amount: Amount },
): void {
  const own = parameters.map(([module]) => propertiesOf(module));
  const original = (i: number): Tensor => (own[i]![`${parameters[i]![1]}_orig`] ?? own[i]![parameters[i]![1]]) as Tensor;
  const before = parameters.map(([, name], i) => (own[i]![`${name}_mask`] as Tensor | undefined) ?? onesLike(original(i).detach()));
  const values = cat(parameters.map((_, i) => original(i).detach().reshape(-1)), 0);
  const mask = noGrad(() => ofEntries(method(amount))(values, cat(before.map((each) => each.reshape(-1)), 0)));
  let start = 0;
  parameters.forEach(([module, name], i) => {
    const count = original(i).numel();
    customFromMask(module, name, mask.narrow(0, start, count).reshape(original(i).shape));
    start += count;
  });
}

/** Makes pruning final: the parameter with its zeros, as one again. */
export function remove<M extends AnyModule>(module: M, name: string): M {
  const known = pruned.get(module)?.get(name);
  if (known === undefined) throw new ArgumentError(`Parameter '${name}' of module ${module.constructor.name} has to be pruned before pruning can be removed`);
  known.hook.remove();
  pruned.get(module)!.delete(name);
  const own = propertiesOf(module);
  const original = own[`${name}_orig`] as Parameter;
  noGrad(() => original.copy_(masked(own, name)));
  for (const part of [`${name}_orig`, `${name}_mask`, name]) delete own[part];
  own[name] = original;
  return module;
}

/** Whether anything in the module is pruned. */
export function isPruned(module: AnyModule): boolean {
  return [...module.modules()].some((each) => (pruned.get(each as unknown as AnyModule)?.size ?? 0) > 0);
}
