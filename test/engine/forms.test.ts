import assert from "node:assert/strict";
import * as torch from "../../src/engine/index.ts";
import { autograd, data, nn, optim, randn, tensor, type Tensor } from "../../src/engine/index.ts";

// Slips of people who know PyTorch, as JavaScript lets them be written: each is refused in words about the call itself.

// oxlint-disable-next-line no-explicit-any
type Loose = any;
const loose = { torch, nn, optim, data } as Loose;

function refused(calls: Readonly<Record<string, [() => unknown, RegExp]>>): void {
  for (const [name, [call, message]] of Object.entries(calls)) it(name, () => assert.throws(call, { message }));
}

describe("what isn't there among what comes one by one", () => {
  refused({
    "a size of zeros": [() => loose.torch.zeros(2, undefined), /zeros\(\): argument 'size' must be a list of whole numbers/],
    "a size of a view": [() => (randn(2, 3) as Loose).view(6, undefined), /argument 'size' must be a list of whole numbers, not \[6, undefined\]/],
    "a module of a Sequential": [() => new loose.nn.Sequential(new nn.ReLU(), undefined), /argument 'args' must be a Module, not undefined/],
  });
  it("an optional argument may be undefined", () => {
    assert.deepEqual(torch.zeros([2], undefined as Loose).shape, [2]);
    assert.equal(new nn.Linear(3, 2, undefined).bias?.numel(), 2);
  });
});

describe("values that are almost right", () => {
  const lstm = new nn.LSTM(2, 3) as Loose;
  const [x, h] = [randn(5, 1, 2), torch.zeros(1, 1, 3)];
  const layer = new nn.Linear(3, 2) as Loose;
  refused({
    "an LSTM's state without its cell": [() => lstm(x, [h]), /LSTM\(\): argument 'hx' must be a list of 2 tensors or null, not a list/],
    "an LSTM's state with a number": [() => lstm(x, [h, 3]), /must be a list of 2 tensors/],
    "a class where an instance goes": [() => new loose.nn.Sequential(nn.ReLU), /must be an object, not the class ReLU/],
    "a list of modules for a ModuleDict": [() => new loose.nn.ModuleDict([layer]), /pairs of a name and a module/],
    "a range whose ends are swapped": [() => randn(2).uniform_(1, 0), /uniform_ expects to return a \[from, to\) range, but found from=1 > to=0/],
    "a second argument of noGrad": [() => loose.torch.noGrad(() => 1, 2), /takes one function/],
    "a number for the values of a tensor": [
      () => {
        layer.weight.data = 3;
      },
      /Variable data has to be a tensor/,
    ],
    "a number for a truth value": [
      () => {
        layer.weight.requiresGrad = 0;
      },
      /requiresGrad must be true or false/,
    ],
  });
});

describe("a learning rate that was assigned", () => {
  for (const lr of ["0.1", undefined, Number.NaN]) {
    it(`is no ${typeof lr === "number" ? "NaN" : typeof lr}`, () => {
      const optimizer = new optim.Adam([new nn.Parameter(tensor([1]))], 0.1);
      (optimizer.paramGroups[0] as Loose).lr = lr;
      assert.throws(() => optimizer.step(), { message: /paramGroups\[i\]\.lr must be a number/ });
    });
  }
});

describe("datasets and samplers that lack a method", () => {
  class NoLength extends (data.Dataset as Loose) {
    get(i: number): Tensor {
      return tensor([i]);
    }
  }
  class NoGet extends (data.Dataset as Loose) {
    get length(): number {
      return 4;
    }
  }
  class Pythonic extends (data.Dataset as Loose) {
    __len__(): number {
      return 4;
    }
  }
  class NoOrder extends (data.Sampler as Loose) {
    get length(): number {
      return 4;
    }
  }
  const rows = new data.TensorDataset(randn(4, 2));
  refused({
    "get length()": [() => new loose.data.DataLoader(new NoLength()), /NoLength has no `get length\(\)`/],
    "get(index)": [() => new loose.data.DataLoader(new NoGet()), /NoGet has no `get\(index\)`/],
    "both": [() => new loose.data.DataLoader(new Pythonic()), /Pythonic is neither/],
    "among several": [() => new loose.data.ConcatDataset([rows, 3]), /Number is neither/],
    "an order": [() => new loose.data.DataLoader(rows, { sampler: new NoOrder() }), /argument 'sampler' must be something to iterate over/],
  });
});

describe("what a program of one's own gives back", () => {
  const optimizer = (): optim.SGD => new optim.SGD([new nn.Parameter(tensor([1]))], 0.1);
  const rows = new data.TensorDataset(randn(4, 2));
  refused({
    "no rate": [() => new loose.optim.lrScheduler.LambdaLR(optimizer(), () => undefined), /LambdaLR must give numbers as rates, not \[NaN\]/],
    "a schedule that never changes": [() => new optim.lrScheduler.StepLR(optimizer(), 0), /stepSize must not be 0/],
    "indices where lists of them go": [
      () => [...new loose.data.DataLoader(rows, { batchSampler: [1, 2] })],
      /a batch sampler gives lists of indices, one for each batch, but gave 1/,
    ],
    "samples with different names": [() => [...new data.DataLoader([{ a: 1 }, { b: 2 }], 2)], /'a' is missing in one of the samples/],
    "no dataset to take a part of": [() => new loose.data.Subset(3, [0]), /Number is neither/],
    "a number to take a Jacobian of": [
      () => autograd.functional.jacobian((() => 3) as Loose, randn(2)),
      /must be a Tensor or a list of Tensors, but it gave number/,
    ],
    "no loss to take a Hessian of": [
      () => autograd.functional.hessian((() => undefined) as Loose, randn(2)),
      /must be a Tensor or a list of Tensors, but it gave undefined/,
    ],
    "numbers to clip": [() => loose.nn.utils.clipGradNorm_([1, 2], 1), /one of the parameters is 1/],
  });
});

describe("as many gradients as inputs", () => {
  it("are tensors without a check", () => {
    const w = new nn.Parameter(tensor([2, 3]));
    const [g] = autograd.grad(w.mul(w).sum(), [w]);
    const [same] = autograd.grad({ outputs: w.mul(w).sum(), inputs: w });
    assert.deepEqual(
      [g.tolist(), same.tolist()],
      [
        [4, 6],
        [4, 6],
      ],
    );
  });
});
