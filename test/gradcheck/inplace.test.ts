import { noGrad, tensor, tril, triu, type Tensor } from "../../src/engine/index.ts";
import { gradcheck } from "./gradcheck.ts";
import { Nd } from "./nd.ts";

/** The operation changes a result of its inputs, as only leaves can't be changed. */
const fresh = (x: Tensor): Tensor => x.mul(1);

describe("gradients of changes in place", () => {
  gradcheck("a column assigned", {
    shapes: [[3, 4], [3]],
    operation: (x, v) => fresh(x).setAt([null, 1], v.mul(v)),
    twin: (x, v) => Nd.build([3, 4], (i, j) => (j === 1 ? v.at(i!) ** 2 : x.at(i!, j!))),
    twice: true,
  });
  gradcheck("a slice multiplied", {
    shapes: [[3, 4], [2]],
    operation: (x, v) => {
      const y = fresh(x);
      y.at([0, 2], [1, 3]).mul_(v);
      return y;
    },
    twin: (x, v) => Nd.build([3, 4], (i, j) => x.at(i!, j!) * (i! < 2 && j! >= 1 && j! < 3 ? v.at(j! - 1) : 1)),
    twice: true,
  });
  gradcheck("a transposed row, squared and read through an earlier view", {
    shapes: [[3, 3]],
    operation: (x) => {
      const y = fresh(x);
      const earlier = y.select(0, 2);
      y.t().select(0, 1).pow_(2);
      return earlier.mul(earlier);
    },
    twin: (x) => Nd.build([3], (j) => (j === 1 ? x.at(2, 1) ** 4 : x.at(2, j!) ** 2)),
    twice: true,
  });
  gradcheck("a mask filled", {
    shapes: [[2, 3]],
    operation: (x) => {
      const y = fresh(x);
      y.maskedFill_(
        noGrad(() =>
          tensor([
            [true, false, true],
            [false, true, false],
          ]),
        ),
        2,
      );
      return y.mul(y);
    },
    twin: (x) => Nd.build([2, 3], (i, j) => ((i! + j!) % 2 === 0 ? 4 : x.at(i!, j!) ** 2)),
  });
  gradcheck("a shape changed in place", {
    shapes: [[2, 3]],
    operation: (x) => fresh(x).t_().unsqueeze_(0).exp_(),
    twin: (x) => Nd.build([1, 3, 2], (_, i, j) => Math.exp(x.at(j!, i!))),
    twice: true,
  });
  gradcheck("tril", { shapes: [[3, 4]], operation: (x) => tril(x, 1), twin: (x) => Nd.build([3, 4], (i, j) => (j! - i! <= 1 ? x.at(i!, j!) : 0)) });
  gradcheck("triu", { shapes: [[3, 4]], operation: (x) => triu(x), twin: (x) => Nd.build([3, 4], (i, j) => (j! >= i! ? x.at(i!, j!) : 0)) });
});
