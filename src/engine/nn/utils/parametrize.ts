/** `nn.utils.parametrize`: parameters that are computed by modules from others each time they are read. */
import { noGrad } from "../../autograd/gradMode.ts";
import { ArgumentError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { ModuleDict, ModuleList } from "../containers.ts";
import { Module, type AnyModule } from "../module.ts";
import { Parameter } from "../parameter.ts";

/**
 * A module that makes a tensor of a tensor, and maybe the other way.
 * @api nn.utils.parametrize.Parametrization
 */
export interface Parametrization {
  (original: Tensor): Tensor;
  rightInverse?(value: Tensor): Tensor;
}

/**
 * The parametrizations of one tensor, in the order in which they are applied, and what they are applied to.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.ParametrizationList.html
 * @api nn.utils.parametrize.ParametrizationList
 */
export class ParametrizationList extends ModuleList<AnyModule> {
  original: Parameter;

  constructor(modules: Iterable<AnyModule>, original: Parameter) {
    super(modules);
    this.original = original;
  }

  /** The tensor as it is read. */
  compute(): Tensor {
    let value: Tensor = this.original;
    for (const each of this) value = (each as unknown as Parametrization)(value);
    return value;
  }

  /** Sets the original so that reading gives `value`. */
  assign(value: Tensor): void {
    let wanted = value;
    for (const each of [...this].toReversed()) {
      const { rightInverse } = each as unknown as Parametrization;
      if (rightInverse === undefined) throw new ArgumentError(`parametrization ${each.constructor.name} does not implement right_inverse.`, "RuntimeError");
      wanted = rightInverse.call(each, wanted);
    }
    noGrad(() => this.original.copy_(wanted));
  }
}

interface Parametrized {
  parametrizations: ModuleDict<ParametrizationList>;
}

let cache: Map<ParametrizationList, Tensor> | null = null;

/**
 * Computes each parametrized tensor only once while `run` runs.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.cached.html
 * @api nn.utils.parametrize.cached
 */
export function cached<T>(run: () => T): T {
  const outer = cache;
  cache ??= new Map();
  try {
    return run();
  } finally {
    cache = outer;
  }
}

/**
 * Lets `module[name]` be `parametrization(original)`; several apply one after the other. The original is in the state dict as
 * `parametrizations.name.original`.
 * @param options.unsafe don't check that the shape stays
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
 * @api nn.utils.parametrize.registerParametrization
 */
export function registerParametrization<M extends AnyModule>(
  module: M,
  tensorName: string,
  parametrization: AnyModule,
  { unsafe = false }: { unsafe?: boolean } = {},
): M {
  const own = module as unknown as Record<string, unknown> & Partial<Parametrized>;
  if (isParametrized(module, tensorName)) {
    own.parametrizations!.get(tensorName).append(parametrization);
    return module;
  }
  const original = own[tensorName];
  if (!(original instanceof Parameter))
    throw new ArgumentError(`Module '${module.constructor.name}' does not have a parameter, a buffer, or a parametrized element with name '${tensorName}'`);
  const made = noGrad(() => (parametrization as unknown as Parametrization)(original));
  if (!unsafe && made.shape.join() !== original.shape.join()) {
    throw new ArgumentError(
      `Registering a parametrization may not change the shape of the tensor, unless \`unsafe\` flag is enabled.\nmodule.${tensorName}.shape: torch.Size([${original.shape.join(", ")}])`,
    );
  }
  const { rightInverse } = parametrization as unknown as Parametrization;
  const list = new ParametrizationList([parametrization], rightInverse ? new Parameter(rightInverse.call(parametrization, original.detach())) : original);
  delete own[tensorName];
  own.parametrizations ??= new ModuleDict<ParametrizationList>();
  own.parametrizations.set(tensorName, list);
  takeClass(module, [...own.parametrizations.keys()]);
  return module;
}

function read(list: ParametrizationList): Tensor {
  const known = cache?.get(list);
  if (known) return known;
  const value = list.compute();
  cache?.set(list, value);
  return value;
}

const parametrizedClasses = new WeakSet<object>();

/**
 * PyTorch gives a parametrized module a class of its own, which shows when it is printed. Tensors are computed there, so that
 * a copy of the module reads its own.
 */
function takeClass(module: AnyModule, tensorNames: readonly string[]): void {
  const present = module.constructor as new () => object;
  const Base = parametrizedClasses.has(present) ? (Object.getPrototypeOf(present) as typeof present) : present;
  Object.setPrototypeOf(module, tensorNames.length === 0 ? (Base.prototype as object) : (classWith(Base, tensorNames).prototype as object));
}

function classWith(Base: new () => object, tensorNames: readonly string[]): new () => object {
  const name = `Parametrized${Base.name}`;
  const Renamed = { [name]: class extends Base {} }[name]!;
  parametrizedClasses.add(Renamed);
  for (const tensorName of tensorNames) {
    Object.defineProperty(Renamed.prototype, tensorName, {
      get(this: Parametrized) {
        return read(this.parametrizations.get(tensorName));
      },
      set(this: Parametrized, value: Tensor) {
        this.parametrizations.get(tensorName).assign(value);
      },
      configurable: true,
    });
  }
  return Renamed;
}

/**
 * Whether a module (or its tensor `name`) is parametrized.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.is_parametrized.html
 * @api nn.utils.parametrize.isParametrized
 */
export function isParametrized(module: AnyModule, tensorName: string | null = null): boolean {
  const { parametrizations } = module as unknown as Partial<Parametrized>;
  if (!(parametrizations instanceof Module)) return false;
  return tensorName === null ? parametrizations.length > 0 : parametrizations.has(tensorName);
}

/**
 * Makes a parametrized tensor a parameter again: with the value it had, or with the original's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.remove_parametrizations.html
 * @api nn.utils.parametrize.removeParametrizations
 */
export function removeParametrizations<M extends AnyModule>(module: M, tensorName: string, leaveParametrized = true): M {
  if (!isParametrized(module, tensorName)) throw new ArgumentError(`Module ${module.constructor.name} does not have a parametrization on ${tensorName}`);
  const own = module as unknown as Record<string, unknown> & Parametrized;
  const list = own.parametrizations.pop(tensorName);
  const left = [...own.parametrizations.keys()];
  if (left.length === 0) delete (own as Partial<Parametrized>).parametrizations;
  takeClass(module, left);
  own[tensorName] = leaveParametrized ? new Parameter(noGrad(() => list.compute()).detach()) : list.original;
  return module;
}
