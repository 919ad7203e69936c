import { module, script, testTwins } from "./twins.ts";

const batch = (lines: string): string => script(`for (const [x, y] of trainLoader) {\n${lines}\n}`);
const epochs = (before: string, after = ""): string =>
  script(
    `for (let epoch = 0; epoch < 3; epoch++) {\n${before}  for (const [x, y] of trainLoader) {\n    optimizer.zeroGrad();\n    lossFn(model(x!), y!).backward();\n    optimizer.step();\n  }\n${after}}`,
  );

testTwins({
  id: "step-without-gradient",
  bad: {
    "a loss that nobody goes back through": {
      text: batch("  optimizer.zeroGrad();\n  const loss = lossFn(model(x!), y!);\n  optimizer.step();"),
      marks: "optimizer.step()",
      mended: "  loss.backward();\n  optimizer.step();",
    },
    "backward() in a comment": {
      text: batch("  optimizer.zeroGrad();\n  const loss = lossFn(model(x!), y!);\n  // loss.backward();\n  optimizer.step();"),
      marks: "optimizer.step()",
      mended: "  loss.backward();\n  optimizer.step();",
    },
  },
  good: {
    "gradients that are written": batch("  for (const p of model.parameters()) p.grad = randn(p.shape);\n  optimizer.step();"),
    "autograd.grad": `import { autograd } from "kindling";\n${batch("  autograd.grad(lossFn(model(x!), y!), model.parameters());\n  optimizer.step();")}`,
    "a function of another file": `import { learn } from "./learn.ts";\n${batch("  optimizer.zeroGrad();\n  learn(lossFn(model(x!), y!));\n  optimizer.step();")}`,
  },
});

testTwins({
  id: "never-stepped",
  bad: {
    "an optimizer": {
      text: batch("  optimizer.zeroGrad();\n  lossFn(model(x!), y!).backward();"),
      marks: "new optim.SGD(model.parameters(), { lr: 0.1 })",
      mended: "  lossFn(model(x!), y!).backward();\n  optimizer.step();",
    },
    "a schedule": {
      text: epochs("  console.log(scheduler.getLastLr());\n"),
      marks: "new optim.lrScheduler.StepLR(optimizer, 2)",
    },
  },
  good: {
    "one that a function gets": `import { fit } from "./fit.ts";\n${batch("  optimizer.zeroGrad();\n  lossFn(model(x!), y!).backward();\n  fit(optimizer);")}`,
    "one in a list": batch("  for (const one of [optimizer]) one.zeroGrad();\n  lossFn(model(x!), y!).backward();"),
    "a schedule that a function moves on": epochs("", "  next();\n") + "function next(): void {\n  scheduler.step();\n}\n",
    "one of another schedule": epochs("", "  both.step();\n").replace(
      "for (let epoch",
      "const both = new optim.lrScheduler.SequentialLR(optimizer, [scheduler, scheduler], [1]);\nfor (let epoch",
    ),
    "a field that others speak of": `import { nn, optim, randn } from "kindling";
class Trainer {
  net = new nn.Linear(4, 1);
  optimizer = new optim.Adam(this.net.parameters());
  learn(): void {
    for (let i = 0; i < 3; i++) this.net(randn(4, 4)).sum().backward();
  }
}
const trainer = new Trainer();
trainer.optimizer.zeroGrad();
trainer.learn();
trainer.optimizer.step();
`,
  },
});

const clip = "nn.utils.clipGradNorm_(model.parameters(), 1);";
testTwins({
  id: "clipping-misplaced",
  bad: {
    "it behind the step": {
      text: batch(`  optimizer.zeroGrad();\n  lossFn(model(x!), y!).backward();\n  optimizer.step();\n  ${clip}`),
      marks: clip.slice(0, -1),
      mended: `  ${clip}\n  optimizer.step();`,
    },
    "it before backward()": {
      text: batch(`  optimizer.zeroGrad();\n  ${clip}\n  lossFn(model(x!), y!).backward();\n  optimizer.step();`),
      marks: clip.slice(0, -1),
      mended: `.backward();\n  ${clip}\n  optimizer.step();`,
    },
  },
  good: {
    "it between": batch(`  optimizer.zeroGrad();\n  lossFn(model(x!), y!).backward();\n  ${clip}\n  optimizer.step();`),
    "it behind the step of another optimizer": batch(
      `  optimizer.zeroGrad();\n  other.zeroGrad();\n  lossFn(model(x!), y!).backward();\n  other.step();\n  ${clip}\n  optimizer.step();`,
    ).replace("for (const", "const other = new optim.Adam(model.parameters());\nfor (const"),
    "gradients that are added up": batch(
      `  lossFn(model(x!), y!).backward();\n  ${clip}\n  lossFn(model(x!), y!).backward();\n  optimizer.step();\n  optimizer.zeroGrad();`,
    ),
  },
});

testTwins({
  id: "graph-cut",
  bad: {
    "outputs that are detached": {
      text: batch("  optimizer.zeroGrad();\n  const loss = lossFn(model(x!).detach(), y!);\n  loss.backward();\n  optimizer.step();"),
      marks: "loss.backward()",
      mended: "lossFn(model(x!), y!)",
    },
    "classes that argmax picked": {
      text: batch("  optimizer.zeroGrad();\n  nn.functional.mseLoss(model(x!).argmax(1).float(), y!.float()).backward();\n  optimizer.step();"),
      marks: "nn.functional.mseLoss(model(x!).argmax(1).float(), y!.float()).backward()",
    },
    "a loss inside noGrad": {
      text: batch("  optimizer.zeroGrad();\n  const loss = noGrad(() => lossFn(model(x!), y!));\n  loss.backward();\n  optimizer.step();"),
      marks: "loss.backward()",
    },
  },
  good: {
    "targets without a graph": batch(
      "  optimizer.zeroGrad();\n  const target = noGrad(() => model(x!));\n  nn.functional.mseLoss(model(x!), target.detach()).backward();\n  optimizer.step();\n  console.log(y);",
    ),
    "a part that is detached": batch(
      "  optimizer.zeroGrad();\n  const out = model(x!);\n  out.detach().mul(out).mean().backward();\n  optimizer.step();\n  console.log(y);",
    ),
    "inputs that are detached": batch("  optimizer.zeroGrad();\n  lossFn(model(x!.detach()), y!).backward();\n  optimizer.step();"),
    "gradients that are switched on inside": `import { enableGrad } from "kindling";\n${batch("  noGrad(() => enableGrad(() => lossFn(model(x!), y!).backward()));\n  optimizer.step();\n  optimizer.zeroGrad();")}`,
  },
});

testTwins({
  id: "made-each-epoch",
  bad: {
    "a model and its optimizer": {
      text: epochs("  const model = new nn.Linear(4, 3);\n  const optimizer = new optim.Adam(model.parameters());\n"),
      marks: "new nn.Linear(4, 3)",
      mended: "const model = new nn.Linear(4, 3);\nconst optimizer = new optim.Adam(model.parameters());\nfor (let epoch",
    },
    "an optimizer that remembers": {
      text: epochs("  const optimizer = new optim.Adam(model.parameters());\n"),
      marks: "new optim.Adam(model.parameters())",
      mended: "const optimizer = new optim.Adam(model.parameters());\nfor (let epoch",
    },
  },
  good: {
    "one that remembers nothing": epochs("  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });\n"),
    "a rate that follows the epoch": epochs("  const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 / (epoch + 1) });\n"),
    "a loop over folds": epochs("  const model = new nn.Linear(4, 3);\n  const optimizer = new optim.Adam(model.parameters());\n").replaceAll("epoch", "fold"),
    "a probe beside what is trained": epochs(
      "",
      "  const probe = new nn.Linear(4, 3);\n  const other = new optim.Adam(probe.parameters());\n  for (const [x, y] of trainLoader) {\n    other.zeroGrad();\n    lossFn(probe(x!), y!).backward();\n    other.step();\n  }\n",
    ),
  },
});

testTwins({
  id: "seed-each-epoch",
  bad: {
    "a number": {
      text: `import { manualSeed } from "kindling";\n${epochs("  manualSeed(0);\n")}`,
      marks: "manualSeed(0)",
      mended: "manualSeed(0);\nfor (let epoch",
    },
  },
  good: {
    "one that follows the epoch": `import { manualSeed } from "kindling";\n${epochs("  manualSeed(7 + epoch);\n")}`,
    "one for each seed of an experiment": `import { manualSeed } from "kindling";\n${epochs("  manualSeed(0);\n").replaceAll("epoch", "trial")}`,
  },
});

const judged = (count: string, divided: string, loader = "valLoader"): string =>
  script(`model.eval();\nlet right = 0;\nnoGrad(() => {\n  for (const [x, y] of ${loader}) right += ${count};\n});\nconsole.log(${divided});`);
testTwins({
  id: "accuracy-per-batch",
  bad: {
    "a count of samples": {
      text: judged("model(x!).argmax(1).eq(y!).sum().item()", "right / valLoader.length"),
      marks: "right / valLoader.length",
      mended: "right / valLoader.dataset.length",
    },
    "percent": {
      text: judged("model(x!).argmax(1).eq(y!).float().sum().item()", "(100 * right) / valLoader.length"),
      marks: "(100 * right) / valLoader.length",
      mended: "(100 * right) / valLoader.dataset.length",
    },
  },
  good: {
    "the number of samples": judged("model(x!).argmax(1).eq(y!).sum().item()", "right / valLoader.dataset.length"),
    "the mean of each batch": judged("model(x!).argmax(1).eq(y!).float().mean().item()", "right / valLoader.length"),
    "losses, which are means": judged("lossFn(model(x!), y!).item()", "right / valLoader.length"),
    "batches of one": judged("model(x!).argmax(1).eq(y!).sum().item()", "right / valLoader.length").replaceAll("batchSize: 8 }", "batchSize: 1 }"),
    "another loader's batches": judged("model(x!).argmax(1).eq(y!).sum().item()", "right / trainLoader.length"),
  },
});

testTwins({
  id: "tensors-compared",
  bad: {
    "what was just computed": { text: batch("  if (model(x!).argmax(1) === y) console.log(1);"), marks: "model(x!).argmax(1) === y" },
    "that it differs": { text: batch("  if (y !== x!.relu()) console.log(1);"), marks: "y !== x!.relu()" },
  },
  good: {
    numbers: batch("  if (model(x!).sum().item() === y!.sum().item()) console.log(1);"),
    "which object it is": batch("  if (x === y) console.log(1);"),
    "whether there is one": batch("  if (x === undefined || y === null) console.log(1);"),
  },
});

const net = (a: string, b: string, between: string): string =>
  module(`  a = new nn.Linear(${a});\n  b = new nn.Linear(${b});\n  override forward(x: Tensor): Tensor {\n${between}\n  }`);
testTwins({
  id: "linear-after-linear",
  bad: {
    "layers of a Sequential": {
      text: module("  layers = new nn.Sequential(new nn.Linear(4, 8), new nn.Linear(8, 3));"),
      marks: "new nn.Linear(8, 3)",
    },
    "calls in forward": { text: net("4, 8", "8, 3", "    const h = this.a(x);\n    return this.b(h);"), marks: "this.b(h)" },
    "a variable that is used again": { text: net("4, 8", "8, 3", "    x = this.a(x);\n    x = this.b(x);\n    return x;"), marks: "this.b(x)" },
  },
  good: {
    "an activation between": net("4, 8", "8, 3", "    return this.b(this.a(x).relu());"),
    "one in place": net("4, 8", "8, 3", "    const h = this.a(x);\n    h.relu_();\n    return this.b(h);"),
    "a bottleneck": net("8, 2", "2, 8", "    return this.b(this.a(x));"),
    "sizes that aren't known": net("4, width", "width, 3", "    return this.b(this.a(x));").replace("class", "declare const width: number;\nclass"),
    "another layer between": module("  layers = new nn.Sequential(new nn.Linear(4, 8), new nn.LayerNorm(8), new nn.Linear(8, 3));"),
  },
});

testTwins({
  id: "relu-before-loss",
  bad: {
    "one at the end of a Sequential": {
      text: script("lossFn(new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU())(randn(8, 4)), randint(0, 3, [8]));"),
      marks: "new nn.ReLU()",
      mended: "new nn.Sequential(new nn.Linear(4, 3))",
    },
    "a call": {
      text: script("lossFn(model(randn(8, 4)).relu(), randint(0, 3, [8]));"),
      marks: "model(randn(8, 4)).relu()",
      mended: "lossFn(model(randn(8, 4)), ",
    },
  },
  good: {
    "one between": script("lossFn(new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU(), new nn.Linear(3, 3))(randn(8, 4)), randint(0, 3, [8]));"),
    "a pooling behind it": script("lossFn(nn.functional.avgPool1d(model(randn(8, 4)).relu(), 1), randint(0, 3, [8]));"),
    "amounts that are never negative": script("nn.functional.mseLoss(model(randn(8, 4)).relu(), randn(8, 3));"),
  },
});

testTwins({
  id: "loss-arguments-swapped",
  bad: {
    "a batch's targets first": {
      text: batch("  optimizer.zeroGrad();\n  lossFn(y!, model(x!)).backward();\n  optimizer.step();"),
      marks: "lossFn(y!, model(x!))",
      mended: "lossFn(model(x!), y!)",
    },
  },
  good: {
    "the outputs first": batch("  optimizer.zeroGrad();\n  lossFn(model(x!), y!).backward();\n  optimizer.step();"),
    "a loss that is the same both ways": batch("  optimizer.zeroGrad();\n  nn.functional.mseLoss(y!, model(x!)).backward();\n  optimizer.step();"),
    "outputs of two models": batch("  optimizer.zeroGrad();\n  lossFn(model(x!), model(x!).softmax(1)).backward();\n  optimizer.step();\n  console.log(y);"),
  },
});
