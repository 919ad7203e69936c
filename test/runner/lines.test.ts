import assert from "node:assert/strict";
import type { LineNews } from "../../src/protocol/index.ts";
import { fileName } from "../../src/run/text.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";
import { Folder, inspect, run as runFile } from "./job.ts";

/** What a run's lines came to last: `6:12 loss 0.5`. */
describe("the lines of a program", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  async function train(text: string, others: Readonly<Record<string, string>> = {}) {
    for (const [name, other] of Object.entries(others)) folder.write(name, other);
    const file = folder.write("net.model.ts", text);
    const job = await runFile(file);
    assert.deepEqual(job.problems, []);
    const begin = emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 });
    const run = job.events.reduce((snapshot, event) => reduceSnapshot(snapshot, event), begin);
    return { lines: run.lines ?? [], run, job };
  }

  const shown = (line: LineNews): string => {
    const { file, line: number, column } = line.position;
    const place = `${fileName(file)}:${number}:${column}`;
    if (line.kind === "loss") return `${place} loss ${line.value}`;
    if (line.kind === "logged") return `${place} ${line.values.map(({ name, value }) => `${name} ${value}`).join(" ")}`;
    return `${place} ${line.kind} ${line.index}${line.count === undefined ? "" : ` of ${line.count}`}`;
  };
  const isOfCall = ({ kind }: LineNews): boolean => kind === "loss" || kind === "logged";

  const begin = `import { nn, optim, ones, log, type Tensor } from "kindling";
const model = new nn.Linear(2, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
`;

  it("tell the loss where it goes backward, what is logged, and the epoch of how many", async () => {
    const { lines, run } = await train(`${begin}for (let epoch = 0; epoch < 3; epoch++) {
  optimizer.zeroGrad();
  const loss = model(ones(4, 2)).square().mean();
  loss.backward();
  optimizer.step();
  log({ accuracy: epoch / 2, best: loss, remark: "fine" });
}
`);
    const { values } = run.curves.get("loss")!;
    const last = values.at(-1);
    assert.equal(values.length, 3);
    assert.deepEqual(lines.map(shown), ["net.model.ts:4:1 epoch 2 of 3", `net.model.ts:7:8 loss ${last}`, `net.model.ts:9:3 accuracy 1 best ${last}`]);
  });

  it("tell each loss of a GAN at its own line, in both of its models' files", async () => {
    const trainer = `import type { Tensor, optim } from "kindling";
export function update(loss: Tensor, optimizer: optim.Optimizer): void {
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;
    const text = `import { nn, optim, randn } from "kindling";
import { update } from "./trainer.ts";
const generator = new nn.Linear(2, 2), critic = new nn.Linear(2, 1);
const optimizerG = new optim.Adam(generator.parameters());
const optimizerC = new optim.Adam(critic.parameters());
for (let i = 0; i < 4; i++) {
  const fake = generator(randn(8, 2));
  const lossC = critic(fake.detach()).mean().sub(critic(randn(8, 2)).mean());
  update(lossC, optimizerC);
  optimizerG.zeroGrad();
  const lossG = critic(fake).mean().neg();
  if (i > -1) lossG.backward();
  optimizerG.step();
}
`;
    const { lines, run } = await train(text, { "trainer.ts": trainer });
    const lastOf = (name: string): number => run.curves.get(name)!.last!.value;
    const names = [...run.curves.keys()].filter((name) => name.startsWith("loss/"));
    assert.deepEqual(names.sort(), ["loss/critic", "loss/generator"]);
    assert.deepEqual(lines.map(shown).sort(), [
      `net.model.ts:12:21 loss ${lastOf("loss/generator")}`,
      "net.model.ts:6:1 turn 3 of 4",
      `trainer.ts:4:8 loss ${lastOf("loss/critic")}`,
    ]);
  });

  it("are found however they are written: in arrow functions, chained, on several lines, under another name", async () => {
    const { lines } = await train(`import * as torch from "kindling";
import { nn, optim, ones, log as record } from "kindling";
const model = new nn.Linear(2, 1);
const optimizer = new optim.LBFGS(model.parameters());
const tell = (value: number) => record({ value });
for (let step = 0; step < 2; step++)
  optimizer.step(() => {
    optimizer.zeroGrad();
    const loss = model(ones(4, 2)).square().mean();
    loss
      ?.backward();
    return loss;
  });
tell(5);
torch.log({
  squares: 3,
  natural: torch.log(ones(1)),
});
const none = record({ value: 7 }) ?? "nothing";
if (none !== "nothing") throw new Error("log() returns nothing");
`);
    const calls = lines.filter(isOfCall).map((line) => shown(line).replace(/loss .*/, "loss"));
    assert.deepEqual(calls.sort(), [
      "net.model.ts:11:9 loss",
      "net.model.ts:15:7 squares 3 natural 0",
      "net.model.ts:19:14 value 7",
      "net.model.ts:5:33 value 5",
    ]);
  });

  it("show what a program's own `backward` returns to the program alone", async () => {
    const { lines, job } = await train(`${begin}class Chain {
  backward(grad: number) { return { grad, next: this }; }
}
const chain = new Chain();
console.log(chain.backward(1).next.backward(2).grad, chain.backward(3).grad, (chain as Chain | null)?.backward(4).grad);
const { grad } = chain.backward(5);
console.log(grad);
for (let i = 0; i < 2; i++) {
  model(ones(1, 2)).sum().backward();
  optimizer.step();
  optimizer.zeroGrad();
}
`);
    assert.equal(job.stdout, "2 3 4\n5\n");
    assert.deepEqual(
      lines.filter(isOfCall).map(({ position }) => position.line),
      [12],
    );
  });

  it("of an inspection tell where it ended", async () => {
    const file = folder.write(
      "net.model.ts",
      `${begin}for (let epoch = 0; epoch < 3; epoch++) {
  model(ones(4, 2)).sum().backward();
  optimizer.step();
}
`,
    );
    const job = await inspect(file);
    const lines = job.events.flatMap((event) => (event.type === "lines" ? event.lines : []));
    assert.deepEqual(lines.map(({ position, kind }) => `${position.line} ${kind}`).sort(), ["4 epoch", "5 loss"]);
  });
});
