import { ArgumentError } from "../errors.ts";
import { eye } from "../ops/creation.ts";
import { randn } from "../ops/random.ts";
import { cholesky, choleskyInverse } from "../ops/linalg/cholesky.ts";
import { solveTriangular } from "../ops/linalg/triangular.ts";
import { broadcastShapes, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { lowerCholesky, positiveDefinite, realVector, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";
import { logDeterminant, solveLower } from "./triangular.ts";

/**
 * Vectors of n numbers that are normally distributed together.
 * One of the three matrices is given, `[..., n, n]`.
 * @param loc the mean, `[..., n]`
 * @param covarianceMatrix symmetric and positive definite
 * @param precisionMatrix the inverse of the covariance
 * @param scaleTril the lower triangular `L` with `L Lᵀ` = covariance
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#multivariatenormal
 * @api torch.distributions.MultivariateNormal
 */
export class MultivariateNormal extends Distribution {
  declare readonly loc: Tensor;
  /** `scaleTril` as it was before it was expanded for the batch. @internal */
  readonly factor: Tensor;

  constructor(
    loc: Tensor,
    covarianceMatrix: Tensor | null = null,
    precisionMatrix: Tensor | null = null,
    scaleTril: Tensor | null = null,
    validateArgs: boolean | null = null,
  ) {
    if (loc.dim() < 1) throw new ArgumentError("loc must be at least one-dimensional.");
    const [name, matrix] = onlyOne({ covarianceMatrix, precisionMatrix, scaleTril });
    const batchShape = broadcastShapes(matrix.shape.slice(0, -2), loc.shape.slice(0, -1));
    super(batchShape, loc.shape.slice(-1), validateArgs);
    this.setParameters({ loc: loc.expand([...batchShape, -1]), [name]: matrix.expand([...batchShape, -1, -1]) });
    this.factor = scaleTril ?? (covarianceMatrix ? cholesky(covarianceMatrix) : factorOfInverse(matrix));
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return { loc: realVector, covarianceMatrix: positiveDefinite, precisionMatrix: positiveDefinite, scaleTril: lowerCholesky };
  }

  override get support(): Constraint {
    return realVector;
  }

  override get hasRsample(): boolean {
    return true;
  }

  /** The lower triangular `L` with `L Lᵀ` = covariance, `[...batchShape, n, n]`. */
  get scaleTril(): Tensor {
    return this.derive("scaleTril", () => this.forBatch(this.factor));
  }

  /** `[...batchShape, n, n]` */
  get covarianceMatrix(): Tensor {
    return this.derive("covarianceMatrix", () => this.forBatch(this.factor.matmul(this.factor.mT)));
  }

  /** The inverse of the covariance, `[...batchShape, n, n]`. */
  get precisionMatrix(): Tensor {
    return this.derive("precisionMatrix", () => this.forBatch(choleskyInverse(this.factor)));
  }

  /** One matrix, or as many as there are, for each of the batch. */
  protected forBatch(matrix: Tensor): Tensor {
    return matrix.expand([...this.batchShape, ...this.eventShape, ...this.eventShape]);
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this.factor
      .pow(2)
      .sum(-1)
      .expand([...this.batchShape, ...this.eventShape]);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    const noise = randn(this.extendedShape(sampleShape)).unsqueeze(-1);
    return this.loc.add(this.factor.matmul(noise).squeeze(-1));
  }

  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    const distance = solveLower(this.factor, value.sub(this.loc)).square().sum(-1);
    return distance
      .add(this.eventShape[0]! * Math.log(2 * Math.PI))
      .mul(-0.5)
      .sub(logDeterminant(this.factor));
  }

  override entropy(): Tensor {
    return logDeterminant(this.factor)
      .add(0.5 * this.eventShape[0]! * (1 + Math.log(2 * Math.PI)))
      .expand(this.batchShape);
  }
}

/** @throws ArgumentError unless one of the matrices is given, and only one */
function onlyOne(matrices: Readonly<Record<string, Tensor | null>>): [name: string, matrix: Tensor] {
  const given = Object.entries(matrices).filter(([, matrix]) => matrix !== null) as [string, Tensor][];
  const [first, ...others] = given;
  if (first === undefined || others.length > 0) {
    throw new ArgumentError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.");
  }
  const [name, matrix] = first;
  if (matrix.dim() >= 2) return first;
  const texts: Readonly<Record<string, string>> = {
    covarianceMatrix: "covariance_matrix",
    precisionMatrix: "precision_matrix",
    scaleTril: "scale_tril matrix",
  };
  throw new ArgumentError(`${texts[name]} must be at least two-dimensional, with optional leading batch dimensions`);
}

/** The lower triangular `L` with `L Lᵀ` = `matrix`⁻¹: the factor of the matrix turned half round gives it without that inverse. */
function factorOfInverse(matrix: Tensor): Tensor {
  const upper = cholesky(matrix.flip(-2, -1)).flip(-2, -1);
  return solveTriangular(upper.mT, eye(matrix.shape.at(-1)!), { upper: false });
}
