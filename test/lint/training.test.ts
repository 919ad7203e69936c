import { script, testTwins } from "./twins.ts";

const train = `for (let epoch = 0; epoch < 3; epoch++) {
  model.train();
  for (const [x, y] of trainLoader) {
    const loss = lossFn(model(x!), y!);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  scheduler.step();
}
`;
const without = (part: string): string => train.replace(`${part}\n`, "").replace(/\n +(?=\n)/g, "");

testTwins({
  id: "zero-grad-missing",
  bad: {
    "a loop without it": {
      text: script(without("    optimizer.zeroGrad();")),
      marks: "optimizer.step()",
      mended: "    optimizer.zeroGrad();\n    loss.backward();",
    },
    "one that stands before the loops only": {
      text: script(`optimizer.zeroGrad();\n${without("    optimizer.zeroGrad();")}`),
      marks: "optimizer.step()",
      mended: "    optimizer.zeroGrad();\n    loss.backward();",
    },
    "a step in a function that the loop calls": {
      text: script(
        `function update(x: Tensor, y: Tensor): void {\n  lossFn(model(x), y).backward();\n  optimizer.step();\n}\nfor (const [x, y] of trainLoader) update(x!, y!);`,
      ),
      marks: "optimizer.step()",
      mended: "  optimizer.zeroGrad();\n  lossFn(model(x), y).backward();",
    },
    "a parameter that is called optimizer": {
      text: script(
        `function fit(net: nn.Module, optimizer: optim.Optimizer): void {\n  for (const [x, y] of trainLoader) {\n    const loss = lossFn(net(x!), y!);\n    loss.backward();\n    optimizer.step();\n  }\n}\nfit(model, optimizer);`,
      ),
      marks: "optimizer.step()",
      mended: "    optimizer.zeroGrad();\n    loss.backward();",
    },
    "a second optimizer, whose own is missing": {
      text: script(
        `const other = new nn.Linear(4, 3);\nconst optimizerB = new optim.Adam(other.parameters());\n${train.replace("    optimizer.step();", "    optimizer.step();\n    lossFn(other(x!), y!).backward();\n    optimizerB.step();")}`,
      ),
      marks: "optimizerB.step()",
      mended: "optimizerB.zeroGrad();",
    },
    "a loop that calls functions of other files for what it prints": {
      text: `import { percent } from "./printing.ts";\n${script(without("    optimizer.zeroGrad();").replace("    optimizer.step();", "    optimizer.step();\n    console.log(percent(loss.item()));"))}`,
      marks: "optimizer.step()",
      mended: "    optimizer.zeroGrad();\n    loss.backward();",
    },
    "a while loop": {
      text: script(`let step = 0;\nwhile (step++ < 10) {\n  model(randn(4, 4)).sum().backward();\n  optimizer.step();\n}`),
      marks: "optimizer.step()",
      mended: "optimizer.zeroGrad();\n  model(randn",
    },
  },
  good: {
    "it behind the step": script(
      train.replace("    optimizer.zeroGrad();\n", "").replace("    optimizer.step();", "    optimizer.step();\n    optimizer.zeroGrad();"),
    ),
    "the model's own": script(train.replace("optimizer.zeroGrad()", "model.zeroGrad()")),
    "gradients that are added up on purpose": script(
      train
        .replace("    optimizer.zeroGrad();\n", "")
        .replace("    optimizer.step();", "    if (Math.random() < 0.5) {\n      optimizer.step();\n      optimizer.zeroGrad();\n    }"),
    ),
    "gradients that are taken away by hand": script(train.replace("optimizer.zeroGrad();", "for (const p of model.parameters()) p.grad = null;")),
    "a function that does it": script(`const clear = (): void => optimizer.zeroGrad();\n${train.replace("optimizer.zeroGrad();", "clear();")}`),
    "one step without a loop": script("lossFn(model(randn(8, 4)), randint(0, 3, [8])).backward();\noptimizer.step();"),
    "a function of another file that gets the optimizer": `import { update } from "./update.ts";\n${script(without("    optimizer.zeroGrad();").replace("    optimizer.step();", "    update(optimizer);\n    optimizer.step();"))}`,
    "a closure for LBFGS": script(
      "const lbfgs = new optim.LBFGS(model.parameters());\nfor (let i = 0; i < 3; i++) {\n  lbfgs.step(() => {\n    lbfgs.zeroGrad();\n    const loss = model(randn(8, 4)).sum();\n    loss.backward();\n    return loss;\n  });\n}",
    ),
    "what steps and is no optimizer": script(
      "class World {\n  step(action: number): number {\n    return action;\n  }\n}\nconst world = new World();\nfor (let i = 0; i < 3; i++) {\n  model(randn(1, 4)).sum().backward();\n  world.step(1);\n}\nexport { optimizer };",
    ),
  },
});

testTwins({
  id: "scheduler-before-optimizer",
  bad: {
    "it at the head of the epoch": {
      text: script(without("  scheduler.step();").replace("  model.train();", "  scheduler.step();")),
      marks: "scheduler.step()",
      mended: "  }\n  scheduler.step();\n}",
    },
    "it right before, for each batch": {
      text: script(without("  scheduler.step();").replace("    optimizer.step();", "    scheduler.step();\n    optimizer.step();")),
      marks: "scheduler.step()",
      mended: "    optimizer.step();\n    scheduler.step();\n",
    },
    "it before a function that trains": {
      text: script(
        `function trainEpoch(): void {\n  for (const [x, y] of trainLoader) {\n    optimizer.zeroGrad();\n    lossFn(model(x!), y!).backward();\n    optimizer.step();\n  }\n}\nfor (let epoch = 0; epoch < 3; epoch++) {\n  scheduler.step();\n  trainEpoch();\n}`,
      ),
      marks: "scheduler.step()",
      mended: "  trainEpoch();\n  scheduler.step();\n",
    },
  },
  good: {
    "it behind": script(train),
    "it behind a function that trains, and another training behind it": script(
      `function trainEpoch(): void {\n  for (const [x, y] of trainLoader) {\n    optimizer.zeroGrad();\n    lossFn(model(x!), y!).backward();\n    optimizer.step();\n  }\n}\nfor (let epoch = 0; epoch < 3; epoch++) {\n  trainEpoch();\n  scheduler.step();\n  trainEpoch();\n}`,
    ),
    "a scheduler of another optimizer": script(
      `const other = new optim.Adam(model.parameters());\nconst otherScheduler = new optim.lrScheduler.StepLR(other, 2);\n${train.replace("  model.train();", "  model.train();\n  otherScheduler.step();")}`,
    ),
    "each in a loop of its own": script(`for (let i = 0; i < 2; i++) scheduler.step();\n${train}`),
  },
});

testTwins({
  id: "test-set-trained",
  bad: {
    "a loop over the validation data": { text: script(train.replace("of trainLoader", "of valLoader")), marks: "valLoader", mended: "of trainLoader" },
    "a loop over a test loader that is handed over": {
      text: script(
        "function fit(testLoader: Iterable<Tensor[]>): void {\n  for (const [x, y] of testLoader) {\n    optimizer.zeroGrad();\n    lossFn(model(x!), y!).backward();\n    optimizer.step();\n  }\n}\nfit(valLoader);",
      ),
      marks: "testLoader",
    },
  },
  good: {
    "a loop that only tests": script(
      `${train}model.eval();\nnoGrad(() => {\n  for (const [x, y] of valLoader) console.log(lossFn(model(x!), y!).item());\n});`,
    ),
    "phases in one loop": script(
      "for (const testing of [false, true]) {\n  const valOrTrain = testing ? valLoader : trainLoader;\n  for (const [x, y] of valOrTrain) {\n    const loss = lossFn(model(x!), y!);\n    if (!testing) {\n      optimizer.zeroGrad();\n      loss.backward();\n      optimizer.step();\n    }\n  }\n}",
    ),
    "names that only sound alike": script(
      "const latestLoader = trainLoader;\nfor (const [x, y] of latestLoader) {\n  optimizer.zeroGrad();\n  lossFn(model(x!), y!).backward();\n  optimizer.step();\n}",
    ),
  },
});

const loader = (options: string): string => script(train).replace(", { batchSize: 8, shuffle: true }", options);

testTwins({
  id: "unshuffled",
  bad: {
    "a loader with a batch size alone": {
      text: loader(", { batchSize: 8 }"),
      marks: "new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8 })",
      mended: "{ batchSize: 8, shuffle: true }",
    },
    "a batch size by position": {
      text: loader(", 8"),
      marks: "new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), 8)",
      mended: ", 8, { shuffle: true })",
    },
    "a part of data that was split": {
      text: script(
        `const [trainSet] = data.randomSplit(new data.TensorDataset(randn(8, 4), randint(0, 3, [8])), [0.5, 0.5]);\nconst halfLoader = new data.DataLoader(trainSet!, { batchSize: 4 });\n${train.replace("of trainLoader", "of halfLoader")}`,
      ),
      marks: "new data.DataLoader(trainSet!, { batchSize: 4 })",
      mended: "{ batchSize: 4, shuffle: true }",
    },
    "data of a class of the file": {
      text: script(
        `class Points extends data.Dataset<Tensor[]> {\n  override get length(): number {\n    return 8;\n  }\n  override get(): Tensor[] {\n    return [randn(4), randint(0, 3, [])];\n  }\n}\nconst points = new Points();\nconst pointLoader = new data.DataLoader(points, { batchSize: 4 });\n${train.replace("of trainLoader", "of pointLoader")}`,
      ),
      marks: "new data.DataLoader(points, { batchSize: 4 })",
      mended: "new data.DataLoader(points, { batchSize: 4, shuffle: true })",
    },
  },
  good: {
    "an order that is said to be meant": loader(", { batchSize: 8, shuffle: false }"),
    "a sampler": loader(", { batchSize: 8, sampler: new data.RandomSampler(trainSet) }"),
    "shuffle by position": loader(", 8, true"),
    "options from elsewhere": loader(", { ...options }"),
    "all in one batch": loader(", { batchSize: count }"),
    "data for validation alone": script(train),
  },
});

const validate = (body: string): string => script(`${train.replace("  model.train();\n", "")}${body}`);

testTwins({
  id: "eval-missing",
  bad: {
    "a validation loop": {
      text: script(
        train.replace(
          "  scheduler.step();\n",
          "  scheduler.step();\n  noGrad(() => {\n    for (const [x, y] of valLoader) console.log(model(x!).argmax(1).eq(y!).sum().item());\n  });\n",
        ),
      ),
      marks: "model",
      mended: "  model.eval();\n  noGrad(() => {",
    },
    "a validation loop in an epoch that never calls train(), so both are needed": {
      text: script(
        train
          .replace("  model.train();\n", "")
          .replace(
            "  scheduler.step();\n",
            "  scheduler.step();\n  noGrad(() => {\n    for (const [x, y] of valLoader) console.log(model(x!).argmax(1).eq(y!).sum().item());\n  });\n",
          ),
      ),
      marks: "model",
      mended: ["  model.eval();\n  noGrad(() => {", "  });\n  model.train();\n"],
    },
    "a function that the model is handed to": {
      text: script(
        `${train}function accuracy(net: nn.Module): number {\n  return noGrad(() => {\n    let right = 0;\n    for (const [x, y] of valLoader) right += net(x!).argmax(1).eq(y!).sum().item();\n    return right;\n  });\n}\nconsole.log(accuracy(model));`,
      ),
      marks: "net",
      mended: "  net.eval();\n  return noGrad(",
    },
    "all of the held-out data at once": {
      text: script(`const xTest = randn(8, 4);\n${train}const right = noGrad(() => model(xTest).argmax(1));\nconsole.log(right);`),
      marks: "model",
      mended: "model.eval();\nconst right",
    },
    "`using _ = noGrad()`": {
      text: script(
        `${train}function validate(): void {\n  using _ = noGrad();\n  for (const [x] of valLoader) console.log(model(x!).argmax(1).item());\n}\nvalidate();`,
      ),
      marks: "model",
      mended: "model.eval();\n  for (const",
    },
  },
  good: {
    "a model that was told": validate("model.eval();\nnoGrad(() => {\n  for (const [x] of valLoader) console.log(model(x!).argmax(1).item());\n});"),
    "train(false)": validate("model.train(false);\nnoGrad(() => {\n  for (const [x] of valLoader) console.log(model(x!).argmax(1).item());\n});"),
    "a model for which it makes no difference": validate(
      "const plain = new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU());\nnoGrad(() => {\n  for (const [x] of valLoader) console.log(plain(x!).argmax(1).item());\n});",
    ),
    "a model that comes from elsewhere": `import { noGrad, data } from "kindling";\nimport { model } from "./networks.ts";\ndeclare const valLoader: data.DataLoader;\nnoGrad(() => {\n  for (const [x] of valLoader) console.log(model(x).argmax(1).item());\n});\n`,
    "a function that tells whatever model it is handed": validate(
      "function accuracy(net: nn.Module): void {\n  net.eval();\n  noGrad(() => {\n    for (const [x] of valLoader) console.log(net(x!).argmax(1).item());\n  });\n}\naccuracy(model);",
    ),
    "samples of a generator, drawn in training mode": script("for (let i = 0; i < 3; i++) noGrad(() => console.log(model(randn(8, 4)).mean().item()));"),
  },
});

testTwins({
  id: "no-grad-missing",
  bad: {
    "a validation loop that records": {
      text: validate(
        "model.eval();\nlet right = 0;\nfor (const [x, y] of valLoader) {\n  right += model(x!).argmax(1).eq(y!).sum().item();\n}\nconsole.log(right);",
      ),
      marks: "model(x!)",
      mended: "noGrad(() => {\n  for (const [x, y] of valLoader) {\n    right += model(x!).argmax(1).eq(y!).sum().item();\n  }\n});\nconsole.log",
    },
    "a function that evaluates": {
      text: script(
        `function evaluate(net: nn.Module): number {\n  net.eval();\n  let right = 0;\n  for (const [x, y] of valLoader) right += net(x!).argmax(1).eq(y!).sum().item();\n  return right;\n}\nconsole.log(evaluate(model));`,
      ),
      marks: "net(x!)",
      mended: "  noGrad(() => {\n    for (const",
    },
    "a file that doesn't import noGrad yet": {
      text: `import { data, nn, randn } from "kindling";\nconst net = new nn.Linear(4, 2);\nconst testLoader = new data.DataLoader(new data.TensorDataset(randn(8, 4)), 4);\nfor (const [x] of testLoader) console.log(net(x!).mean().item());\n`,
      marks: "net(x!)",
      mended: ["import { data, nn, randn, noGrad } from", "noGrad(() => {\n  for"],
    },
    "a loop that returns from its function, which no callback may": {
      text: script(
        `function validate(): number {\n  model.eval();\n  for (const [x] of valLoader) return model(x!).mean().item();\n  return 0;\n}\nvalidate();`,
      ),
      marks: "model(x!)",
    },
  },
  good: {
    "a function that is called inside noGrad": script(
      `function evaluate(): number {\n  model.eval();\n  let total = 0;\n  for (const [x] of valLoader) total += model(x!).mean().item();\n  return total;\n}\nnoGrad(() => console.log(evaluate()));`,
    ),
    "losses that are added up, and gone back through": script(
      `model.eval();\nlet total = randn(1).sum();\nfor (const [x, y] of valLoader) total = total.add(lossFn(model(x!), y!));\ntotal.backward();`,
    ),
    "gradients with respect to the inputs": script(
      `model.eval();\nfor (const [x] of valLoader) {\n  x!.requiresGrad_(true);\n  console.log(model(x!).sum().item());\n}`,
    ),
    "training": script(train),
    "setGradEnabled": `${script("setGradEnabled(false);\nmodel.eval();\nfor (const [x] of valLoader) console.log(model(x!).mean().item());").replace("import { data", "import { setGradEnabled, data")}`,
  },
});

const cleared = train.replace("    optimizer.zeroGrad();\n    loss.backward();", "    loss.backward();\n    optimizer.zeroGrad();");

testTwins({
  id: "gradients-cleared",
  bad: {
    "it between backward() and the step": {
      text: script(cleared),
      marks: "optimizer.zeroGrad()",
      mended: "    optimizer.zeroGrad();\n    loss.backward();\n    optimizer.step();",
    },
    "it with other lines between": {
      text: script(cleared.replace("    optimizer.step();", "    console.log(loss.item());\n    optimizer.step();")),
      marks: "optimizer.zeroGrad()",
      mended: "    optimizer.zeroGrad();\n    loss.backward();\n    console.log",
    },
  },
  good: {
    "it before backward()": script(train),
    "it behind the step": script(cleared.replace("    optimizer.zeroGrad();\n    optimizer.step();", "    optimizer.step();\n    optimizer.zeroGrad();")),
    "another backward() behind it": script(cleared.replace("    optimizer.step();", "    lossFn(model(x!), y!).backward();\n    optimizer.step();")),
    "another backward() behind it, in a function": script(
      `const again = (): void => lossFn(model(randn(8, 4)), randint(0, 3, [8])).backward();\n${cleared.replace("    optimizer.step();", "    again();\n    optimizer.step();")}`,
    ),
    "a closure that computes the gradients": script(
      cleared.replace(
        "optimizer.step()",
        "optimizer.step(() => {\n      const again = lossFn(model(x!), y!);\n      again.backward();\n      return again;\n    })",
      ),
    ),
    "another optimizer's, as a discriminator's is before the generator's turn": script(
      `const other = new nn.Linear(4, 3);\nconst second = new optim.Adam(other.parameters());\n${train.replace("    optimizer.step();", "    second.zeroGrad();\n    optimizer.step();\n    lossFn(other(x!), y!).backward();\n    second.step();")}`,
    ),
    "gradients that are kept elsewhere and put back": script(
      cleared
        .replace("    loss.backward();", "    loss.backward();\n    const kept = model.parameters().map((p) => p.grad!.clone());")
        .replace("    optimizer.step();", "    model.parameters().forEach((p, i) => (p.grad = kept[i]!));\n    optimizer.step();"),
    ),
    "a function of another file between": `import { fill } from "./fill.ts";\n${script(cleared.replace("    optimizer.step();", "    fill(model);\n    optimizer.step();"))}`,
  },
});

const judge = "  model.eval();\n  noGrad(() => {\n    for (const [x, y] of valLoader) console.log(model(x!).argmax(1).eq(y!).sum().item());\n  });\n";
const epochs = (evaluation: string): string => train.replace("  model.train();\n", "").replace("  scheduler.step();\n", `  scheduler.step();\n${evaluation}`);

testTwins({
  id: "train-missing",
  bad: {
    "an epoch that ends in evaluation mode": { text: script(epochs(judge)), marks: "model.eval()", mended: "epoch++) {\n  model.train();\n  for" },
    "train() once, before the loop": { text: script(`model.train();\n${epochs(judge)}`), marks: "model.eval()", mended: "epoch++) {\n  model.train();\n  for" },
    "an evaluation now and then": {
      text: script(epochs(`  if (epoch % 2 === 0) {\n${judge}  }\n`)),
      marks: "model.eval()",
      mended: "epoch++) {\n  model.train();\n  for",
    },
    "an evaluation in a function": {
      text: script(`function evaluate(): void {\n${judge}}\n${epochs("  evaluate();\n")}`),
      marks: "model.eval()",
    },
  },
  good: {
    "train() where an epoch begins": script(train.replace("  scheduler.step();\n", `  scheduler.step();\n${judge}`)),
    "train() behind the evaluation": script(epochs(`${judge}  model.train();\n`)),
    "train() in a function": script(`function evaluate(): void {\n${judge}  model.train();\n}\n${epochs("  evaluate();\n")}`),
    "a mode that is put back as it was": script(epochs(`  const mode = model.training;\n${judge}  model.train(mode);\n`)),
    "an evaluation behind the loops": script(`${epochs("")}${judge.replaceAll("\n  ", "\n").trimStart()}`),
    "the last evaluation, where the loop is left": script(epochs(`  if (epoch === 2) {\n${judge}    break;\n  }\n`)),
    "a teacher that is held in evaluation mode": script(
      `const teacher = new nn.Sequential(new nn.Linear(4, 3), new nn.Dropout(0.5));\n${epochs(`  teacher.eval();\n  noGrad(() => console.log(teacher(randn(8, 4)).mean().item()));\n`)}`,
    ),
    "a model that is trained in evaluation mode on purpose": script(epochs("").replace("  for (const [x, y]", "  model.eval();\n  for (const [x, y]")),
    "a model without dropout or batch norm": script(epochs(judge)).replace("new nn.Dropout(0.1), ", ""),
  },
});

const trainingStep = (more: string): string =>
  `for (const [x, y] of trainLoader) {\n  const loss = lossFn(model(x!), y!);\n  optimizer.zeroGrad();\n  loss.backward();\n  optimizer.step();\n  ${more}\n}`;

testTwins({
  id: "graph-kept",
  bad: {
    "a sum of losses": {
      text: script(`let total = randn(1).mean();\n${trainingStep("total = total.add(loss);")}\nconsole.log(total.item());`),
      marks: "loss",
      mended: "total = total.add(loss.detach());",
    },
    "one that is changed in place, of the batch's losses": {
      text: script(`const total = randn(1).mean();\n${trainingStep("total.add_(loss.mul(8));")}\nconsole.log(total.item());`),
      marks: "loss.mul(8)",
      mended: "total.add_(loss.mul(8).detach());",
    },
    "a list of losses": {
      text: script(`const losses: Tensor[] = [];\n${trainingStep("losses.push(loss);")}\nconsole.log(losses.length);`),
      marks: "loss",
      mended: "losses.push(loss.detach());",
    },
  },
  good: {
    "numbers": script(
      `let total = 0;\nconst losses: number[] = [];\n${trainingStep("total += loss.item();\n  losses.push(loss.item());")}\nconsole.log(total, losses);`,
    ),
    "the values alone": script(`const losses: Tensor[] = [];\n${trainingStep("losses.push(loss.detach());")}\nconsole.log(losses.length);`),
    "a sum that goes backward itself": script(
      "for (let i = 0; i < 9; i++) {\n  let total = lossFn(model(randn(8, 4)), randint(0, 3, [8]));\n  for (const [x, y] of trainLoader) total = total.add(lossFn(model(x!), y!));\n  optimizer.zeroGrad();\n  total.backward();\n  optimizer.step();\n}",
    ),
    "a list of one step": script(
      "for (const [x, y] of trainLoader) {\n  const parts: Tensor[] = [];\n  const loss = lossFn(model(x!), y!);\n  parts.push(loss);\n  optimizer.zeroGrad();\n  loss.backward();\n  optimizer.step();\n  console.log(parts.length);\n}",
    ),
  },
});

const bestOf = (before: string, keep: string, after = "model.loadStateDict(best);"): string =>
  script(`${before}\nfor (let epoch = 0; epoch < 3; epoch++) {\n  ${trainingStep("").replaceAll("\n", "\n  ")}\n  if (epoch === 1) ${keep}\n}\n${after}`);

testTwins({
  id: "state-not-copied",
  bad: {
    "the best weights, which go on changing": {
      text: bestOf("let best = new Map<string, Tensor>();", "best = model.stateDict();"),
      marks: "model.stateDict()",
      mended: ["type Tensor, deepcopy }", "if (epoch === 1) best = deepcopy(model.stateDict());"],
    },
  },
  good: {
    "a copy": bestOf("let best = new Map<string, Tensor>();", "best = new Map([...model.stateDict()].map(([name, value]) => [name, value.clone()]));"),
    "weights for another model": bestOf(
      "let best = new Map<string, Tensor>();\nconst other = new nn.Linear(2, 2);",
      "best = model.stateDict();",
      "other.loadStateDict(best);",
    ),
    "what is loaded at once, without steps": script("let state = model.stateDict();\nstate = model.stateDict();\nmodel.loadStateDict(state);"),
  },
});
