import { module, script, testTwins } from "./twins.ts";

const step = (loss: string): string => `for (const [x, y] of trainLoader) {\n  ${loss}\n  optimizer.zeroGrad();\n  loss.backward();\n  optimizer.step();\n}\n`;
/** A class with that `forward`, trained with that loss. */
const trained = (
  fields: string,
  forward: string,
  lossFn: string,
): string => `import { nn, optim, randn, randint, rand, relu, softmax, sigmoid, type Tensor } from "kindling";

class Net extends nn.Module {
${fields}
  override forward(x: Tensor): Tensor {
${forward}
  }
}

const model = new Net();
const lossFn = ${lossFn};
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let i = 0; i < 9; i++) {
  const loss = lossFn(model(randn(8, 4)), randint(0, 2, [8]));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

testTwins({
  id: "softmax-before-cross-entropy",
  bad: {
    "softmax at the end of a Sequential": {
      text: script(`const net = new nn.Sequential(new nn.Linear(4, 3), new nn.Softmax(1));\n${step("const loss = lossFn(net(x!), y!);")}`),
      marks: "new nn.Softmax(1)",
      mended: "new nn.Sequential(new nn.Linear(4, 3));",
    },
    "softmax that forward returns": {
      text: trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x).softmax(1);", "new nn.CrossEntropyLoss()"),
      marks: "this.fc(x).softmax(1)",
      mended: "return this.fc(x);",
    },
    "softmax as a function, after variables that change": {
      text: trained(
        "  fc = new nn.Linear(4, 2);",
        "    x = relu(x);\n    x = this.fc(x);\n    x = softmax(x, { dim: 1 });\n    return x;",
        "new nn.CrossEntropyLoss()",
      ),
      marks: "softmax(x, { dim: 1 })",
      mended: "x = x;",
    },
    "a softmax layer of the class": {
      text: trained("  fc = new nn.Linear(4, 2);\n  softmax = new nn.Softmax(1);", "    return this.softmax(this.fc(x));", "new nn.CrossEntropyLoss()"),
      marks: "new nn.Softmax(1)",
    },
    "log-softmax, which is done twice then": {
      text: trained("  fc = new nn.Linear(4, 2);", "    return nn.functional.logSoftmax(this.fc(x), 1);", "new nn.CrossEntropyLoss()"),
      marks: "nn.functional.logSoftmax(this.fc(x), 1)",
      mended: "return this.fc(x);",
    },
    "softmax in the call itself": {
      text: script(step("const loss = nn.functional.crossEntropy(model(x!).softmax(1), y!);")),
      marks: "model(x!).softmax(1)",
      mended: "nn.functional.crossEntropy(model(x!), y!)",
    },
    "sigmoid before BCEWithLogitsLoss": {
      text: trained("  fc = new nn.Linear(4, 1);", "    return sigmoid(this.fc(x)).squeeze(1);", "new nn.BCEWithLogitsLoss()"),
      marks: "sigmoid(this.fc(x))",
      mended: "return this.fc(x).squeeze(1);",
    },
  },
  good: {
    "logits": trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x);", "new nn.CrossEntropyLoss()"),
    "log-softmax and NLLLoss": trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x).logSoftmax(1);", "new nn.NLLLoss()"),
    "softmax in the middle": trained(
      "  a = new nn.Linear(4, 4);\n  b = new nn.Linear(4, 2);",
      "    return this.b(this.a(x).softmax(1));",
      "new nn.CrossEntropyLoss()",
    ),
    "probabilities as targets": script(step("const loss = lossFn(model(x!), model(x!).detach().softmax(1));")),
    "softmax on one way of two": trained(
      "  fc = new nn.Linear(4, 2);",
      "    if (this.training) return this.fc(x);\n    return this.fc(x).softmax(1);",
      "new nn.CrossEntropyLoss()",
    ),
    "softmax for what is printed": script(`${step("const loss = lossFn(model(x!), y!);")}console.log(model(randn(1, 4)).softmax(1).tolist());`),
  },
});

testTwins({
  id: "bce-unbounded",
  bad: {
    "a Sequential that ends in a linear layer": {
      text: script(
        `const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));\nconst bce = new nn.BCELoss();\n${step("const loss = bce(net(x!).squeeze(), y!.float());")}`,
      ),
      marks: "net(x!).squeeze()",
      mended: "new nn.BCEWithLogitsLoss()",
    },
    "a class whose forward ends in a linear layer": {
      text: trained("  fc = new nn.Linear(4, 1);", "    const h = this.fc(x);\n    return h.view(-1);", "new nn.BCELoss()"),
      marks: "model(randn(8, 4))",
      mended: "const lossFn = new nn.BCEWithLogitsLoss();",
    },
    "the function": {
      text: script(`const net = new nn.Linear(4, 1);\n${step("const loss = nn.functional.binaryCrossEntropy(net(x!), y!.float());")}`),
      marks: "net(x!)",
      mended: "nn.functional.binaryCrossEntropyWithLogits(net(x!)",
    },
    "a loss that other outputs are right for": {
      text: script(
        `const net = new nn.Linear(4, 1);\nconst bce = new nn.BCELoss();\n${step("const loss = bce(net(x!), y!.float()).add(bce(net(x!).sigmoid(), y!.float()));")}`,
      ),
      marks: "net(x!)",
    },
  },
  good: {
    "a sigmoid at the end": trained("  fc = new nn.Linear(4, 1);", "    return this.fc(x).sigmoid().squeeze(1);", "new nn.BCELoss()"),
    "BCEWithLogitsLoss": trained("  fc = new nn.Linear(4, 1);", "    return this.fc(x).squeeze(1);", "new nn.BCEWithLogitsLoss()"),
    "a sigmoid in the call": trained("  fc = new nn.Linear(4, 1);", "    return this.fc(x);", "new nn.BCEWithLogitsLoss()")
      .replace("new nn.BCEWithLogitsLoss()", "new nn.BCELoss()")
      .replace("model(randn(8, 4))", "model(randn(8, 4)).sigmoid()"),
    "softmax, of which one class is taken": trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x).softmax(1).select(1, 0);", "new nn.BCELoss()"),
    "a clamp": trained("  fc = new nn.Linear(4, 1);", "    return this.fc(x).clamp(0, 1);", "new nn.BCELoss()"),
  },
});

testTwins({
  id: "log-of-softmax",
  bad: {
    "methods one after the other": {
      text: module("  override forward(x: Tensor): Tensor {\n    return x.softmax(1).log();\n  }"),
      marks: "x.softmax(1).log()",
      mended: "return x.logSoftmax(1);",
    },
    "functions": {
      text: 'import { log, softmax, randn } from "kindling";\nconsole.log(log(softmax(randn(2, 3), { dim: 1 })));\n',
      marks: "log(softmax(randn(2, 3), { dim: 1 }))",
      mended: "randn(2, 3).logSoftmax({ dim: 1 })",
    },
    "a function of nn.functional": {
      text: 'import { nn, randn } from "kindling";\nconst x = randn(2, 3);\nconsole.log(nn.functional.softmax(x.mul(2), 1).log());\n',
      marks: "nn.functional.softmax(x.mul(2), 1).log()",
      mended: "x.mul(2).logSoftmax(1)",
    },
    "a variable that nobody else needs": {
      text: 'import { randn } from "kindling";\nconst p = randn(2, 3).softmax(1);\nconsole.log(p.log());\n',
      marks: "p.log()",
    },
    "sigmoid": {
      text: 'import { nn, randn } from "kindling";\nconsole.log(nn, randn(3).sigmoid().log());\n',
      marks: "randn(3).sigmoid().log()",
      mended: "nn.functional.logsigmoid(randn(3))",
    },
  },
  good: {
    "log-softmax": 'import { randn } from "kindling";\nconsole.log(randn(2, 3).logSoftmax(1));\n',
    "probabilities that are needed as well": 'import { randn } from "kindling";\nconst p = randn(2, 3).softmax(1);\nconsole.log(p.mul(p.log()).sum());\n',
    "a small number that is added before": 'import { randn } from "kindling";\nconsole.log(randn(2, 3).softmax(1).add(1e-8).log());\n',
    "the chart's log": 'import { log, randn } from "kindling";\nlog({ p: randn(3).softmax(0).max().item() });\nconsole.log(Math.log(2));\n',
  },
});

testTwins({
  id: "loss-not-scalar",
  bad: {
    "a loss without a reduction": {
      text: script(`const each = new nn.CrossEntropyLoss({ reduction: "none" });\n${step("const loss = each(model(x!), y!);")}`),
      marks: "loss",
      mended: "loss.mean().backward();",
    },
    "the same, weighted": {
      text: script(
        `const each = new nn.MSELoss({ reduction: "none" });\noptimizer.zeroGrad();\neach(model(randn(8, 4)), randn(8, 3)).mul(randn(8, 1)).backward();`,
      ),
      marks: "each(model(randn(8, 4)), randn(8, 3)).mul(randn(8, 1))",
      mended: ".mul(randn(8, 1)).mean().backward()",
    },
    "the function": {
      text: script(step('const loss = nn.functional.crossEntropy(model(x!), y!, { reduction: "none" });')),
      marks: "loss",
      mended: "loss.mean().backward();",
    },
    "a distance that was never averaged": {
      text: script(step("const loss = model(x!).sub(randn(8, 3)).pow(2);")),
      marks: "loss",
      mended: "loss.mean().backward();",
    },
  },
  good: {
    "a distance that was averaged": script(step("const loss = model(x!).sub(randn(8, 3)).pow(2).mean();")),
    "a mean": script(`const each = new nn.CrossEntropyLoss({ reduction: "none" });\n${step("const loss = each(model(x!), y!).mul(randn(8)).mean();")}`),
    "a gradient that is given": script(
      `const each = new nn.CrossEntropyLoss({ reduction: "none" });\n${step("const loss = each(model(x!), y!);").replace("backward()", "backward(randn(8))")}`,
    ),
    "a reduction that there is": script(`const total = new nn.CrossEntropyLoss({ reduction: "sum" });\n${step("const loss = total(model(x!), y!);")}`),
  },
});

testTwins({
  id: "nll-without-log",
  bad: {
    "a softmax": {
      text: trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x).softmax(1);", "new nn.NLLLoss()"),
      marks: "model(randn(8, 4))",
      mended: "return this.fc(x).logSoftmax(1);",
    },
    "a softmax layer": {
      text: trained("  net = new nn.Sequential(new nn.Linear(4, 2), new nn.Softmax(1));", "    return this.net(x);", "new nn.NLLLoss()"),
      marks: "model(randn(8, 4))",
      mended: "new nn.LogSoftmax(1)",
    },
    "outputs as they are": {
      text: trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x);", "new nn.NLLLoss()"),
      marks: "model(randn(8, 4))",
      mended: "const lossFn = new nn.CrossEntropyLoss();",
    },
    "outputs as they are, in the function": {
      text: script(step("const loss = nn.functional.nllLoss(model(x!), y!);")),
      marks: "model(x!)",
      mended: "nn.functional.crossEntropy(model(x!), y!)",
    },
  },
  good: {
    "log-softmax": trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x).logSoftmax(1);", "new nn.NLLLoss()"),
    "the logarithm of what was added up": trained("  fc = new nn.Linear(4, 2);", "    return this.fc(x).square().add(1).log();", "new nn.NLLLoss()"),
  },
});
