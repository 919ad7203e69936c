/** `nn.utils.prune`: weights with zeros that stay. The original stays as `name_orig`, the mask as the buffer `name_mask`. */
import { noGrad } from "../../autograd/gradMode.ts";
import { ArgumentError } from "../../errors.ts";
import { ones, onesLike } from "../../ops/creation.ts";
import { cat } from "../../ops/join.ts";
import { norm } from "../../ops/norm.ts";
import { kthvalue, topk } from "../../ops/sorting.ts";
import { rand, randLike } from "../../ops/random.ts";
import type { Int } from "../../ops/types.ts";
import type { Tensor } from "../../tensor.ts";
import type { AnyModule } from "../module.ts";
import { Parameter } from "../parameter.ts";
import { computationOf, computationsOf, computeBeforeCalls, computeNoMore, propertiesOf } from "./computedWeight.ts";

/** A share between 0 and 1, or a number of entries. */
export type Amount = number;

/** Which entries of `importance` stay, among those where `before` is 1. Gives the new mask. */
type Method = (importance: Tensor, before: Tensor) => Tensor;

function countOf(amount: Amount, total: number): number {
  if (amount < 0 || (!Number.isInteger(amount) && amount > 1))
    throw new ArgumentError(`amount=${amount} should either be a float in the range [0, 1] or a non-negative integer`);
  const wholeShare = amount === 1 ? 1 : amount;
  const count = Number.isInteger(wholeShare) ? wholeShare : Math.round(wholeShare * total);
  if (count > total) throw new ArgumentError(`amount=${amount} should be smaller than the number of parameters to prune=${total}`);
  return count;
}

/** Applies a method to one of a module's parameters, on top of what is pruned already. */
function apply<M extends AnyModule>(module: M, name: string, method: Method, importanceScores?: Tensor | null): M {
  const own = propertiesOf(module);
  if (!computationOf(module, "pruning", name)) {
    const original = own[name];
    if (!(original instanceof Parameter)) throw new ArgumentError(`Module '${module.constructor.name}' has no parameter '${name}'`, "AttributeError");
    delete own[name];
    own[`${name}_orig`] = original;
    module.registerBuffer(`${name}_mask`, onesLike(original.detach()));
    const compute = (called: AnyModule): Tensor => masked(propertiesOf(called), name);
    computeBeforeCalls(module, { kind: "pruning", name, compute, final: compute });
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

/**
 * Marks a parameter as pruned without pruning anything.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.identity.html
 * @api nn.utils.prune.identity
 */
export function identity<M extends AnyModule>(module: M, name: string): M {
  return apply(module, name, (_importance, before) => before);
}

const atRandom =
  (amount: Amount) =>
  (values: Tensor): Tensor => {
    const count = countOf(amount, values.numel());
    return count === 0 ? onesLike(values) : without(values.numel(), topk(randLike(values), count).indices);
  };

/**
 * Prunes entries at random.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.random_unstructured.html
 * @api nn.utils.prune.randomUnstructured
 */
export function randomUnstructured<M extends AnyModule>(module: M, name: string, amount: Amount): M {
  return apply(module, name, ofEntries(atRandom(amount)));
}

const smallest =
  (amount: Amount) =>
  (values: Tensor): Tensor => {
    const count = countOf(amount, values.numel());
    return count === 0 ? onesLike(values) : without(values.numel(), topk(values.abs(), count, -1, false).indices);
  };

/**
 * Prunes the entries of the smallest magnitude, or of the smallest `importanceScores`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.l1_unstructured.html
 * @api nn.utils.prune.l1Unstructured
 */
export function l1Unstructured<M extends AnyModule>(module: M, name: string, amount: Amount, importanceScores: Tensor | null = null): M {
  return apply(module, name, ofEntries(smallest(amount)), importanceScores);
}

/**
 * Prunes channels along `dim` at random.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.random_structured.html
 * @api nn.utils.prune.randomStructured
 */
export function randomStructured<M extends AnyModule>(module: M, name: string, amount: Amount, dim: Int): M {
  return apply(
    module,
    name,
    ofChannels(dim, (channels) => {
      const size = channels.size(dim);
      const count = countOf(amount, size);
      if (count === 0) return ones([size]);
      const draws = rand([size]);
      return draws.gt(kthvalue(draws, count).values).float();
    }),
  );
}

/**
 * Prunes the channels along `dim` with the smallest n-norm.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.ln_structured.html
 * @api nn.utils.prune.lnStructured
 */
export function lnStructured<M extends AnyModule>(module: M, name: string, amount: Amount, n: number, dim: Int, importanceScores: Tensor | null = null): M {
  return apply(
    module,
    name,
    ofChannels(dim, (channels) => {
      const d = dim < 0 ? dim + channels.dim() : dim;
      const size = channels.shape[d]!;
      const kept = size - countOf(amount, size);
      const lengths = norm(
        channels,
        n,
        channels.shape.map((_, i) => i).filter((i) => i !== d),
      );
      return ones([size]).sub(1).indexFill(0, topk(lengths, kept).indices, 1);
    }),
    importanceScores,
  );
}

/**
 * Prunes by a mask of zeros and ones.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.custom_from_mask.html
 * @api nn.utils.prune.customFromMask
 */
export function customFromMask<M extends AnyModule>(module: M, name: string, mask: Tensor): M {
  return apply(module, name, (_importance, before) => before.mul(mask.to(before.dtype)));
}

/** Chooses among the entries of several parameters, for `globalUnstructured`. */
abstract class Unstructured {
  readonly amount: Amount;

  /** @param amount a share between 0 and 1, or a number of entries */
  constructor(amount: Amount) {
    this.amount = amount;
  }

  /**
   * A tensor with zeros in place of what is pruned.
   * @param defaultMask where it is 0 entries are pruned already
   * @param importanceScores what decides in place of the tensor's own values
   */
  prune(t: Tensor, defaultMask: Tensor | null = null, importanceScores: Tensor | null = null): Tensor {
    const decide = ofEntries((values) => this.choose(values));
    return t.mul(noGrad(() => decide((importanceScores ?? t).detach(), defaultMask ?? onesLike(t))));
  }

  /**
   * Ones, and zeros for what is pruned.
   * @internal
   */
  abstract choose(values: Tensor): Tensor;
}

/**
 * Prunes the entries of the smallest magnitude.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.L1Unstructured.html
 * @api nn.utils.prune.L1Unstructured
 */
export class L1Unstructured extends Unstructured {
  /** @internal */
  override choose(values: Tensor): Tensor {
    return smallest(this.amount)(values);
  }
}

/**
 * Prunes entries at random.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.RandomUnstructured.html
 * @api nn.utils.prune.RandomUnstructured
 */
export class RandomUnstructured extends Unstructured {
  /** @internal */
  override choose(values: Tensor): Tensor {
    return atRandom(this.amount)(values);
  }
}

/** Tensors of the parameters' shapes, `[[module, name], scores]` each. */
export type ImportanceScores = Iterable<readonly [readonly [AnyModule, string], Tensor]>;

function importanceOf(scores: ImportanceScores | null, [module, name]: readonly [AnyModule, string]): Tensor | undefined {
  return [...(scores ?? [])].find(([[owner, property]]) => owner === module && property === name)?.[1];
}

/** `L1Unstructured` or `RandomUnstructured`. */
export type PruningMethod = new (amount: Amount) => { choose(values: Tensor): Tensor };

/**
 * Prunes over several parameters at once, `[module, name]` each.
 * @param pruningMethod `L1Unstructured` or `RandomUnstructured` of all their entries
 * @param importanceScores in place of the values, by parameter
 * @param options.amount a share between 0 and 1, or a number of entries
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.global_unstructured.html
 * @api nn.utils.prune.globalUnstructured
 */
export function globalUnstructured(
  parameters: readonly (readonly [AnyModule, string])[],
  pruningMethod: PruningMethod,
  importanceScores: ImportanceScores | null = null,
  { amount }: { amount: Amount },
): void {
  const own = parameters.map(([module]) => propertiesOf(module));
  const original = (i: number): Tensor => (own[i]![`${parameters[i]![1]}_orig`] ?? own[i]![parameters[i]![1]]) as Tensor;
  const before = parameters.map(([, name], i) => (own[i]![`${name}_mask`] as Tensor | undefined) ?? onesLike(original(i).detach()));
  const scores = (i: number): Tensor => importanceOf(importanceScores, parameters[i]!) ?? original(i);
  const values = cat(
    parameters.map((_, i) => scores(i).detach().reshape(-1)),
    0,
  );
  const method = new pruningMethod(amount);
  const mask = noGrad(() =>
    ofEntries((open) => method.choose(open))(
      values,
      cat(
        before.map((each) => each.reshape(-1)),
        0,
      ),
    ),
  );
  let start = 0;
  parameters.forEach(([module, name], i) => {
    const count = original(i).numel();
    customFromMask(module, name, mask.narrow(0, start, count).reshape(original(i).shape));
    start += count;
  });
}

/**
 * Makes pruning final: the parameter with its zeros, as one again.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.remove.html
 * @api nn.utils.prune.remove
 */
export function remove<M extends AnyModule>(module: M, name: string): M {
  const pruning = computationOf(module, "pruning", name);
  if (pruning === undefined) throw new ArgumentError(`Parameter '${name}' of module ${module.constructor.name} has to be pruned before pruning can be removed`);
  computeNoMore(module, pruning);
  const own = propertiesOf(module);
  const original = own[`${name}_orig`] as Parameter;
  noGrad(() => original.copy_(pruning.final(module)));
  for (const part of [`${name}_orig`, `${name}_mask`, name]) delete own[part];
  own[name] = original;
  return module;
}

/**
 * Whether anything in the module is pruned.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.is_pruned.html
 * @api nn.utils.prune.isPruned
 */
export function isPruned(module: AnyModule): boolean {
  return [...module.modules()].some((each) => computationsOf(each as unknown as AnyModule, "pruning").length > 0);
}
