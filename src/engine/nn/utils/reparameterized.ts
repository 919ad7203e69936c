/** Weights that are computed from other parameters before each call of a module: by length and direction, or by their largest stretch. */
import { noGrad } from "../../autograd/gradMode.ts";
import { ArgumentError } from "../../errors.ts";
import { empty } from "../../ops/creation.ts";
import { normalize } from "../../ops/distances.ts";
import { dot, matmul } from "../../ops/matmul.ts";
import type { Int } from "../../ops/types.ts";
import type { Tensor } from "../../tensor.ts";
import type { AnyModule } from "../module.ts";
import { Parameter } from "../parameter.ts";
import { computationOf, computeBeforeCalls, computeNoMore, propertiesOf, type Computation } from "./computedWeight.ts";

/** A second one of a kind on the same weight is refused, in PyTorch's words. @param title PyTorch's name of the kind */
function refuseSecond(module: AnyModule, kind: Computation["kind"], name: string, title: string): void {
  if (computationOf(module, kind, name)) throw new ArgumentError(`Cannot register two ${title} hooks on the same parameter ${name}`, "RuntimeError");
}

/** Makes the weight one parameter again. @param parts suffixes of the properties that it was computed from */
function makePlain(module: AnyModule, kind: Computation["kind"], name: string, title: string, parts: readonly string[]): void {
  const computation = computationOf(module, kind, name);
  if (computation === undefined) throw new ArgumentError(`${title} of '${name}' not found in ${module.constructor.name}`);
  const value = computation.final(module).detach();
  computeNoMore(module, computation);
  const own = propertiesOf(module);
  for (const part of parts) delete own[`${name}${part}`];
  delete own[name];
  own[name] = new Parameter(value);
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
  refuseSecond(module, "weight norm", name, "weight_norm");
  const weight = takeParameter(module, name).detach();
  const own = propertiesOf(module);
  own[`${name}_g`] = new Parameter(normExcept(weight, dim));
  own[`${name}_v`] = new Parameter(weight.clone());
  const compute = (called: AnyModule): Tensor => {
    const { [`${name}_g`]: g, [`${name}_v`]: v } = propertiesOf(called) as Record<string, Tensor>;
    return v!.mul(g!.div(normExcept(v!, dim)));
  };
  own[name] = compute(module);
  computeBeforeCalls(module, { kind: "weight norm", name, compute, final: (called) => propertiesOf(called)[name] as Tensor });
  return module;
}

/**
 * Puts the weight back as one parameter.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.remove_weight_norm.html
 * @api nn.utils.removeWeightNorm
 */
export function removeWeightNorm<M extends AnyModule>(module: M, name = "weight"): M {
  makePlain(module, "weight norm", name, "weight_norm", ["_g", "_v"]);
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
  refuseSecond(module, "spectral norm", name, "spectral_norm");
  const weight = takeParameter(module, name);
  const outputs = dim ?? (module.constructor.name.startsWith("ConvTranspose") ? 1 : 0);
  const shape = asMatrix(weight.detach(), outputs).shape as [number, number];
  const [u, v] = [randomDirection(shape[0], eps), randomDirection(shape[1], eps)];
  const own = propertiesOf(module);
  own[`${name}_orig`] = weight;
  module.registerBuffer(`${name}_u`, u);
  module.registerBuffer(`${name}_v`, v);
  // Before the first call it is as it was.
  own[name] = weight.detach();
  const compute = (called: AnyModule, improves: boolean): Tensor => {
    const { [`${name}_orig`]: original, [`${name}_u`]: left, [`${name}_v`]: right } = propertiesOf(called) as Record<string, Tensor>;
    const matrix = asMatrix(original!, outputs);
    if (improves) powerIteration(matrix.detach(), left!, right!, nPowerIterations, eps);
    return original!.div(dot(left!.clone(), matmul(matrix, right!.clone())));
  };
  computeBeforeCalls(module, {
    kind: "spectral norm",
    name,
    compute: (called) => compute(called, called.training),
    final: (called) => noGrad(() => compute(called, false)),
  });
  return module;
}

/**
 * Puts the divided weight back as one parameter.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.remove_spectral_norm.html
 * @api nn.utils.removeSpectralNorm
 */
export function removeSpectralNorm<M extends AnyModule>(module: M, name = "weight"): M {
  makePlain(module, "spectral norm", name, "spectral_norm", ["_orig", "_u", "_v"]);
  return module;
}
