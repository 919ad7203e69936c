import assert from "node:assert/strict";
import { Folder, inspect, Job, run } from "./job.ts";

const small = `import { nn, optim, data, randn, randint, manualSeed, noGrad, log, type Tensor } from "kindling";
manualSeed(0);
class Net extends nn.Module {
  fc1: nn.Linear;
  act = new nn.ReLU();
  fc2: nn.Linear;
  constructor(width: number) {
    super();
    this.fc1 = new nn.Linear(4, width);
    this.fc2 = new nn.Linear(width, 3);
  }
  override forward(x: Tensor): Tensor {
    return this.fc2(this.act(this.fc1(x)));
  }
}
const model = new Net(8);
`;
const training = `const loader = new data.DataLoader(new data.TensorDataset(randn(60, 4), randint(0, 3, [60])), { batchSize: 20, shuffle: true });
const lossFn = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
function step(x: Tensor, y: Tensor): void {
  const loss = lossFn(model(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("a run", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const file = (text: string) => folder.write("net.model.ts", text);

  it("trains and tells all of it: states, models, every loss, learning rates, epochs, what was logged", async () => {
    const job = await run(
      file(
        `${small}${training}const scheduler = new optim.lrScheduler.StepLR(optimizer, 1, { gamma: 0.5 });
for (let epoch = 0; epoch < 4; epoch++) {
  for (const [x, y] of loader) step(x, y);
  scheduler.step();
  log({ valAcc: epoch / 4, note: "fine" });
  console.log("epoch", epoch);
}
`,
      ),
    );
    assert.deepEqual(job.problems, []);
    assert.deepEqual(job.states, ["starting", "running", "finished"]);
    assert.equal(job.stdout, "epoch 0\nepoch 1\nepoch 2\nepoch 3\n");
    const losses = job.points.filter(({ name }) => name === "loss");
    assert.deepEqual(
      losses.map(({ step }) => step),
      Array.from({ length: 12 }, (_, step) => step),
    );
    assert.deepEqual(
      losses.map(({ epoch }) => epoch),
      [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3],
    );
    assert.deepEqual([...new Set(job.series("lr"))], [0.1, 0.05, 0.025, 0.0125]);
    assert.deepEqual(job.series("valAcc"), [0, 0.25, 0.5, 0.75]);
    assert.deepEqual(job.events.filter(({ type }) => type === "note").length, 4);
    const progress = job.events.filter((event) => event.type === "progress").at(-1)!.progress;
    assert.deepEqual([progress.epochs, progress.step, progress.loss], [4, 12, losses.at(-1)!.value]);
    assert.ok(job.statistics.length >= 1);
    assert.equal(job.statistics[0]!.step, 0);
  });

  it("of inspection ends before the first step, with shapes and statistics of that step, and saves nothing", async () => {
    const job = await inspect(
      file(`${small}${training}import { writeFileSync } from "node:fs";
try { for (const [x, y] of loader) step(x, y); } finally { writeFileSync("saved.txt", ""); }
console.log("never");
`),
    );
    assert.deepEqual([job.states.at(-1), job.problems, job.stdout], ["finished", [], ""]);
    const [model] = job.models;
    assert.deepEqual([model!.name, model!.isVariable, job.models.length], ["model", true, 1]);
    const rows = model!.modules.map(({ path, type, outputShapes, counts, constructedAt }) => [path, type, outputShapes, counts.total, constructedAt!.line]);
    assert.deepEqual(rows, [
      ["", "Net", [[20, 3]], 67, 16],
      ["act", "ReLU", [[20, 8]], 0, 5],
      ["fc1", "Linear", [[20, 8]], 40, 9],
      ["fc2", "Linear", [[20, 3]], 27, 10],
    ]);
    assert.deepEqual([model!.modules[0]!.declaredAt!.line, model!.modules[1]!.declaredAt], [3, undefined]);
    assert.equal(job.statistics.length, 1);
    const fc1 = job.statistics[0]!.modules[2]!;
    assert.deepEqual(
      [fc1.output!.count, fc1.outputGradient!.count, fc1.parameters.map(({ name, gradient }) => [name, gradient!.count])],
      [
        160,
        160,
        [
          ["weight", 32],
          ["bias", 8],
        ],
      ],
    );
    for (const measured of [fc1.output!, fc1.outputGradient!, fc1.parameters[0]!.value]) {
      const { counts, below, above } = measured.histogram;
      const zeros = Math.round(measured.zeroFraction * measured.count);
      assert.equal(
        Array.from(counts).reduce((sum, count) => sum + count, below + above + zeros),
        measured.count,
      );
    }
    assert.ok(!(await import("node:fs")).existsSync(`${folder.path}/saved.txt`));
  });

  it("tries classes that it never built, and says what the others need", async () => {
    const job = await inspect(
      file(`import { nn } from "kindling";
class Plain extends nn.Module { fc = new nn.Linear(2, 3); }
class Derived extends Plain {}
class Wide extends nn.Module { constructor(width: number, readonly depth: number, extra?: string, rate = 0.1) { super(); } }
class Broken extends nn.Module { constructor() { super(); throw new Error("not like this"); } }
class Deep extends nn.Linear {}
class NoModule extends Map {}
const built = new Plain();
`),
    );
    const counts = { total: 9, trainable: 9, frozen: 0 };
    assert.deepEqual(
      job.classes.map(({ name, status }) => [name, status]),
      [
        ["Plain", { kind: "built", counts, instances: 1 }],
        ["Derived", { kind: "tried", counts }],
        ["Wide", { kind: "needsArguments", parameters: ["width", "depth"] }],
        ["Broken", { kind: "failed", message: "not like this" }],
        ["Deep", { kind: "needsArguments", parameters: ["inFeatures", "outFeatures"] }],
      ],
    );
    assert.equal(job.models.length, 1);
    assert.deepEqual(job.problems, []);
  });

  it("names models by their variables, wherever they are made, and forgets what surgery replaced", async () => {
    const job = await inspect(
      file(`${small}
function build(): nn.Module { return new nn.Sequential(new nn.Linear(1, 2), new nn.ReLU()); }
const built = build();
const relu = new nn.ReLU();
const lossFn = new nn.MSELoss();
const many = { first: new nn.Linear(1, 1), rest: [new nn.Linear(2, 2)] };
model.fc2 = new nn.Linear(8, 5);
model(randn(2, 4));
model.fc2 = new nn.Linear(8, 7);
model(randn(2, 4));
new Net(3)(randn(1, 4));
let late = new nn.Linear(5, 5);
late = new nn.Linear(6, 6);
for (const width of [2, 3]) { const inLoop = new Net(width); inLoop(randn(1, 4)); }
`),
    );
    assert.deepEqual(
      job.models.map(({ name, isVariable, modules }) => [name, isVariable, modules[0]!.counts.total]),
      [
        ["model", true, 40 + 63],
        ["built", true, 4],
        ["many.first", true, 2],
        ["many.rest[0]", true, 6],
        ["Net", false, 15 + 12],
        ["late", true, 42],
        ["inLoop", true, 10 + 9],
        ["inLoop", true, 15 + 12],
      ],
    );
  });

  it("sees frozen parameters, shared ones and buffers", async () => {
    const job = await inspect(
      file(`import { nn } from "kindling";
class Tied extends nn.Module {
  a = new nn.Linear(3, 3);
  norm = new nn.BatchNorm1d(3);
  b = new nn.Linear(3, 3);
  constructor() { super(); this.b.weight = this.a.weight; this.a.bias!.requiresGrad = false; }
}
const tied = new Tied();
`),
    );
    const [root, a, norm, b] = job.models[0]!.modules;
    assert.deepEqual(root!.counts, { total: 9 + 3 + 6 + 3, trainable: 9 + 6 + 3, frozen: 3 });
    assert.deepEqual(
      a!.parameters.map(({ name, trainable }) => [name, trainable]),
      [
        ["weight", true],
        ["bias", false],
      ],
    );
    assert.equal(b!.parameters[0]!.sharedWith, "a.weight");
    assert.deepEqual(
      norm!.buffers.map(({ name, persistent }) => [name, persistent]),
      [
        ["running_mean", true],
        ["running_var", true],
        ["num_batches_tracked", true],
      ],
    );
  });

  it("goes on after top-level code: async functions, timers, top-level await", async () => {
    const job = await run(
      file(`${small}${training}
await new Promise((resolve) => setTimeout(resolve, 5));
async function main(): Promise<void> {
  for await (const [x, y] of loader) { step(x, y); await new Promise((resolve) => setTimeout(resolve, 1)); }
  console.log("done");
}
main();
`),
    );
    assert.deepEqual([job.states.at(-1), job.stdout, job.series("loss").length, job.problems], ["finished", "done\n", 3, []]);
  });

  it("works in the user's folder, with the user's files, packages and Node's own things", async () => {
    folder.write("numbers.csv", "1,2,3\n");
    folder.write("lib/part.ts", 'import { basename } from "node:path";\nexport const part: string = basename(__dirname) + basename(import.meta.url);');
    folder.write("node_modules/esm-package/package.json", '{"name":"esm-package","type":"module","exports":"./main.js"}');
    folder.write("node_modules/esm-package/main.js", "export const esm = import.meta.url.endsWith('esm-package/main.js');");
    folder.write("node_modules/cjs-package/package.json", '{"name":"cjs-package"}');
    folder.write(
      "node_modules/cjs-package/index.js",
      "const { EOL } = require('os'); module.exports = { cjs: __dirname.endsWith('cjs-package') && EOL.length > 0 };",
    );
    const job = await run(
      file(`import { readFileSync } from "node:fs";
import { esm } from "esm-package";
import { cjs } from "cjs-package";
import { part } from "./lib/part";
console.log(readFileSync("numbers.csv", "utf8").trim(), esm, cjs, part, process.argv[1] === __filename, typeof fetch, process.cwd() === import.meta.dirname);
`),
    );
    assert.equal(job.stdout, "1,2,3 true true libpart.ts true function true\n", JSON.stringify(job.problems));
    const files = job.events.find((event) => event.type === "files")!.files;
    assert.deepEqual([...files].sort(), [`${folder.path}/lib/part.ts`, `${folder.path}/net.model.ts`]);
  });

  it("prints at once, and loses nothing of a lot of output", async () => {
    const job = await Job.warm();
    job.start(file('for (let i = 0; i < 50_000; i++) console.log("line", i);\nconsole.error("bad");\nprocess.exit(0);\n'));
    await job.ended();
    assert.equal(job.stdout.split("\n").length, 50_001);
    assert.equal(job.stderr, "bad\n");
  });

  it("ends with process.exit()", async () => {
    const good = await run(file(`${small}${training}for (const [x, y] of loader) step(x, y);\nprocess.exit();`));
    assert.deepEqual([good.states.at(-1), good.problems, good.series("loss").length], ["finished", [], 3]);
    const bad = await run(file(`function leave(): void {\n  process.exit(3);\n}\nleave();`));
    assert.equal(bad.states.at(-1), "failed");
    assert.match(bad.problems[0]!.message, /process\.exit\(3\)/);
    assert.equal(bad.problems[0]!.position!.line, 2);
  });

  it("leaves no file behind, and none of the user's changed", async () => {
    const { readdirSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const path = file(`${small}console.log(new URL(import.meta.url).pathname === __filename);`);
    const programs = () => readdirSync(tmpdir()).filter((name) => name.startsWith("kindling-run-"));
    const before = new Set(programs());
    await run(path);
    assert.deepEqual(
      programs().filter((name) => !before.has(name)),
      [],
    );
    assert.deepEqual(readdirSync(folder.path), ["net.model.ts"]);
  });

  it("is paused, resumed and stopped at its steps", async () => {
    const job = await Job.warm();
    job.start(file(`${small}${training}try { for (;;) for (const [x, y] of loader) step(x, y); } finally { console.log("saved"); }`));
    await job.until(({ type }) => type === "metrics");
    job.send({ type: "pause" });
    await job.untilState("paused");
    const lossesWhenPaused = job.series("loss").length;
    job.send({ type: "resume" });
    await job.until((event) => event.type === "state" && event.state === "running" && job.states.includes("paused"));
    await job.until((event) => event.type === "metrics" && job.series("loss").length > lossesWhenPaused);
    job.send({ type: "pause" });
    await job.until(() => job.states.filter((state) => state === "paused").length === 2);
    job.send({ type: "stop" });
    await job.ended();
    assert.deepEqual(job.states, ["starting", "running", "paused", "running", "paused", "stopping", "stopped"]);
    assert.equal(job.stdout, "saved\n");
    const steps = job.points.filter(({ name }) => name === "loss").map(({ step }) => step);
    assert.ok(steps.every((step, index) => step === index));
  });

  it("ends when its parent does", async () => {
    const job = await Job.warm();
    job.start(file(`${small}${training}for (;;) for (const [x, y] of loader) step(x, y);`));
    await job.untilState("running");
    await job.abandon();
  });
});
