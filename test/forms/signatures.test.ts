import assert from "node:assert/strict";
import { coverage } from "../../scripts/coverage/coverage.ts";
import { attributes, signatures } from "./signatures.ts";

describe("the table of PyTorch's forms", () => {
  const all = [...signatures.values()];

  it("has every function and class of the coverage page", () => {
    const missing = coverage()
      .filter((entry) => entry.standing === "have" && entry.name !== "Function")
      .map((entry) => `${entry.space}.${entry.name}`)
      .filter((name) => !signatures.has(name) && !attributes.includes(name));
    assert.deepEqual(missing, [], "run test/forms/signatures.py");
  });

  it("spells names as Kindling does", () => {
    const kindling = (name: string): string => signatures.get(name)!.kindling;
    assert.equal(kindling("torch.nn.functional.max_pool2d"), "nn.functional.maxPool2d");
    assert.equal(kindling("torch.optim.lr_scheduler.StepLR"), "optim.lrScheduler.StepLR");
    assert.equal(kindling("torch.utils.data.random_split"), "data.randomSplit");
    assert.equal(kindling("torch.index_add"), "torch.indexAdd");
    assert.equal(kindling("torch.linalg.matrix_norm"), "torch.linalg.matrixNorm");
    assert.equal(kindling("Tensor.numpy"), "Tensor.toTypedArray");
  });

  it("has each overload, with kinds and defaults", () => {
    const text = (name: string): string[] =>
      signatures.get(name)!.forms.map((form) =>
        form
          .filter((each) => !each.absent)
          .map((each) => `${each.kind === "keyword" ? "*" : ""}${each.name}${each.optional ? `=${JSON.stringify(each.default)}` : ""}`)
          .join(" "),
      );
    assert.deepEqual(text("torch.max"), ["input", "input other", "input dim keepdim=false"]);
    assert.deepEqual(text("torch.roll"), ["input shifts dims=[]"]);
    assert.deepEqual(text("torch.add"), ["input other *alpha=1"]);
    assert.deepEqual(text("torch.nn.functional.gelu"), ['input *approximate="none"']);
    assert.deepEqual(text("torch.optim.lr_scheduler.CosineAnnealingLR"), ["optimizer tMax etaMin=0 lastEpoch=-1"]);
    assert.deepEqual(text("torch.optim.SGD"), ["params lr=0.001 momentum=0 dampening=0 weightDecay=0 nesterov=false *maximize=false"]);
  });

  it("lets no argument that must be given follow one that needn't", () => {
    const wrong = all.filter(({ forms }) =>
      forms.some((form) => {
        const positional = form.filter((each) => each.kind === "positional");
        return positional.some((each, i) => !each.optional && positional[i - 1]?.optional);
      }),
    );
    assert.deepEqual(
      wrong.map((each) => each.pytorch),
      [],
    );
  });

  it("gives no form twice, and no argument without a type", () => {
    for (const { pytorch, forms } of all) {
      assert.equal(new Set(forms.map((form) => JSON.stringify(form))).size, forms.length, pytorch);
      for (const each of forms.flat()) assert.match(each.type, /^[(\w]/, `${pytorch} ${each.name}`);
    }
  });

  it("says what to do instead of each argument that is absent", () => {
    for (const { pytorch, forms } of all)
      for (const each of forms.flat()) if (each.absent !== undefined) assert.match(each.absent, /[.”]$/, `${pytorch} ${each.name}`);
  });
});
