/** An exported training in many processes: torchrun's contract, gloo, and the numbers of one process. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pythonProject } from "../../src/toPython/index.ts";
import { hasTorch } from "../python/python.ts";
import { Exported, difference, numbers } from "./exported.ts";
import { published, read, written } from "./programs.ts";

/** Each pair goes through one tower, whose batch norm has statistics of its own. */
const siamese = `import { arange, data, manualSeed, nn, optim, type Tensor } from "kindling";
manualSeed(1);
const a = arange(0, 96).sin().reshape(16, 6);
const loader = new data.DataLoader(new data.TensorDataset(a, a.neg(), arange(16).remainder(2).mul(2).sub(1)), { batchSize: 8 });
class Tower extends nn.Module {
  net = new nn.Sequential(new nn.Linear(6, 8), new nn.BatchNorm1d(8), new nn.Tanh(), new nn.Linear(8, 4));
  override forward(x: Tensor): Tensor {
    return this.net(x);
  }
}
const model = new Tower();
const criterion = new nn.CosineEmbeddingLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let epoch = 0; epoch < 4; epoch++) {
  let total = 0;
  for (const [x, y, same] of loader) {
    const loss = criterion(model(x), model(y), same!);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    total += loss.item();
  }
  console.log((total / 2).toFixed(4));
}
`;

/** 50 samples in batches of 8: the last one has 2, fewer than there are processes. */
const classifier = `import { arange, data, manualSeed, nn, noGrad, optim, save, type Tensor } from "kindling";
manualSeed(3);
const x = arange(0, 400).mul(0.7).sin().reshape(50, 8);
const y = x.sum(1).gt(0).long();
const trainLoader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 8, shuffle: true });
const testLoader = new data.DataLoader(new data.TensorDataset(x.neg(), y), { batchSize: 16 });

class Net extends nn.Module {
  fc1 = new nn.Linear(8, 24);
  norm = new nn.LayerNorm(24);
  fc2 = new nn.Linear(24, 2);
  override forward(x: Tensor): Tensor {
    return this.fc2(this.norm(this.fc1(x)).relu());
  }
}

const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });
const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
const lossFn = new nn.CrossEntropyLoss();

function heldOut(loader: Iterable<Tensor[]>): number {
  model.eval();
  return noGrad(() => {
    let total = 0;
    for (const [inputs, targets] of loader) total += lossFn(model(inputs!), targets!).item();
    return total;
  });
}

for (let epoch = 0; epoch < 6; epoch++) {
  model.train();
  let total = 0;
  let correct = 0;
  let seen = 0;
  for (const [inputs, targets] of trainLoader) {
    const output = model(inputs);
    const loss = lossFn(output, targets);
    optimizer.zeroGrad();
    loss.backward();
    nn.utils.clipGradNorm_(model.parameters(), 1);
    optimizer.step();
    total += loss.item() * inputs.shape[0]!;
    correct += output.argmax(1).eq(targets).sum().item();
    seen += inputs.size(0);
  }
  scheduler.step();
  console.log(epoch, total / seen, correct, seen, heldOut(testLoader));
  save(model.stateDict(), "net.pt");
}
console.log([...model.stateDict().keys()].join(" "));
`;

/** Two trainings one after another, by a function, of images. */
const images = `import { arange, data, manualSeed, nn, optim } from "kindling";
manualSeed(11);
const x = arange(0, 24 * 36).mul(1.3).cos().reshape(24, 1, 6, 6);
const y = x.mean([1, 2, 3]).mul(20);
const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 12, shuffle: true, dropLast: true });

function train(net: nn.Module, epochs: number): void {
  const optimizer = new optim.AdamW(net.parameters(), { lr: 0.004 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let last = 0;
    for (const [images, wanted] of loader) {
      optimizer.zeroGrad();
      const loss = nn.functional.mseLoss(net(images).squeeze(1), wanted);
      loss.backward();
      optimizer.step();
      last = loss.item();
    }
    console.log(epoch, last);
  }
}

train(new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(64, 1)), 4);
train(new nn.Sequential(new nn.Flatten(), new nn.Linear(36, 8), new nn.Tanh(), new nn.Linear(8, 1)), 4);
`;

describe("an exported training in many processes", function () {
  this.timeout(240_000);
  const projects = { classifier: new Exported(classifier), images: new Exported(images) };
  /** Where two processes have trained, undisturbed, and what they printed: most tests compare with that. */
  let trained: Readonly<Record<keyof typeof projects, { readonly exported: Exported; readonly printed: string }>>;
  const trainedInTwo = async (project: Exported) => {
    await project.write();
    const exported = project.copy();
    return { exported, printed: await exported.processes(2) };
  };
  before(async function () {
    // Only a Python that has PyTorch can run what is tested here.
    if (!(await hasTorch())) this.skip();
    trained = { classifier: await trainedInTwo(projects.classifier), images: await trainedInTwo(projects.images) };
  });
  after(() => [...Object.values(projects), ...Object.values(trained ?? {}).map(({ exported }) => exported)].forEach((each) => each[Symbol.dispose]()));

  for (const [name, project] of Object.entries(projects) as [keyof typeof projects, Exported][]) {
    it(`has the losses of one process, and ours: ${name}`, async () => {
      using exported = project.copy();
      const ours = numbers(await exported.train());
      const one = await exported.python();
      assert.ok(difference(ours, numbers(one)) < 5e-4, `ours\n${ours}\n${numbers(one)}`);
      for (const many of [trained[name].printed, await exported.processes(4)])
        assert.ok(difference(numbers(many), numbers(one)) < 1e-4, `many processes\n${many}\n${one}`);
      assert.ok(difference(numbers(await exported.processes(2, "--weights", "weights.pt")), numbers(one)) < 1e-4, "from the weights");
    });
  }

  it("writes files once, with the model's own names", () => {
    const { exported, printed } = trained.classifier;
    assert.match(
      exported.text("train.py"),
      /\n {4}if distributed\.is_first\(\):\n {8}torch\.save\(model\.state_dict\(\), "net\.pt"\)\n {4}distributed\.wait\(\)\n/,
    );
    assert.match(printed, /\nfc1\.weight fc1\.bias norm\.weight norm\.bias fc2\.weight fc2\.bias\n$/);
    assert.ok(existsSync(join(exported.project, "net.pt")));
  });

  it("trains a model with batch norm that computes twice for one loss", async function () {
    if (!(await hasTorch())) return this.skip();
    using exported = new Exported(siamese);
    await exported.write();
    const printed = numbers(await exported.processes(2));
    assert.equal(printed.length, 4);
    assert.ok(printed.at(-1)! < printed[0]!, String(printed));
  });

  it("goes on from the checkpoint when a process was killed, as if nothing had been", async () => {
    using exported = projects.classifier.copy();
    const whole = trained.classifier.printed.split("\n");
    const unharmed = exported.text("train.py");
    exported.edit("train.py", (text) =>
      text.replace(
        "    model.train()\n",
        "    model.train()\n    if epoch == 3 and distributed.rank == 1:\n        import os\n        os.kill(os.getpid(), 9)\n",
      ),
    );
    await assert.rejects(exported.processes(2, "--checkpoint", "state.pt"));
    exported.edit("train.py", () => unharmed);
    const rest = (await exported.processes(2, "--checkpoint", "state.pt", "--resume")).split("\n");
    assert.deepEqual(rest, whole.slice(3));
    const done = (await exported.processes(2, "--checkpoint", "state.pt", "--resume")).split("\n");
    assert.deepEqual(done, whole.slice(6), "all epochs are done");
  });

  it("goes on in one process with what two have done, in the second of two trainings", async () => {
    using exported = projects.images.copy();
    const whole = trained.images.printed.split("\n");
    exported.edit("train.py", (text) =>
      text.replace("distributed.batches(loader)", "distributed.batches(loader if epoch < 3 or distributed._loops < 2 else 1 // 0)"),
    );
    await assert.rejects(exported.processes(2, "--checkpoint", "state.pt"), /ZeroDivisionError|Connection closed/);
    exported.edit("train.py", (text) => text.replace("loader if epoch < 3 or distributed._loops < 2 else 1 // 0", "loader"));
    const rest = (await exported.python("--checkpoint", "state.pt", "--resume")).split("\n");
    assert.equal(rest.length, 3);
    assert.ok(difference(numbers(rest.join("\n")), numbers(whole.slice(-3).join("\n"))) < 1e-4);
  });

  it("computes in bfloat16 when asked to: near, but not the same", async () => {
    using exported = projects.images.copy();
    const [exact, near] = [numbers(trained.images.printed), numbers(await exported.processes(2, "--amp"))];
    const apart = difference(near.slice(0, 2), exact.slice(0, 2));
    assert.ok(apart > 1e-6 && apart < 0.05, String(apart));
  });
});

describe("whether a training can be shared out", () => {
  const sharing = (source: string): string => {
    const { sharing: found } = pythonProject(source, "/folder/net.model.ts", () => undefined);
    return "why" in found ? `${found.line}: ${found.why}` : "shared";
  };
  const head = `import { autograd, data, nn, optim, tensor, type Tensor } from "kindling";
const loader = new data.DataLoader(new data.TensorDataset(tensor([[1], [2]])), { batchSize: 2 });
class Net extends nn.Module {
  fc = new nn.Linear(1, 1);
  override forward(x: Tensor): Tensor {
    return this.encode(x);
  }
  encode(x: Tensor): Tensor {
    return this.fc(x);
  }
}
const net = new Net();
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
`;
  const programs: Readonly<Record<string, readonly [string, RegExp]>> = {
    "a loop over a loader": ["for (const [x] of loader) {\n  const loss = net(x).mean();\n  loss.backward();\n  optimizer.step();\n}", /^shared$/],
    "a loss of one expression": ["for (const [x] of loader) {\n  net(x).pow(2).mean().backward();\n  optimizer.step();\n}", /^shared$/],
    "steps in a function": [
      "function step(x: Tensor): void {\n  const loss = net(x).mean();\n  loss.backward();\n  optimizer.step();\n}\nfor (let epoch = 0; epoch < 2; epoch++) for (const [x] of loader) step(x);",
      /^shared$/,
    ],
    "no loader": [
      "for (let i = 0; i < 3; i++) {\n  const loss = net(tensor([[1]])).mean();\n  loss.backward();\n  optimizer.step();\n}",
      /^16: .*`DataLoader`/,
    ],
    "two losses for a batch, as in a GAN": [
      "for (const [x] of loader) {\n  const a = net(x).mean();\n  a.backward();\n  optimizer.step();\n  const b = net(x).pow(2).mean();\n  b.backward();\n}",
      /^19: .*more than one loss/,
    ],
    "several steps for a batch": [
      "for (const [x] of loader) {\n  for (let i = 0; i < 2; i++) {\n    const loss = net(x).mean();\n    loss.backward();\n  }\n}",
      /^17: .*more than one loss/,
    ],
    "a sum": ["for (const [x] of loader) {\n  const loss = net(x).sum();\n  loss.backward();\n}", /^15: .*sum/],
    "a sum, by an option": [
      'const lossFn = new nn.MSELoss({ reduction: "sum" });\nfor (const [x] of loader) {\n  const loss = lossFn(net(x), x);\n  loss.backward();\n}',
      /^14: .*sum/,
    ],
    "a loss that compares the samples with each other": [
      "function contrast(z: Tensor): Tensor {\n  return z.matmul(z.t()).mean();\n}\nfor (const [x] of loader) {\n  const loss = contrast(net(x));\n  loss.backward();\n}",
      /^15: .*with each other/,
    ],
    "a method of the model": ["for (const [x] of loader) {\n  const loss = net.encode(x).mean();\n  loss.backward();\n}", /^15: .*`net\.encode\(\)`/],
    "another model's loss": [
      "const other = new Net();\nfor (const [x] of loader) {\n  const loss = other(x).mean();\n  loss.backward();\n}",
      /^17: .*an optimizer has/,
    ],
    "gradients of gradients": [
      "for (const [x] of loader) {\n  const [g] = autograd.grad(net(x).mean(), net.fc.weight);\n  const loss = net(x).mean().add(g!.mean());\n  loss.backward();\n}",
      /^15: .*autograd\.grad/,
    ],
    "nothing that learns": ["console.log(net);", /^0: nothing/],
  };
  for (const [name, [source, found]] of Object.entries(programs)) it(`is told by the text: ${name}`, () => assert.match(sharing(head + source), found));

  it("is told of each program here, and a refusal names a line that is there", () => {
    const told = [...published, ...written].map(({ name, file }) => {
      const source = read(file)!;
      const { sharing: found } = pythonProject(source, file, read);
      if ("why" in found && found.line > 0) assert.ok(source.split("\n")[found.line - 1]!.trim() !== "", name);
      return [name, !("why" in found)] as const;
    });
    const shared = told.filter(([, isShared]) => isShared).map(([name]) => name);
    for (const name of ["circle", "digits", "resnet", "cnn", "transfer", "transformer", "char-lstm"]) assert.ok(shared.includes(name), name);
    for (const name of ["gan", "vae", "wgan-gp", "siamese"]) assert.ok(!shared.includes(name), name);
  });
});
