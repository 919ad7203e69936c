/** Determinants. */
import { isGradEnabled } from "../../autograd/gradMode.ts";
import { record, type Operation } from "../../autograd/node.ts";
import { operationWatch } from "../../instrument.ts";
import type { Tensor } from "../../tensor.ts";
import { where } from "../where.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { sum } from "../reductions.ts";
import { unsqueeze } from "../views.ts";
import { determinant, factored, logDeterminant } from "./factors.ts";
import { inv, uncheckedInverse } from "./inverse.ts";
import { leadOf, Matrix, matricesOf, requireFloat, requireSquare, stacked } from "./matrix.ts";
import { singularOf, type Singular } from "./svd.ts";

/** One number for each matrix, to be multiplied with the matrices. */
const spread = (numbers: Tensor): Tensor => unsqueeze(unsqueeze(numbers, -1), -1);

const numbers = (values: readonly number[], A: Tensor): Tensor =>
  stacked(
    values.map((value) => Float64Array.of(value)),
    leadOf(A),
  );

// --- determinant ----------------------------------------------------------------------------------------------------

const detOp: Operation = {
  name: "LinalgDetBackward0",
  backward: (node, gradient) => [cofactors(node.saved(0)).mul(spread(gradient))],
};

/**
 * The determinant of a square matrix, or of each of a batch.
 * @param A [..., n, n]
 * @returns [...]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.det.html
 * @api torch.linalg.det
 */
export function det(A: Tensor): Tensor {
  requireSquare("linalg.det", A);
  requireFloat("linalg.det", A);
  const values = matricesOf(A).map((matrix) => determinant(factored(matrix)));
  return record(detOp, numbers(values, A), [A], [A]);
}

/**
 * `linalg.det` by its older name.
 * @param input [..., n, n]
 * @see https://pytorch.org/docs/stable/generated/torch.det.html
 * @api torch.det Tensor.det
 */
export function determinants(input: Tensor): Tensor {
  return det(input);
}

const cofactorsOp: Operation = {
  name: "CofactorsBackward0",
  backward(node, gradient) {
    const A = node.saved(0);
    return [isGradEnabled() ? slopeOfCofactors(A, gradient) : exactSlopeOfCofactors(A, gradient)];
  },
};

/** The slope of the determinant by each element. A singular matrix has it, too. */
function cofactors(A: Tensor): Tensor {
  const parts = matricesOf(A).map((matrix) => {
    const { ut, s, vt } = singularOf(matrix, true);
    const others = s.map((_, i) => productWithout(s, [i]));
    return composed({ ut, s, vt }, (i, j) => (i === j ? others[i]! : 0)).data;
  });
  return record(cofactorsOp, stacked(parts, A.shape), [A], [A]);
}

const productWithout = (values: Float64Array, left: readonly number[]): number =>
  values.reduce((product, value, i) => (left.includes(i) ? product : product * value), 1);

/** det(U·Vᵀ) · U·middle·Vᵀ */
function composed({ ut, vt }: Singular, middle: (i: number, j: number) => number): Matrix {
  const n = ut.rows;
  const orientation = Math.round(determinant(factored(ut)) * determinant(factored(vt)));
  const scaled = new Matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) scaled.data[i * n + j] = orientation * middle(i, j);
  return ut.transposed().times(scaled).times(vt);
}

/** Second derivatives of the determinant, for singular matrices as well: exact, but without a history. */
function exactSlopeOfCofactors(A: Tensor, gradient: Tensor): Tensor {
  const directions = matricesOf(gradient);
  return stacked(
    matricesOf(A).map((matrix, place) => {
      const singular = singularOf(matrix, true);
      const turned = singular.ut.times(directions[place]!).times(singular.vt.transposed());
      const diagonal = (i: number): number =>
        singular.s.reduce((total, _, j) => (i === j ? total : total + turned.at(j, j) * productWithout(singular.s, [i, j])), 0);
      return composed(singular, (i, j) => (i === j ? diagonal(i) : -turned.at(j, i) * productWithout(singular.s, [i, j]))).data;
    }),
    A.shape,
  );
}

/** The same of differentiable operations, for matrices that have an inverse: det(A) · (tr(G·A⁻¹)·A⁻¹ − A⁻¹·G·A⁻¹)ᵀ with G = gradientᵀ. */
function slopeOfCofactors(A: Tensor, gradient: Tensor): Tensor {
  const inverse = inv(A);
  const trace = sum(gradient.mul(inverse.mT), [-2, -1]);
  const whole = inverse.mul(spread(trace)).sub(matmul(inverse, matmul(gradient.mT, inverse)));
  return whole.mT.mul(spread(det(A)));
}

// --- its logarithm --------------------------------------------------------------------------------------------------

const slogdetOp: Operation = {
  name: "LinalgSlogdetBackward0",
  backward: (node, gradient) => [uncheckedInverse(node.saved(0)).inverse.mT.mul(spread(gradient))],
};

function signAndLog(name: string, A: Tensor): NamedTuple<["sign", "logabsdet"], Tensor> {
  requireSquare(name, A);
  requireFloat(name, A);
  const found = matricesOf(A).map((matrix) => logDeterminant(factored(matrix)));
  const logabsdet = record(
    slogdetOp,
    numbers(
      found.map(({ log }) => log),
      A,
    ),
    [A],
    [A],
  );
  const sign = numbers(
    found.map((each) => each.sign),
    A,
  );
  operationWatch()?.ran({ name: "linalg.slogdet" }, [A], [sign, logabsdet], undefined);
  return namedTuple("linalg_slogdet", ["sign", "logabsdet"], [sign, logabsdet]);
}

/**
 * Sign and logarithm of the absolute value of the determinant of a square matrix, or of each of a batch: where the
 * determinant itself would be too large or too small. Of a singular matrix the sign is 0 and the logarithm −∞.
 * @param A [..., n, n]
 * @returns `sign` [...], `logabsdet` [...]
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.slogdet.html
 * @api torch.linalg.slogdet
 */
export function slogdet(A: Tensor): NamedTuple<["sign", "logabsdet"], Tensor> {
  return signAndLog("linalg.slogdet", A);
}

/**
 * `linalg.slogdet` by its older name.
 * @param input [..., n, n]
 * @see https://pytorch.org/docs/stable/generated/torch.slogdet.html
 * @api torch.slogdet Tensor.slogdet
 */
export function signedLogDeterminants(input: Tensor): NamedTuple<["sign", "logabsdet"], Tensor> {
  return slogdet(input);
}

/**
 * The logarithm of the determinant of a square matrix, or of each of a batch: −∞ where it is 0, NaN where it is negative.
 * @param input [..., n, n]
 * @returns [...]
 * @see https://pytorch.org/docs/stable/generated/torch.logdet.html
 * @api torch.logdet Tensor.logdet
 */
export function logdet(input: Tensor): Tensor {
  const { sign, logabsdet } = signAndLog("logdet", input);
  return where(sign.lt(0), NaN, logabsdet);
}
