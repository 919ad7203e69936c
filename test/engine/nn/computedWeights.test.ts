/** Weights that are computed from others, in copies. The numbers are PyTorch 1.13's, of the same layer treated the same. */
import assert from "node:assert/strict";
import { deepcopy, nn, noGrad, tensor, type Tensor } from "../../../src/engine/index.ts";

const { parametrize, prune, removeSpectralNorm, removeWeightNorm, spectralNorm, weightNorm } = nn.utils;

const x = tensor([[1, 2, 3]]);

function layer(): nn.Linear {
  const made = new nn.Linear(3, 2);
  noGrad(() => {
    made.weight.copy_(
      tensor([
        [1, -2, 0.5],
        [3, 1, -1],
      ]),
    );
    made.bias!.zero_();
  });
  return made;
}

type Parts = nn.Linear & Record<`weight_${"orig" | "u" | "v"}`, Tensor>;

/** What hooks computed is no leaf, and can't be copied; as in PyTorch. */
const settled = (made: nn.Linear): Parts => Object.assign(made as Parts, { weight: (made.weight as Tensor).detach() });
const names = (made: nn.Module): string[] => [...made.namedParameters()].map(([name]) => name);
const row = (made: nn.Linear): number[] => noGrad(() => made(x).tolist() as number[][])[0]!;

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= 1e-5 * Math.max(1, Math.abs(expected[i]!)), `${actual.join()} is not ${expected.join()}`),
  );
}

describe("a copy of a module whose weight is computed", () => {
  it("divides its own weight by its own largest stretch, and leaves the original's estimate alone", () => {
    const model = settled(spectralNorm(layer()));
    noGrad(() => {
      model.weight_u.copy_(tensor([0.6, 0.8]));
      model.weight_v.copy_(tensor([0, 0.6, 0.8]));
    });
    const copy = deepcopy(model);
    noGrad(() => copy.weight_orig.mul_(2).add_(1));
    copy.eval();
    model.eval();
    assertClose(row(copy), [4.411765098571777, 14.705883979797363]);
    assertClose(row(model), [2.343749761581421, -3.124999523162842]);
    copy.train();
    assertClose(row(copy), [0.3894839286804199, 1.2982797622680664]);
    assertClose(copy.weight_u.tolist() as number[], [0.37018612027168274, 0.9289575815200806]);
    assertClose(model.weight_u.tolist() as number[], [0.6, 0.8]);
    removeSpectralNorm(copy);
    assertClose(copy.weight.flatten().tolist() as number[], [0.3894839, -0.3894839, 0.259656, 0.9087958, 0.3894839, -0.129828]);
    assert.deepEqual(
      [names(copy).toSorted(), names(model).toSorted()],
      [
        ["bias", "weight"],
        ["bias", "weight_orig"],
      ],
    );
  });

  it("has lengths and directions of its own, which can be taken away from it alone", () => {
    const model = settled(weightNorm(layer()));
    const copy = deepcopy(model) as unknown as nn.Linear & { weight_v: Tensor };
    noGrad(() => copy.weight_v.add_(1));
    assertClose(row(copy), [3.8293333053588867, 5.932959079742432]);
    assertClose(row(model), [-1.5, 2]);
    removeWeightNorm(copy);
    assert.deepEqual(
      [names(copy).toSorted(), names(model).toSorted()],
      [
        ["bias", "weight"],
        ["bias", "weight_g", "weight_v"],
      ],
    );
  });

  it("is pruned as the original was, and no more when that is made final", () => {
    const model = settled(prune.l1Unstructured(layer(), "weight", 1));
    const copy = deepcopy(model);
    noGrad(() => copy.weight_orig.mul_(2));
    assertClose(row(copy), [-6, 4]);
    assertClose(row(model), [-3, 2]);
    prune.remove(copy, "weight");
    assert.deepEqual([prune.isPruned(copy), prune.isPruned(model)], [false, true]);
  });

  it("is parametrized: it reads its own original", () => {
    class Double extends nn.Module {
      override forward(weight: Tensor): Tensor {
        return weight.mul(2);
      }
    }
    const model = parametrize.registerParametrization(layer(), "weight", new Double());
    const copy = deepcopy(model);
    const { original } = (copy as unknown as { parametrizations: nn.ModuleDict<InstanceType<typeof parametrize.ParametrizationList>> }).parametrizations.get(
      "weight",
    );
    noGrad(() => original.add_(1));
    assertClose(row(copy), [9, 16]);
    assertClose(row(model), [-3, 4]);
    assert.deepEqual(
      [copy.constructor.name, parametrize.isParametrized(copy), names(copy).toSorted()],
      ["ParametrizedLinear", true, ["bias", "parametrizations.weight.original"]],
    );
    parametrize.removeParametrizations(copy, "weight");
    assertClose(row(copy), [9, 16]);
    assert.deepEqual([copy.constructor.name, names(copy).toSorted()], ["Linear", ["bias", "weight"]]);
    assertClose(row(model), [-3, 4]);
  });
});
