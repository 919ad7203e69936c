/** The QR decomposition. */
import { recordMany, type Node, type Operation } from "../../autograd/node.ts";
import { KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { empty, zeros } from "../creation.ts";
import { cat } from "../join.ts";
import { tril } from "../triangular.ts";
import { matmul } from "../matmul.ts";
import { namedTuple, type NamedTuple } from "../namedTuple.ts";
import { narrow } from "../views.ts";
import { productOf, triangularized } from "./householder.ts";
import { leadOf, matricesOf, requireFloat, requireMatrix, stacked } from "./matrix.ts";
import { solveTriangular } from "./triangular.ts";

export type QrMode = "reduced" | "complete" | "r";

const qrOp: Operation<QrMode> = {
  name: "LinalgQrBackward0",
  backward(node, ...gradients: (Tensor | null)[]) {
    requireDifferentiable(node.data, node.saved(0), node.saved(1));
    return [gradientOf(node, gradients[0] ?? null, gradients[1] ?? null)];
  },
};

function requireDifferentiable(mode: QrMode, Q: Tensor, R: Tensor): void {
  if (mode === "r") {
    throw new KindlingError(
      "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to require gradients.",
    );
  }
  if (mode === "complete" && Q.shape.at(-1)! > R.shape.at(-1)!) {
    throw new KindlingError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols");
  }
}

/** A wide A is [A₁ | A₂] with A₁ = Q·R₁, and R₂ = Qᵀ·A₂ hangs on Q as well. */
function gradientOf(node: Node, gradientQ: Tensor | null, gradientR: Tensor | null): Tensor {
  const [Q, R] = [node.saved(0), node.saved(1)];
  const [m, n] = R.shape.slice(-2) as [number, number];
  if (m >= n) return gradientOfTall(Q, R, gradientQ, gradientR);
  const [first, rest] = [narrow(R, -1, 0, m), narrow(R, -1, m, n - m)];
  const gradientRest = gradientR ? narrow(gradientR, -1, m, n - m) : zeros(rest.shape);
  const alsoQ = matmul(matmul(Q, rest), gradientRest.mT);
  const whole = gradientOfTall(Q, first, gradientQ ? gradientQ.add(alsoQ) : alsoQ, gradientR ? narrow(gradientR, -1, 0, m) : null);
  return cat([whole, matmul(Q, gradientRest)], -1);
}

/** [dQ + Q·sym(tril(M))]·R⁻ᵀ with M = R·dRᵀ − dQᵀ·Q */
function gradientOfTall(Q: Tensor, R: Tensor, gradientQ: Tensor | null, gradientR: Tensor | null): Tensor {
  const fromR = gradientR ? matmul(R, gradientR.mT) : null;
  const fromQ = gradientQ ? matmul(gradientQ.mT, Q).neg() : null;
  const M = fromR && fromQ ? fromR.add(fromQ) : (fromR ?? fromQ)!;
  const symmetric = tril(M).add(tril(M, -1).mT);
  const inner = matmul(Q, symmetric);
  return solveTriangular(R.mT, gradientQ ? inner.add(gradientQ) : inner, { upper: false, left: false });
}

/**
 * A = Q·R for each matrix of a batch: orthonormal columns and an upper triangle, whose diagonal has any signs.
 * @param A [..., m, n]
 * @param mode `"reduced"`: Q [..., m, k] and R [..., k, n] with k the smaller of m and n; `"complete"`: Q [..., m, m] and
 *   R [..., m, n]; `"r"`: R as in `"reduced"`, and Q is empty
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.qr.html
 * @api torch.linalg.qr
 */
export function qr(A: Tensor, mode: QrMode = "reduced"): NamedTuple<["Q", "R"], Tensor> {
  requireMatrix("linalg.qr", A);
  requireFloat("linalg.qr", A);
  const [m, n] = A.shape.slice(-2) as [number, number];
  const k = mode === "complete" ? m : Math.min(m, n);
  const lead = leadOf(A);
  const found = matricesOf(A).map(triangularized);
  const R = stacked(
    found.map(({ r }) => r.corner(k, n).upper().data),
    [...lead, k, n],
  );
  const Q =
    mode === "r"
      ? empty([0])
      : stacked(
          found.map(({ reflections }) => productOf(reflections, m, k).data),
          [...lead, m, k],
        );
  recordMany(qrOp, [Q, R], [A], [Q, R], mode);
  return namedTuple("linalg_qr", ["Q", "R"], [Q, R]);
}

/**
 * `linalg.qr` by its older name.
 * @param some whether Q has only as many columns as R has rows
 * @see https://pytorch.org/docs/stable/generated/torch.qr.html
 * @api torch.qr Tensor.qr
 */
export function qrFactors(input: Tensor, some = true): NamedTuple<["Q", "R"], Tensor> {
  const { Q, R } = qr(input, some ? "reduced" : "complete");
  return namedTuple("qr", ["Q", "R"], [Q, R]);
}
