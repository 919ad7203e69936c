/** Weights that are computed from other parameters before each call of a module: by length and direction, or by their largest stretch. */
import { noGrad } from "../../autograd/gradMode.ts";
import { ArgumentError } from "../../errors.ts";
import { empty } from "../../ops/creation.ts";
import { normalize } from "../../ops/distances.ts";
import { dot, matmul } from "../../ops/matmul.ts";
import type { Int } from "../../ops/types.ts";
import type { HookHandle, Tensor } from "../../tensor.ts";
import type { AnyModule } from "../module.ts";
import { Parameter } from "../parameter.ts";

type Properties = Record<string, unknown>;
const propertiesOf = (module: AnyModule): Properties => module as unknown as Properties;

/** For each module and kind the hooks that compute weights, by the weight's name. */
const hooks = { weight: new WeakMap<AnyModule, Map<string, HookHandle>>(), spectral: new WeakMap<AnyModule, Map<string, HookHandle>>() };

/** For each module the dimension of outputs of the weights that spectral norm divides, by the weight's name. */
const outputDims = new WeakMap<AnyModule, Map<string, number>>();

function hang(kind: keyof typeof hooks, module: AnyModule, name: string, compute: () => Tensor): void {
  const own = hooks[kind].get(module) ?? new Map<string, HookHandle>();
  hooks[kind].set(module, own);
  propertiesOf(module)[name] = compute();
  own.set(
    name,
    module.registerForwardPreHook(() => {
      propertiesOf(module)[name] = compute();
    }),
  );
}

function unhang(kind: keyof typeof hooks, module: AnyModule, name: string, title: string): void {
  const handle = hooks[kind].get(module)?.get(name);
  if (handle === undefined) throw new ArgumentError(`${title} of '${name}' not found in ${module.constructor.name}`);
  handle.remove();
  hooks[kind].get(module)!.delete(name);
}

function takeParameter(module: AnyModule, name: string): Parameter {
  const weight = propertiesOf(module)[name];
  if (!(weight instanceof Parameter)) throw new ArgumentError(`${module.constructor.name} has no parameter '${name}'`, "AttributeError");
  delete propertiesOf(module)[name];
  return weight;
}

/** The norm over all dimensions but one; `null`: over all. */
function normExcept(weight: Tensor, dim: number | null): Tensor {
  if (dim === null) return weight.norm();
  const others = weight.shape.map((_, i) => i).filter((i) => i !== (dim < 0 ? dim + weight.dim() : dim));
  return others.length === 0 ? weight.abs() : weight.norm(2, others, true);
}

/**
 * Splits a weight into its length `name_g` and its direction `name_v`, which are trained in its place.
 * @param dim the dimension that keeps its own lengths; `null` for one length of all
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html
 * @api nn.utils.weightNorm
 */
export function weightNorm<M extends AnyModule>(module: M, name = "weight", dim: Int | null = 0): M {
  if (hooks.weight.get(module)?.has(name)) throw new ArgumentError(`Cannot register two weight_norm hooks on the same parameter ${name}`, "RuntimeError");
  const weight = takeParameter(module, name).detach();
  const own = propertiesOf(module);
  own[`${name}_g`] = new Parameter(normExcept(weight, dim));
  own[`${name}_v`] = new Parameter(weight.clone());
  hang("weight", module, name, () => {
    const [g, v] = [own[`${name}_g`] as Tensor, own[`${name}_v`] as Tensor];
    return v.mul(g.div(normExcept(v, dim)));
  });
  return module;
}

/**
 * Puts the weight back as one parameter.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.remove_weight_norm.html
 * @api nn.utils.removeWeightNorm
 */
export function removeWeightNorm<M extends AnyModule>(module: M, name = "weight"): M {
  unhang("weight", module, name, "weight_norm");
  const own = propertiesOf(module);
  const value = (own[name] as Tensor).detach();
  for (const part of [`${name}_g`, `${name}_v`, name]) delete own[part];
  own[name] = new Parameter(value);
  return module;
}

/** The weight as a matrix with the outputs as rows. */
export function asMatrix(weight: Tensor, dim: number): Tensor {
  const front = dim === 0 ? weight : weight.permute(dim, ...weight.shape.map((_, i) => i).filter((i) => i !== dim));
  return front.reshape(front.shape[0]!, -1);
}

/** Improves the estimates of the two singular vectors in place. */
export function powerIteration(matrix: Tensor, u: Tensor, v: Tensor, times: number, eps: number): void {
  noGrad(() => {
    for (let i = 0; i < times; i++) {
      v.copy_(normalize(matmul(matrix.t(), u), 2, 0, eps));
      u.copy_(normalize(matmul(matrix, v), 2, 0, eps));
    }
  });
}

/** A random direction. */
export const randomDirection = (size: number, eps: number): Tensor => noGrad(() => normalize(empty([size]).normal_(0, 1), 2, 0, eps));

/**
 * Divides a weight by its largest singular value, which power iteration estimates. https://arxiv.org/abs/1802.05957
 * @param nPowerIterations of each training step
 * @param dim the dimension of outputs: `null` for 0, in transposed convolutions 1
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html
 * @api nn.utils.spectralNorm
 */
export function spectralNorm<M extends AnyModule>(module: M, name = "weight", nPowerIterations: Int = 1, eps = 1e-12, dim: Int | null = null): M {
  if (!(nPowerIterations > 0)) throw new ArgumentError(`Expected n_power_iterations to be positive, but got n_power_iterations=${nPowerIterations}`);
  if (hooks.spectral.get(module)?.has(name)) throw new ArgumentError(`Cannot register two spectral_norm hooks on the same parameter ${name}`, "RuntimeError");
  const weight = takeParameter(module, name);
  const outputs = dim ?? (module.constructor.name.startsWith("ConvTranspose") ? 1 : 0);
  outputDims.set(module, (outputDims.get(module) ?? new Map<string, number>()).set(name, outputs));
  const shape = asMatrix(weight.detach(), outputs).shape as [number, number];
  const [u, v] = [randomDirection(shape[0], eps), randomDirection(shape[1], eps)];
  const own = propertiesOf(module);
  own[`${name}_orig`] = weight;
  module.registerBuffer(`${name}_u`, u);
  module.registerBuffer(`${name}_v`, v);
  let first = true;
  hang("spectral", module, name, () => {
    const matrix = asMatrix(own[`${name}_orig`] as Tensor, outputs);
    const [left, right] = [own[`${name}_u`] as Tensor, own[`${name}_v`] as Tensor];
    // What is computed at registration is the weight as it was.
    if (first) {
      first = false;
      return weight.detach();
    }
    if (module.training) powerIteration(matrix.detach(), left, right, nPowerIterations, eps);
    const sigma = dot(left.clone(), matmul(matrix, right.clone()));
    return (own[`${name}_orig`] as Tensor).div(sigma);
  });
  return module;
}

/**
 * Puts the divided weight back as one parameter.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.remove_spectral_norm.html
 * @api nn.utils.removeSpectralNorm
 */
export function removeSpectralNorm<M extends AnyModule>(module: M, name = "weight"): M {
  unhang("spectral", module, name, "spectral_norm");
  const own = propertiesOf(module);
  const matrixWeight = own[`${name}_orig`] as Tensor;
  const outputs = outputDims.get(module)!.get(name)!;
  const value = noGrad(() => {
    const matrix = asMatrix(matrixWeight, outputs);
    return matrixWeight.div(dot(own[`${name}_u`] as Tensor, matmul(matrix, own[`${name}_v`] as Tensor)));
  });
  for (const part of [`${name}_orig`, `${name}_u`, `${name}_v`, name]) delete own[part];
  own[name] = new Parameter(value.detach());
  return module;
}
