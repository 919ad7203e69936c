/** `linalg`: decompositions, equations and norms, by PyTorch's names. */
export { LinAlgError } from "../../errors.ts";
export { matmul } from "../matmul.ts";
export { cholesky, choleskyEx } from "./cholesky.ts";
export { det, slogdet } from "./determinant.ts";
export { eig, eig as eigvals, eigh, eigvalsh } from "./eigh.ts";
export { inv, invEx, solve, solveEx } from "./inverse.ts";
export { lstsq, matrixRank, pinv, type LeastSquaresDriver, type Tolerances } from "./leastSquares.ts";
export { lu, luFactor, luFactorEx, luSolve } from "./lu.ts";
export { cond, matrixNorm, norm, vectorNorm, type MatrixOrder } from "./norms.ts";
export { matrixExp, matrixPower, multiDot } from "./powers.ts";
export { qr, type QrMode } from "./qr.ts";
export { svd, svdvals } from "./svd.ts";
export { tensorinv, tensorsolve } from "./tensorEquations.ts";
export { solveTriangular } from "./triangular.ts";
export { cross, diagonal, vander, vecdot } from "./vectors.ts";
