import { logSoftmax, softmax } from "../../src/engine/index.ts";
import { gradcheck } from "./gradcheck.ts";
import { Nd, sum } from "./nd.ts";

/** Along the last dimension of a matrix. */
function naiveSoftmax(x: Nd): Nd {
  const rows = x.reduce((values) => sum(values.map(Math.exp)), [1]);
  return Nd.build(x.shape, (i, j) => Math.exp(x.at(i!, j!)) / rows.at(i!));
}

describe("gradients of softmax", () => {
  gradcheck("softmax", { shapes: [[3, 4]], operation: (x) => softmax(x, 1), twin: naiveSoftmax, twice: true });
  gradcheck("logSoftmax", { shapes: [[3, 4]], operation: (x) => logSoftmax(x, 1), twin: (x) => naiveSoftmax(x).map(Math.log), twice: true });
});
