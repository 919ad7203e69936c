/** What `linalg` has an operator for, and what it has none for. */
import type { Form, Forms } from "../graph.ts";
import { Refusal } from "../refusal.ts";

/** Sign and logarithm of the determinant. Rows are made as long as 1 first: their determinant is neither too large nor too small. */
const logDeterminant: Form = ({ graph, inputs: [matrices] }) => {
  const { value, shape } = matrices!;
  const lengths = graph.op("ReduceL2", [value], { axes: [shape.length - 1], keepdims: 1 });
  const factors = graph.op("Where", [graph.op("Greater", [lengths, graph.scalar(0)]), lengths, graph.scalar(1)]);
  const det = graph.op("Det", [graph.op("Div", [value, factors])]);
  const logs = graph.op("ReduceSum", [graph.op("Log", [factors]), graph.integers([shape.length - 2, shape.length - 1])], { keepdims: 0 });
  return [graph.op("Sign", [det]), graph.op("Add", [graph.op("Log", [graph.op("Abs", [det])]), logs])];
};

const refused =
  (what: string): Form =>
  () => {
    throw new Refusal(`has no ONNX form: ONNX has no operator that ${what}`);
  };

const inverts = refused("inverts matrices");
const solves = refused("solves equations");
const decomposes = refused("decomposes matrices");

/** Each gives what has a derivative under its gradient's name, and the rest under its own. */
export const linalg: Forms = {
  LinalgDetBackward0: ({ graph, inputs }) => graph.op("Det", [inputs[0]!.value]),
  "linalg.slogdet": logDeterminant,
  LinalgInvExBackward0: inverts,
  "linalg.inv": inverts,
  LinalgPinvBackward0: inverts,
  LinalgSolveExBackward0: solves,
  "linalg.solve": solves,
  LinalgSolveTriangularBackward0: solves,
  LinalgLstsqBackward0: solves,
  "linalg.lstsq": solves,
  CholeskySolveBackward0: solves,
  LinalgCholeskyExBackward0: decomposes,
  "linalg.cholesky": decomposes,
  LinalgEighBackward0: decomposes,
  LinalgLuBackward0: decomposes,
  "linalg.lu": decomposes,
  LinalgLuFactorExBackward0: decomposes,
  "linalg.luFactor": decomposes,
  LinalgQrBackward0: decomposes,
  LinalgSvdBackward0: decomposes,
  "linalg.matrixRank": decomposes,
  LinalgMatrixExpBackward0: refused("has the exponential of matrices"),
};
