/** Evaluation in training mode, or with a graph that nobody needs. */
import assert from "node:assert/strict";
import { holds } from "./programs.ts";

const setUp = (layer = "new nn.Dropout(0.5)"): string => `
const model = new nn.Sequential(new nn.Linear(4, 8), ${layer}, new nn.Linear(8, 3));
const optimizer = new optim.Adam(model.parameters());
const lossFn = new nn.CrossEntropyLoss();
const batches = Array.from({ length: 4 }, () => [randn(8, 4), randint(0, 3, [8])] as const);
const others = Array.from({ length: 3 }, () => [randn(8, 4), randint(0, 3, [8])] as const);
function train() {
  model.train();
  for (const [x, y] of batches) {
    optimizer.zeroGrad();
    lossFn(model(x), y).backward();
    optimizer.step();
  }
}
`;

describe("Evaluation in training mode", () => {
  const validation = (body: string, layer?: string): string => `${setUp(layer)}
for (let epoch = 0; epoch < 3; epoch++) {
  train();
  noGrad(() => {
    let right = 0;
    for (const [x, y] of others) {
      ${body}
    }
  });
}`;

  it("is told where the model is called", async () => {
    const [said] = await holds(validation("right += model(x).argmax(1).eq(y).sum().item(); // expect: eval-missing"));
    assert.match(
      said!.message,
      /^`model` is evaluated in training mode, where `1` drops values at random\. Call `model\.eval\(\)` before, and `model\.train\(\)`/,
    );
  });
  it("is told of batch normalization", async () => {
    const [said] = await holds(validation("right += lossFn(model(x), y).item(); // expect: eval-missing", "new nn.BatchNorm1d(8)"));
    assert.match(said!.message, /goes by each batch's own statistics/);
  });
  it("is told of a validation set that is one batch, from the second time on", () =>
    holds(`${setUp()}
const [x, y] = others[0]!;
for (let epoch = 0; epoch < 3; epoch++) {
  train();
  const loss = noGrad(() => lossFn(model(x), y)); // expect: eval-missing
}`));
  const passes = (body: string): string => `${setUp()}
const valLoader = new data.DataLoader(new data.TensorDataset(randn(24, 4), randint(0, 3, [24])), { batchSize: 8 });
train();
for (const [x, y] of valLoader) {
  ${body}
}
train();`;
  it("is told of a pass over other data that nothing comes back from, without noGrad as well", () =>
    holds(passes("model(x).argmax(1).eq(y).sum().item(); // expect: eval-missing")));
  it("isn't said of a pass that is gone back through in the end", () =>
    holds(
      passes("sum = sum.add(lossFn(model(x), y));")
        .replace("train();\nfor", "let sum = zeros([]);\ntrain();\nfor")
        .replace("}\ntrain();", "}\noptimizer.zeroGrad();\nsum.backward();\noptimizer.step();\ntrain();"),
    ));
  it("isn't said of the training's own loss that is looked at after each step", () =>
    holds(`${setUp("new nn.BatchNorm1d(8)")}
for (const [x, y] of [...batches, ...batches]) {
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
  noGrad(() => lossFn(model(x), y));
}`));
  it("is told when it comes after the training", () =>
    holds(`${setUp()}
train();
noGrad(() => others.map(([x]) => model(x))); // expect: eval-missing`));
  it("isn't said in evaluation mode, or of a model that is the same in both", async () => {
    await holds(validation("model.eval(); right += model(x).argmax(1).eq(y).sum().item();"));
    await holds(validation("right += model(x).argmax(1).eq(y).sum().item();", "new nn.ReLU()"));
    await holds(validation("right += model(x).argmax(1).eq(y).sum().item();", "new nn.Dropout(0)"));
  });
  it("isn't said of samples drawn of one input, one look in an epoch, or labels that are guessed for each step", async () => {
    await holds(`${setUp()}train();\nnoGrad(() => Array.from({ length: 20 }, () => model(others[0]![0])));`);
    await holds(`${setUp()}for (let epoch = 0; epoch < 4; epoch++) {\n  train();\n  noGrad(() => model(others[0]![0]));\n}`);
    await holds(`${setUp()}
for (let epoch = 0; epoch < 3; epoch++) {
  for (const [x, y] of batches) {
    const guesses = noGrad(() => others.map(([unlabelled]) => model(unlabelled).softmax(1)));
    optimizer.zeroGrad();
    lossFn(model(x), y).add(model(others[0]![0]).softmax(1).sub(guesses[0]!).square().mean()).backward();
    optimizer.step();
  }
}`);
  });
  it("isn't said of a text that is written word by word", () =>
    holds(`${setUp()}
train();
noGrad(() => {
  let x = randn(1, 4);
  for (let i = 0; i < 5; i++) x = model(x).repeat(1, 2).narrow(1, 0, 4);
});`));
  it("isn't said of statistics that are collected on purpose", () =>
    holds(`${setUp("new nn.BatchNorm1d(8)")}train();\ntrain();\noptim.swaUtils.updateBn(others.map(([x]) => x), model);`));
});

describe("Evaluation with a graph that nobody needs", () => {
  it("is told where the model is called", async () => {
    const [said] = await holds(`${setUp()}
for (let epoch = 0; epoch < 2; epoch++) {
  train();
  model.eval();
  let right = 0;
  for (const [x, y] of others) right += model(x).argmax(1).eq(y).sum().item(); // expect: no-grad-missing
}`);
    assert.equal(said!.severity, "information");
    assert.match(said!.message, /Put the evaluation into `noGrad\(\(\) => \{ … \}\)`\.$/);
  });
  it("isn't said under noGrad, or where a backward() goes through it", async () => {
    await holds(`${setUp()}train();\nmodel.eval();\nnoGrad(() => others.map(([x]) => model(x)));\ntrain();`);
    await holds(`${setUp("new nn.BatchNorm1d(8)")}
train();
model.eval();
for (const [x, y] of others) {
  optimizer.zeroGrad();
  lossFn(model(x).add(model(x.neg())), y).backward();
  optimizer.step();
}`);
    await holds(`${setUp()}
train();
model.eval();
for (const [x] of others) {
  const image = x.clone().requiresGrad_(true);
  model(image).sum().backward();
}`);
  });
});

describe("A training that goes on in evaluation mode", () => {
  const model = (layer: string): string => `const net = new nn.Sequential(new nn.Linear(4, 8), ${layer}, new nn.Linear(8, 3));
const optimizer = new optim.SGD(net.parameters(), { lr: 0.01 });
const lossFn = new nn.CrossEntropyLoss();
`;
  const epochs = (before: string, after: string, mark = ""): string => `for (let epoch = 0; epoch < 3; epoch++) {
  ${before}
  for (let step = 0; step < 5; step++) {
    optimizer.zeroGrad();
    lossFn(net(randn(8, 4)), randint(0, 3, [8])).backward();
    optimizer.step();${mark}
  }
  ${after}
}`;
  const judge = "net.eval(); noGrad(() => lossFn(net(randn(8, 4)), randint(0, 3, [8])));";
  const mark = " // expect: train-missing";

  it("is told where it steps", async () => {
    const [said] = await holds(model("new nn.Dropout(0.5)") + epochs("", judge, mark));
    assert.match(said!.message, /^`net` has been training in evaluation mode since it was evaluated, where `1` drops nothing\. Call `net\.train\(\)`/);
  });
  it("is told of batch normalization", () => holds(model("new nn.BatchNorm1d(8)") + epochs("", judge, mark)));
  for (const [what, text] of Object.entries({
    "that is told train() again": epochs("net.train();", judge),
    "that is held in evaluation mode from the start": epochs("net.eval();", judge),
    "of which a part is frozen in evaluation mode": epochs("net.train(); net.children()[1].eval();", judge),
    "that is attacked in evaluation mode, and then trained": epochs("", judge).replace(
      "    optimizer.zeroGrad();",
      "    net.eval(); const x = randn(8, 4).requiresGrad_(true); net(x).sum().backward(); net.train();\n    optimizer.zeroGrad();",
    ),
  })) {
    it(`isn't seen in one ${what}`, () => holds(model("new nn.Dropout(0.5)") + text));
  }
  it("isn't seen where it makes no difference", () => holds(model("new nn.ReLU()") + epochs("", judge)));
});
