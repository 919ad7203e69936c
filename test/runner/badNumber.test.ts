/** Where the first bad number of a run comes from, as the runner tells it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brokenNetwork } from "../observe/brokenNetworks.ts";
import { markedLine } from "../observe/searched.ts";
import { Folder, inspect, Job, run } from "./job.ts";

const names = `import { nn, optim, data, autograd, randn, rand, zeros, ones, full, tensor, where, cat, triu, stack, einsum, sqrt, log, noGrad, Tensor } from "kindling";\n`;

/** Becomes NaN when `i` has come to 3. */
const training = (before = "", inLoop = ""): string => `${names}${before}
const model = new nn.Linear(4, 2), optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let i = 0; i < 6; i++) {
  ${inLoop}
  const out = model(randn(8, 4)).sigmoid();
  const loss = (i < 3 ? out : out.sub(2).log()).mean(); // here
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("the first bad number of a run", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const file = (text: string) => folder.write("net.model.ts", text);
  const train = (text: string) => run(file(text));

  function only(job: Job) {
    assert.deepEqual(
      job.problems.map(({ code }) => code),
      ["nonFiniteLoss"],
    );
    return job.problems[0]!;
  }

  it("is told with its operation, its values, its line, its module, and the loss that it breaks", async () => {
    const text = `${names}class Head extends nn.Module {
  fc = new nn.Linear(4, 4);
  override forward(x: Tensor): Tensor {
    return this.fc(x).mul(0).log(); // here
  }
}
class Net extends nn.Module {
  body = new nn.Linear(8, 4);
  head = new Head();
  override forward(x: Tensor): Tensor {
    return this.head(this.body(x));
  }
}
const model = new Net(), optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const loss = model(randn(4, 8)).mean();
loss.backward(); // loss
optimizer.step();
`;
    const problem = only(await train(text));
    assert.match(problem.message, /^loss became −∞ at step 0\. It began with `log` of 0 in `head`: 16 of 16 values are 0\. Keep its input above 0/);
    assert.deepEqual([problem.position?.line, problem.module, problem.step], [markedLine(text), "head (Head) of Net", 0]);
    assert.deepEqual(
      problem.related?.map(({ position }) => position.line),
      [markedLine(text, "// loss")],
    );
  });

  it("is told where the file is inspected, too", async () => {
    const text = training().replace("i < 3", "i < 0");
    assert.equal(only(await inspect(file(text))).position?.line, markedLine(text));
  });

  it("is right for the two programs of PyTorch's issue 160016", async () => {
    const roots = `${names}const x = tensor([1.0], { requiresGrad: true });
let y = sqrt(x.sub(2)); // here
y = sqrt(y);
y.backward();
`;
    const logarithm = `${names}const inp = tensor([1.0], { requiresGrad: true });
const loss = inp.neg().log(); // here
loss.backward();
`;
    for (const text of [roots, logarithm]) {
      const problem = (await train(text)).problems.find(({ code }) => code === "nonFiniteLoss")!;
      assert.equal(problem.position?.line, markedLine(text), problem.message);
    }
  });

  it("is found in a file that is imported", async () => {
    const part = `import { nn, Tensor } from "kindling";
export class Part extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.div(x.sub(x)); // here
  }
}
`;
    const path = folder.write("part.ts", part);
    const job = await train(`${names}import { Part } from "./part";
const model = new nn.Sequential(new nn.Linear(4, 2), new Part()), optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
model(ones(2, 4)).mean().backward();
optimizer.step();
`);
    const { position, module } = only(job);
    assert.deepEqual([position?.file, position?.line, module], [path, markedLine(part), "1 (Part) of Sequential"]);
  });

  it("is found where the program doesn't seed its random numbers, JavaScript's included", async () => {
    const text = training("", "if (Math.random() < 0.5) randn(3);");
    const problem = only(await train(text));
    assert.equal(problem.position?.line, markedLine(text));
    assert.match(problem.message, /^loss became NaN at step 3\. It began with `log` of a negative number/);
  });

  it("leaves threads of the program's own their own random numbers", async () => {
    const job = await train(`import { Worker } from "node:worker_threads";
const ask = () => new Promise((resolve) => new Worker("require('node:worker_threads').parentPort.postMessage(Math.random())", { eval: true }).once("message", resolve));
console.log(await ask() === await ask());
`);
    assert.equal(job.stdout.trim(), "false");
  });

  it("lets nothing that the program does be done twice", async () => {
    const path = join(folder.path, "seen.txt");
    const text = training(
      `import { appendFileSync, createWriteStream, mkdirSync } from "node:fs";\nimport { save } from "kindling";\nconst lines = createWriteStream(${JSON.stringify(join(folder.path, "lines.txt"))});`,
      `console.log("turn", i); lines.write("y"); save(model.stateDict(), ${JSON.stringify(join(folder.path, "weights.pt"))} + i); appendFileSync(${JSON.stringify(path)}, "x"); mkdirSync(${JSON.stringify(join(folder.path, "made"))}, { recursive: true });`,
    );
    const job = await train(text);
    assert.equal(only(job).position?.line, markedLine(text));
    assert.equal(readFileSync(path, "utf8"), "xxxxxx");
    assert.equal(readFileSync(join(folder.path, "lines.txt"), "utf8"), "yyyyyy");
    assert.ok(existsSync(join(folder.path, "weights.pt5")));
    assert.equal(job.stdout.match(/turn/g)!.length, 6);
    assert.ok(existsSync(join(folder.path, "made")));
  });

  it("is not guessed where the program takes another course the next time", async () => {
    const text = training(`import { randomBytes } from "node:crypto";\nrandn(randomBytes(4).readUInt16LE() + 1);\n`);
    const problem = only(await train(text));
    assert.match(problem.message, /^loss became NaN at step 3\. .* Which operation made it first is not known: run again, the program took another course/);
    assert.match(readFileSync(problem.position!.file, "utf8").split("\n")[problem.position!.line - 1]!, /backward/);
  });

  it("is the batch where the data holds it", async () => {
    const text = `${names}const raw = randn(160, 4).toTypedArray();
raw[4 * 100 + 1] = raw[4 * 101] = raw[4 * 102] = NaN;
const loader = new data.DataLoader(new data.TensorDataset(tensor(raw).reshape(160, 4), randn(160, 1)), { batchSize: 8 });
const model = new nn.Linear(4, 1), optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (const [x, y] of loader) {
  const loss = nn.functional.mseLoss(model(x!), y!); // here
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;
    const problem = only(await train(text));
    assert.match(
      problem.message,
      /^loss became NaN at step 12\. It began with the data: 3 of 32 values in batch 12 are NaN before `Linear` computes with it\./,
    );
    assert.equal(problem.position?.line, markedLine(text));
  });

  it("is told of a parameter that no loss shows any more", async () => {
    const text = `${names}const model = new nn.Embedding(10, 4), optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let i = 0; i < 8; i++) {
  const loss = model(tensor(i === 3 ? [9] : [i % 3])).mul(i === 3 ? 3e38 : 1).mul(i === 3 ? 3e38 : 1).sum(); // here
  optimizer.zeroGrad();
  if (i === 3) loss.mul(0).backward(); else loss.backward();
  optimizer.step();
}
`;
    const problem = (await train(text)).problems.find(({ code }) => code === "nonFiniteLoss")!;
    assert.equal(problem.position?.line, markedLine(text), problem.message);
  });

  it("is told of a gradient that no loss shows", async () => {
    const text = `${names}const w = ones(3).requiresGrad_(), optimizer = new optim.SGD([w], { lr: 0.1 });
const loss = w.mul(0).sqrt().sum(); // here
loss.backward();
optimizer.step();
`;
    const problem = (await train(text)).problems.find(({ code }) => code === "nonFiniteLoss")!;
    assert.match(
      problem.message,
      /^The gradient of a parameter is not finite any more at step 0\. It began in the backward pass, with the derivative of `sqrt` at 0/,
    );
    assert.equal(problem.position?.line, markedLine(text));
  });

  it("is told at once, and without it, where the run is stopped", async () => {
    const text = `${training("", "for (const end = Date.now() + 200; Date.now() < end;);")}\nfor (;;) optimizer.step();\n`;
    const job = await Job.warm();
    job.start(file(text));
    await job.until((event) => event.type === "metrics" && event.points.some(({ value }) => Number.isNaN(value)));
    job.send({ type: "stop" });
    await job.ended();
    assert.equal(job.states.at(-1), "stopped");
    assert.match(only(job).message, /^loss became NaN at step 3\. /);
  });

  for (const seed of [3, 17, 28, 44]) {
    const { text, line, breaking } = brokenNetwork(seed);
    it(`is found in a network that is made up: ${breaking}`, async () => {
      const problem = (await train(names + text)).problems.find(({ code }) => code === "nonFiniteLoss");
      assert.equal(problem?.position?.line, line + 1, problem?.message);
    });
  }
});
