/** A project's weights are those that the training begins with: its curve is ours from them alone, and from the seed alone. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasTorch, printedByPython, runPython } from "../python/python.ts";
import { Exported, difference, numbers } from "./exported.ts";

const data = `
const x = arange(0, 192).mul(0.37).sin().reshape(24, 8);
const y = x.sum(1, true).tanh();
`;
const programs: Readonly<Record<string, string>> = {
  "a network with momentum": `import { arange, manualSeed, nn, optim } from "kindling";
manualSeed(5);
${data}
const net = new nn.Sequential(new nn.Linear(8, 16), new nn.Tanh(), new nn.Linear(16, 1));
const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 });
for (let step = 0; step < 30; step++) {
  const loss = nn.functional.mseLoss(net(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  console.log(loss.item());
}
`,
  "two networks that learn in turns, each by a function": `import { arange, manualSeed, nn, optim, type Tensor } from "kindling";
manualSeed(5);
${data}
class Wide extends nn.Module {
  // A bias before batch norm has no gradient but rounding, of which Adam makes whole steps.
  fc = new nn.Linear(8, 32, { bias: false });
  norm = new nn.BatchNorm1d(32);
  out = new nn.Linear(32, 1);
  override forward(x: Tensor): Tensor {
    return this.out(this.norm(this.fc(x)).relu());
  }
}
const first = new Wide();
const second = new nn.Sequential(new nn.Linear(8, 4), new nn.GELU(), new nn.Linear(4, 1));
function train(name: string, model: nn.Module): void {
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  for (let step = 0; step < 12; step++) {
    const loss = nn.functional.mseLoss(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    console.log(loss.item());
  }
}
train("a", first);
train("b", second);
first.eval();
console.log(first(x).mean().item());
`,
  "a generator and a critic of one shape, and groups of parameters": `import { arange, cat, manualSeed, nn, ones, optim, zeros } from "kindling";
manualSeed(5);
${data}
const generator = new nn.Linear(8, 8);
const critic = new nn.Linear(8, 8);
const forCritic = new optim.Adam([{ params: critic.parameters(), lr: 0.02 }]);
const forGenerator = new optim.RMSprop(generator.parameters(), { lr: 0.005 });
const lossFn = new nn.BCEWithLogitsLoss();
for (let step = 0; step < 15; step++) {
  const fake = generator(x);
  const judged = critic(cat([x, fake.detach()])).mean(1);
  const loss = lossFn(judged, cat([ones(24), zeros(24)]));
  forCritic.zeroGrad();
  loss.backward();
  forCritic.step();
  const fooled = lossFn(critic(fake).mean(1), ones(24));
  forGenerator.zeroGrad();
  fooled.backward();
  forGenerator.step();
  console.log(loss.item(), fooled.item());
}
`,
  "weights that are set by hand before": `import { arange, manualSeed, nn, optim } from "kindling";
manualSeed(5);
${data}
const net = new nn.LSTM(8, 6, { batchFirst: true });
const head = new nn.Linear(6, 1);
net.apply((part) => {
  for (const parameter of part.parameters(false)) nn.init.uniform_(parameter, -0.3, 0.3);
});
const params = [...net.parameters(), ...head.parameters()];
const optimizer = new optim.Adam(params, { lr: 0.02 });
for (let step = 0; step < 15; step++) {
  const [out] = net(x.reshape(4, 6, 8));
  const loss = nn.functional.mseLoss(head(out).reshape(24, 1), y);
  optimizer.zeroGrad();
  loss.backward();
  nn.utils.clipGradNorm_(params, 0.5);
  optimizer.step();
  console.log(loss.item());
}
`,
};

describe("the weights of an exported project", function () {
  this.timeout(120_000);
  before(async function () {
    if (!(await hasTorch())) this.skip();
  });

  for (const [name, source] of Object.entries(programs)) {
    it(`give our curve without our seed: ${name}`, async () => {
      using exported = new Exported(source);
      await exported.write();
      const ours = numbers(await exported.train());
      assert.ok(difference(ours, numbers(await exported.python())) < 2e-4, "from the seed");
      assert.ok(difference(ours, numbers(await exported.python("--weights", "weights.pt"))) < 2e-4, "from the seed and the weights");
      exported.edit("train.py", (text) => text.replace("torch.manual_seed(5)", "torch.manual_seed(77)"));
      assert.ok(difference(ours, numbers(await exported.python("--weights", "weights.pt"))) < 2e-4, "from the weights");
      assert.ok(difference(ours, numbers(await exported.python())) > 1e-3, "another seed has other weights");
    });
  }

  it("are a state that torch.load reads: of one model its own, of several each by its name", async () => {
    const keys = async (source: string): Promise<string> => {
      using exported = new Exported(source);
      await exported.write();
      const script = "import torch; print({k: tuple(v.shape) if hasattr(v, 'shape') else list(v) for k, v in torch.load('weights.pt').items()})";
      return (await printedByPython(exported.project, ["-c", script])).trim();
    };
    assert.equal(await keys(programs["a network with momentum"]!), "{'0.weight': (16, 8), '0.bias': (16,), '2.weight': (1, 16), '2.bias': (1,)}");
    assert.match(await keys(programs["a generator and a critic of one shape, and groups of parameters"]!), /^\{'critic': \['weight', 'bias'\], 'generator': /);
  });

  it("are what a kept run learned where that is asked for: PyTorch answers with them as Kindling does", async () => {
    using exported = new Exported(`import { arange, manualSeed, nn, optim, type Tensor } from "kindling";
manualSeed(5);
${data}
class Net extends nn.Module {
  fc = new nn.Linear(8, 16);
  norm = new nn.BatchNorm1d(16);
  out = new nn.Linear(16, 1);
  override forward(x: Tensor): Tensor {
    return this.out(this.norm(this.fc(x)).relu());
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters(), { lr: 0.02 });
for (let step = 0; step < 25; step++) {
  optimizer.zeroGrad();
  nn.functional.mseLoss(net(x), y).backward();
  optimizer.step();
}
net.eval();
console.log(net(x).flatten().tolist().join(" "));
`);
    const ours = numbers(await exported.trainAndKeep());
    await exported.write("--weights-from", "latest");
    const script = `import torch
from model import Net
net = Net()
net.load_state_dict(torch.load("weights.pt"))
net.eval()
x = (torch.arange(0, 192).float() * 0.37).sin().reshape(24, 8)
print(*net(x).flatten().tolist())`;
    const { output, errors } = await runPython(exported.project, ["-c", script]);
    assert.equal(errors, "");
    assert.equal(ours.length, 24);
    assert.ok(difference(ours, numbers(output)) < 1e-5);
    assert.match(exported.text("README.md"), /what was learned in Kindling, by the run \S+, as it ended/);
    await assert.rejects(exported.write("--weights-from", "never"), /there is no run `never` here/);
  });

  it("of another network are refused by name", async () => {
    using exported = new Exported(programs["a network with momentum"]!);
    await exported.write();
    exported.edit("train.py", (text) => text.replace("nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1)", "nn.Linear(8, 3), nn.Linear(3, 1)"));
    await assert.rejects(exported.python("--weights", "weights.pt"), /weights\.pt has no weights for Sequential/);
  });
});

describe("data that a program draws by Math.random()", function () {
  this.timeout(60_000);
  before(async function () {
    if (!(await hasTorch())) this.skip();
  });
  const source = `import { nn, optim, tensor } from "kindling";
const points: number[][] = [];
for (let i = 0; i < 40; i++) points.push([Math.random(), 3 + Math.random()]);
const x = tensor(points);
const label = (p: number[]): number => (p[0]! > 0.5 ? 1 : 0);
const y = tensor(points.map(label), { dtype: "int32" });
const net = new nn.Linear(2, 2);
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
const loss = nn.functional.crossEntropy(net(x), y);
loss.backward();
optimizer.step();
console.log(loss.item());
`;

  it("comes along, and is what train.py learns from", async () => {
    using exported = new Exported(source);
    await exported.write();
    assert.ok(existsSync(join(exported.project, "data.npz")));
    assert.match(exported.text("train.py"), /x = torch\.from_numpy\(np\.load\(Path\(__file__\)\.parent \/ "data\.npz"\)\["x"\]\)\n/);
    assert.match(exported.text("requirements.txt"), /numpy/);
    assert.match(exported.text("README.md"), /`data\.npz`: `x` and `y`/);
    const again = `import numpy as np, torch
data, state = np.load("data.npz"), torch.load("weights.pt")
x, y = torch.from_numpy(data["x"]), torch.from_numpy(data["y"]).long()
assert x.shape == (40, 2) and ((x[:, 0] > 0.5).long() == y).all() and x[:, 1].min() >= 3
print(torch.nn.functional.cross_entropy(x @ state["weight"].T + state["bias"], y).item())`;
    const { output, errors } = await runPython(exported.project, ["-c", again]);
    assert.equal(errors, "");
    assert.ok(difference(numbers(output), numbers(await exported.python("--weights", "weights.pt"))) < 1e-5);
  });
});
