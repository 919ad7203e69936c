import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunEvent, TakenWeights } from "../../src/protocol/index.ts";
import { Folder, Job } from "./job.ts";

/** A training without chance but for its beginning: what it does next follows from weights and optimizer alone. */
function program({
  seed = 1,
  steps = 40,
  optimizer = "new optim.Adam(net.parameters(), { lr: 0.01 })",
  layers = "",
  forward = "this.head(nn.functional.relu(this.norm(this.fc(x))))",
} = {}): string {
  return `
import { manualSeed, nn, optim, randn } from "kindling";

manualSeed(0);
const x = randn(32, 4);
const y = x.sum(1, true);
manualSeed(${seed});

class Net extends nn.Module {
  fc = new nn.Linear(4, 8);
  norm = new nn.BatchNorm1d(8);
  head = new nn.Linear(8, 1);
${layers}
  forward(x) {
    return ${forward};
  }
}
const net = new Net();
const optimizer = ${optimizer};
for (let step = 0; step < ${steps}; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.mseLoss(net(x), y);
  loss.backward();
  optimizer.step();
}
`;
}

describe("Training that begins with another run's weights", () => {
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const losses = (job: Job): number[] => job.series("loss");
  const weightsOf = (job: Job): TakenWeights | undefined =>
    job.events.filter((event): event is Extract<RunEvent, { type: "weights" }> => event.type === "weights").at(-1)?.weights;

  /** Trains to that step, writes the weights down, and goes on to the end. */
  async function trainAndCapture(text: string, step: number): Promise<{ readonly weights: string; readonly losses: readonly number[] }> {
    const weights = join(folder.path, "captured.safetensors");
    const job = await Job.warm();
    job.send({ type: "steer", steering: { type: "advance", to: { kind: "step", step } } });
    job.start(folder.write("first.model.ts", text));
    await job.untilState("paused");
    job.send({ type: "steer", steering: { type: "capture", file: weights } });
    const captured = await job.until(({ type }) => type === "captured");
    assert.deepEqual(captured, { type: "captured", file: weights, step });
    job.send({ type: "resume" });
    await job.ended();
    assert.deepEqual(job.problems, []);
    return { weights, losses: losses(job) };
  }

  async function trainWith(weights: string, text: string, declined: readonly string[] = []): Promise<Job> {
    const job = await Job.warm();
    job.start(folder.write("second.model.ts", text), { weights: { file: weights, origin: "the run before", declined } });
    return job.ended();
  }

  for (const optimizer of [
    "new optim.Adam(net.parameters(), { lr: 0.01 })",
    "new optim.SGD(net.parameters(), { lr: 0.01, momentum: 0.9 })",
    "new optim.RMSprop(net.parameters(), { lr: 0.001, momentum: 0.5, centered: true })",
    "new optim.NAdam(net.parameters(), { lr: 0.01 })",
  ]) {
    it(`goes on bit for bit as the other would have: ${optimizer}`, async () => {
      const first = await trainAndCapture(program({ optimizer }), 10);
      const second = await trainWith(first.weights, program({ optimizer, seed: 2, steps: 30 }));
      assert.deepEqual(second.problems, []);
      assert.deepEqual(losses(second), first.losses.slice(10));
      const taken = weightsOf(second)!;
      assert.equal(taken.step, 10);
      assert.equal(taken.optimized, 6);
      assert.ok(taken.matches.every(({ kind }) => kind === "kept"));
      assert.equal(taken.matches.length, 9);
    });
  }

  /** What stands before the loop of a program, and what it prints at its end. */
  const editing = (model: string, rest: string): string => `
import { nn, noGrad, ones, optim, save, zeros } from "kindling";
${model}
const net = new Net();
${rest}
`;
  const plain = "class Net extends nn.Module { fc = new nn.Linear(2, 3); head = new nn.Linear(3, 1); forward(x) { return this.head(this.fc(x)); } }";
  const printWeights = "for (const [name, p] of net.namedParameters()) console.log(name, JSON.stringify(p.tolist()));";
  const oneStep = `const optimizer = new optim.SGD(net.parameters(), { lr: 0 });
net(ones(4, 2)).sum().backward();
optimizer.step();
${printWeights}`;
  const numbered = (fill: string): string => `noGrad(() => net.parameters().forEach((p, i) => p.fill_(${fill})));`;

  /** Weights 1, 2, 3 and 4, in a plain file as `save(net.stateDict())` writes it. */
  async function savedWeights(): Promise<string> {
    const file = join(folder.path, "net.safetensors");
    const job = await Job.warm();
    job.start(folder.write("saves.model.ts", editing(plain, `${numbered("i + 1")} save(net.stateDict(), ${JSON.stringify(file)});`)));
    await job.ended();
    return file;
  }

  it("takes a plain file of a state dict, and puts it in after the program has initialized its model", async () => {
    const file = await savedWeights();
    const job = await trainWith(file, editing(plain, `noGrad(() => net(ones(1, 2)));\n${numbered("-1")}\n${oneStep}`));
    assert.deepEqual(job.problems, []);
    assert.equal(job.stdout, "fc.weight [[1,1],[1,1],[1,1]]\nfc.bias [2,2,2]\nhead.weight [[3,3,3]]\nhead.bias [4]\n");
    assert.equal(weightsOf(job)!.optimized, 0);
  });

  it("copies what both have of a layer that became wider, and leaves the rest as it was made", async () => {
    const file = await savedWeights();
    const wider = plain.replaceAll("3", "4");
    const job = await trainWith(file, editing(wider, `${numbered("-1")}\n${oneStep}`));
    assert.equal(job.stdout, "fc.weight [[1,1],[1,1],[1,1],[-1,-1]]\nfc.bias [2,2,2,-1]\nhead.weight [[3,3,3,-1]]\nhead.bias [4]\n");
    assert.deepEqual(
      weightsOf(job)!.matches.map(({ kind, path }) => `${kind} ${path}`),
      ["resized fc.weight", "resized fc.bias", "resized head.weight", "kept head.bias"],
    );
  });

  it("knows a layer under its new name, unless that is declined", async () => {
    const file = await savedWeights();
    const renamed = plain.replaceAll("head", "heads");
    const text = editing(renamed, `${numbered("-1")}\n${oneStep}`);
    assert.match((await trainWith(file, text)).stdout, /heads.weight \[\[3,3,3\]\]\nheads.bias \[4\]/);
    assert.match((await trainWith(file, text, ["heads"])).stdout, /fc.bias \[2,2,2\]\nheads.weight \[\[-1,-1,-1\]\]\nheads.bias \[-1\]/);
  });

  it("lets a training go on from there: what was trained is not put back", async () => {
    const file = await savedWeights();
    const job = await trainWith(file, editing(plain, oneStep.replace("lr: 0", "lr: 1").replace("optimizer.step();", "optimizer.step(); net(ones(4, 2));")));
    assert.match(job.stdout, /head.bias \[0\]/);
  });

  it("gives each of several models its own, also one that is called later", async () => {
    const two = `${plain.replace("Net", "First")}\nclass Net extends nn.Module { out = new nn.Linear(1, 1); forward(x) { return this.out(x); } }\nconst first = new First();`;
    const rest = (init: string): string => `${init}
const optimizer = new optim.Adam([...first.parameters(), ...net.parameters()], { lr: 0 });
for (let i = 0; i < 3; i++) { optimizer.zeroGrad(); first(ones(4, 2)).sum().backward(); optimizer.step(); }
for (let i = 0; i < 100; i++) { optimizer.zeroGrad(); net(first(ones(4, 2))).sum().backward(); optimizer.step(); }
`;
    const fill = (value: string): string => `noGrad(() => [...first.parameters(), ...net.parameters()].forEach((p, i) => p.fill_(${value})));`;
    const { weights } = await trainAndCapture(editing(two, rest(fill("i + 1"))), 50);
    const job = await trainWith(weights, editing(two, `${rest(fill("-1"))}console.log(first.head.bias.item(), net.out.bias.item());`));
    assert.deepEqual(job.problems, []);
    assert.equal(job.stdout, "4 6\n");
    assert.ok(weightsOf(job)!.matches.every(({ kind }) => kind === "kept"));
    assert.equal(weightsOf(job)!.optimized, 6);
  });

  it("takes over what the optimizer remembers of the part of a layer that stays", async () => {
    const { weights } = await trainAndCapture(program(), 10);
    const wider = program().replaceAll("8)", "9)").replace("Linear(8, ", "Linear(9, ");
    const rest = "const { expAvg } = optimizer.state.get(net.fc.bias); console.log(expAvg.shape[0], expAvg.tolist().filter((v) => v !== 0).length);";
    const job = await trainWith(weights, `${wider}${rest}`);
    assert.deepEqual(job.problems, []);
    assert.equal(job.stdout, "9 9\n");
    assert.equal(weightsOf(job)!.optimized, 6);
  });

  it("takes no state of an optimizer of another kind", async () => {
    const first = await trainAndCapture(program(), 10);
    const second = await trainWith(first.weights, program({ optimizer: "new optim.SGD(net.parameters(), { lr: 0.01, momentum: 0.9 })" }));
    assert.deepEqual(second.problems, []);
    assert.equal(weightsOf(second)!.optimized, 0);
    assert.equal(losses(second)[0], first.losses[10]);
  });

  it("runs nothing where the file can't be read, and says why", async () => {
    const job = await trainWith(folder.write("broken.safetensors", "no weights"), editing(plain, 'console.log("ran");'));
    assert.equal(job.stdout, "");
    assert.equal(job.states.at(-1), "failed");
    assert.match(job.problems[0]!.message, /^The weights of the run before can't be read, so nothing was run: .*broken.safetensors/);
  });
});
