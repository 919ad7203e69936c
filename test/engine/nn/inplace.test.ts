/** Layers that write their result over their input learn as those do that don't. */
import assert from "node:assert/strict";
import { manualSeed, nn, randn, type Tensor } from "../../../src/engine/index.ts";

const layers: Readonly<Record<string, (inplace: boolean) => nn.Module<[Tensor], Tensor>>> = {
  CELU: (inplace) => new nn.CELU({ inplace }),
  ELU: (inplace) => new nn.ELU({ inplace }),
  Hardsigmoid: (inplace) => new nn.Hardsigmoid({ inplace }),
  Hardswish: (inplace) => new nn.Hardswish({ inplace }),
  Hardtanh: (inplace) => new nn.Hardtanh({ inplace }),
  LeakyReLU: (inplace) => new nn.LeakyReLU({ inplace }),
  Mish: (inplace) => new nn.Mish({ inplace }),
  ReLU: (inplace) => new nn.ReLU({ inplace }),
  ReLU6: (inplace) => new nn.ReLU6({ inplace }),
  SELU: (inplace) => new nn.SELU({ inplace }),
  SiLU: (inplace) => new nn.SiLU({ inplace }),
  Threshold: (inplace) => new nn.Threshold(0.1, -1, { inplace }),
};

describe("A layer in place", () => {
  for (const [name, make] of Object.entries(layers)) {
    it(`${name}: the gradients are those of the plain one, also where the next layer is in place, too`, () => {
      const gradients = (inplace: boolean): unknown => {
        manualSeed(3);
        const net = new nn.Sequential(new nn.Linear(3, 4), make(inplace), new nn.Dropout({ p: 0.5, inplace: true }), new nn.Linear(4, 2)).eval();
        net(randn(5, 3)).square().sum().backward();
        return net.parameters().map(({ grad }) => grad!.tolist());
      };
      assert.deepEqual(gradients(true), gradients(false));
    });
  }
});
