import assert from "node:assert/strict";
import { nn, Tensor } from "../../src/engine/index.ts";
import { computing } from "../../src/lint/tensors.ts";
import { module, script, testTwins } from "./twins.ts";

const forward = (lines: string): string =>
  module(
    `  a = new nn.Linear(4, 8);\n  b = new nn.Linear(8, 3);\n  drop = new nn.Dropout(0.5);\n\n  override forward(x: Tensor): Tensor {\n${lines}\n  }`,
  ).replace("type Tensor", "relu, type Tensor");

testTwins({
  id: "unused-result",
  bad: {
    "an activation that is thrown away": {
      text: forward("    let h = this.a(x);\n    h.relu();\n    return this.b(h);"),
      marks: "h.relu()",
      mended: "    h = h.relu();\n",
    },
    "one that is given as a function": {
      text: forward("    let h = this.a(x);\n    relu(h);\n    nn.functional.gelu(h);\n    return this.b(h);"),
      marks: ["relu(h)", "nn.functional.gelu(h)"],
      mended: ["    h = relu(h);\n", "    h = nn.functional.gelu(h);\n"],
    },
    "a layer whose output is thrown away": {
      text: forward("    const h = this.a(x);\n    this.drop(h);\n    return this.b(h);"),
      marks: "this.drop(h)",
      mended: "    let h = this.a(x);\n    h = this.drop(h);\n",
    },
    "a chain, of a parameter": {
      text: forward("    x.flatten(1).div(255);\n    return this.b(this.a(x).relu());"),
      marks: "x.flatten(1).div(255)",
      mended: "    x = x.flatten(1).div(255);\n",
    },
    "a batch that was to be scaled": {
      text: script(
        "for (const [x, y] of trainLoader) {\n  x!.div(255);\n  const loss = lossFn(model(x!), y!);\n  optimizer.zeroGrad();\n  loss.backward();\n  optimizer.step();\n}",
      ),
      marks: "x!.div(255)",
      mended: "for (let [x, y] of trainLoader) {\n  x = x!.div(255);",
    },
    "a tensor of the program's own": {
      text: script("const points = randn(8, 4);\npoints.mul(2).add(1);\nconsole.log(points.mean().item());"),
      marks: "points.mul(2).add(1)",
      mended: "let points = randn(8, 4);\npoints = points.mul(2).add(1);",
    },
  },
  good: {
    "what changes the tensor itself": forward("    const h = this.a(x);\n    h.relu_();\n    return this.b(h);"),
    "in place, as an option": forward("    const h = this.a(x);\n    nn.functional.relu(h, { inplace: true });\n    return this.b(h);"),
    "a layer that works in place": module(
      "  a = new nn.Linear(4, 8);\n  act = new nn.ReLU({ inplace: true });\n\n  override forward(x: Tensor): Tensor {\n    const h = this.a(x);\n    this.act(h);\n    return h;\n  }",
    ),
    "a call that is timed": script("const points = randn(8, 4);\nfor (let i = 0; i < 10; i++) points.matmul(points.t());"),
    "a model that is called for its hooks": script("const points = randn(8, 4);\nmodel(points);\nconsole.log(points.mean().item());"),
    "sets, arrays and maps": script(
      "const seen = new Set<number>();\nseen.add(3);\nconst rows = [2, 1];\nrows.flip?.();\nfunction put(list: { add(x: number): void }) {\n  list.add(1);\n  return list;\n}\nconsole.log(seen, rows, put);",
    ),
    "a loss that goes backward": script("const loss = model(randn(8, 4)).mean();\nloss.backward();\nconsole.log(loss.item());"),
    "values that are read": forward("    const h = this.a(x);\n    h.item();\n    h.chunk(2).forEach(console.log);\n    return this.b(h);"),
  },
});

testTwins({
  id: "not-called",
  bad: {
    "methods without their parentheses": {
      text: script(
        "for (const [x, y] of trainLoader) {\n  optimizer.zeroGrad();\n  lossFn(model(x!), y!).backward();\n  optimizer.step();\n}\nscheduler.step;\nmodel.eval;\nconsole.log(noGrad(() => model(randn(2, 4))));",
      ),
      marks: ["scheduler.step", "model.eval"],
      mended: ["scheduler.step();", "model.eval();"],
    },
  },
  good: {
    "a method that is handed over": script("const set = model.eval;\nconsole.log(set);"),
    "a property of that name": script("const options = { train: true };\nif (options.train) model.train();"),
  },
});

testTwins({
  id: "tensor-as-condition",
  bad: {
    "a comparison of tensors": {
      text: script(
        "let best = randn(1).mean();\nconst loss = lossFn(model(randn(8, 4)), randint(0, 3, [8]));\nif (loss.lt(best)) best = loss.detach();\nconsole.log(best.item());",
      ),
      marks: "loss.lt(best)",
      mended: "if (loss.lt(best).item()) best",
    },
    "one that is negated, in a loop, and with another": {
      text: script("const seen = randn(3);\nlet i = 0;\nwhile (!seen.gt(9).any() && i++ < 3) console.log(i);\nconsole.log(seen.isnan().any() ? 1 : 2);"),
      marks: ["seen.gt(9).any()", "seen.isnan().any()"],
      mended: ["while (!seen.gt(9).any().item() && i++ < 3)", "console.log(seen.isnan().any().item() ? 1 : 2)"],
    },
  },
  good: {
    "whether there is a tensor": forward("    const h = this.a(x);\n    if (h) return this.b(h);\n    return h;"),
    "its value": script("const seen = randn(3);\nif (seen.gt(9).any().item()) console.log(1);"),
    "what answers true or false": script("const seen = randn(3);\nif (seen.equal(seen)) console.log(1);"),
    "methods of others": script('const names = new Map([["a", 1]]);\nif (names.has("a") && [1].at(0)) console.log(names);'),
  },
});

describe("what is known to leave its tensor as it is", () => {
  it("is there, as a method or a function", () => {
    const isThere = (name: string): boolean => name in Tensor.prototype || name in nn.functional;
    assert.deepEqual(
      [...computing].filter((name) => !isThere(name)),
      [],
    );
  });
});
