import assert from "node:assert/strict";
import { Folder, inspect, Job, run } from "./job.ts";

describe("what goes wrong in a file", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const file = (text: string) => folder.write("net.model.ts", text);

  /** Inspects the file and resolves with its one problem. */
  async function problemOf(text: string) {
    const job = await inspect(file(text));
    assert.equal(job.problems.length, 1, JSON.stringify(job.problems));
    const [problem] = job.problems;
    return { ...problem!, at: [problem!.position?.line, problem!.position?.column], state: job.states.at(-1), job };
  }

  it("a syntax error is told at its place", async () => {
    const problem = await problemOf("const a = 1;\nconst b = (;\n");
    assert.deepEqual([problem.code, problem.at, problem.state], ["syntax", [2, 12], "failed"]);
  });

  it("a missing import is told at its place, in an imported file too", async () => {
    folder.write("part.ts", 'export * from "./gone";\n');
    const problem = await problemOf('import * as part from "./part";\nconsole.log(part);\n');
    assert.deepEqual([problem.code, problem.position!.file, problem.at], ["import", `${folder.path}/part.ts`, [1, 15]]);
  });

  it("a name that Kindling doesn't have is told at its place", async () => {
    const problem = await problemOf('import {\n  nn,\n  zeroes,\n} from "kindling";\nconsole.log(nn, zeroes(3));\n');
    assert.deepEqual([problem.code, problem.at, problem.end], ["import", [3, 3], { line: 3, column: 9 }]);
    assert.match(problem.message, /exports no `zeroes`/);
  });

  it("a file that is gone is told", async () => {
    const job = await inspect(`${folder.path}/gone.model.ts`);
    assert.match(job.problems[0]!.message, /There is no file .*gone\.model\.ts/);
    assert.equal(job.states.at(-1), "failed");
  });

  it("a shape mismatch is told at the call in forward, with the module", async () => {
    const problem = await problemOf(`import { nn, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  layer1 = new nn.Linear(4, 20);
  layer2 = new nn.Linear(64, 3);
  override forward(x: Tensor): Tensor {
    const hidden = this.layer1(x);
    return this.layer2(hidden);
  }
}
const net = new Net();
net(randn(32, 4));
`);
    assert.deepEqual([problem.code, problem.at, problem.module], ["shape", [7, 17], "layer2 (Linear) of Net"]);
    assert.match(problem.message, /^mat1 and mat2 shapes cannot be multiplied \(32x20 and 64x3\)/);
    assert.deepEqual(
      problem.stack!.map(({ position }) => position.line),
      [7, 11],
    );
    assert.deepEqual(
      problem.job.models.map(({ name }) => name),
      ["net"],
    );
  });

  it("a thrown error is told at the user's innermost line, with the callers", async () => {
    const problem = await problemOf(
      'function inner(): never {\n  throw new TypeError("no good");\n}\nfunction outer(): void {\n  [1].forEach(() => inner());\n}\nouter();\n',
    );
    assert.deepEqual([problem.code, problem.message, problem.at], ["thrown", "TypeError: no good", [2, 9]]);
    assert.deepEqual(
      problem.stack!.map(({ position }) => position.line),
      [2, 5, 5, 7],
    );
  });

  it("what is thrown without being an error is told", async () => {
    assert.match((await problemOf('throw "text";\n')).message, /threw "text"/);
  });

  it("an unhandled rejection is told at its line", async () => {
    const problem = await problemOf('async function main(): Promise<void> {\n  await Promise.resolve();\n  throw new Error("later");\n}\nmain();\n');
    assert.deepEqual([problem.message, problem.at, problem.state], ["Error: later", [3, 9], "failed"]);
  });

  it("an error in a timer is told at its line", async () => {
    const problem = await problemOf('setTimeout(() => {\n  throw new Error("in a timer");\n}, 1);\n');
    assert.deepEqual([problem.message, problem.at], ["Error: in a timer", [2, 9]]);
  });

  it("an await that never comes is told", async () => {
    assert.match((await problemOf("await new Promise(() => {});\n")).message, /never comes/);
  });

  it("a 50 GB tensor and a 50 GB array are refused at their lines", async () => {
    const tensor = await problemOf('import { zeros } from "kindling";\n\nzeros(12_500_000_000);\n');
    assert.deepEqual([tensor.code, tensor.at, tensor.state], ["memory", [3, 1], "failed"]);
    const array = await problemOf("\nnew Float32Array(12_500_000_000);\n");
    assert.deepEqual([array.code, array.at], ["memory", [2, 1]]);
  });

  it("a heap that is full ends the run with a word about it", async () => {
    const job = await Job.warm({ NODE_OPTIONS: "--max-old-space-size=60" });
    job.start(file("const all: number[][] = [];\nfor (;;) all.push(new Array(10_000).fill(0.5).map(Math.random));\n"));
    await job.ended();
    assert.deepEqual([job.problems.map(({ code }) => code), job.states.at(-1)], [["memory"], "failed"]);
  });

  it("no model is information, not an error", async () => {
    const problem = await problemOf("console.log(1);\n");
    assert.deepEqual([problem.code, problem.severity, problem.state], ["noModel", "information", "finished"]);
  });

  it("a training that never trains is told so; inspecting it is fine", async () => {
    const path = file('import { nn } from "kindling";\nconst model = new nn.Linear(1, 2);\n');
    assert.deepEqual((await inspect(path)).problems, []);
    const job = await run(path);
    assert.deepEqual(
      job.problems.map(({ code, severity }) => [code, severity]),
      [["noTraining", "information"]],
    );
    assert.equal(job.states.at(-1), "finished");
  });

  it("an endless loop ends at the inspect time limit, where it is, with the models it has built", async () => {
    const job = await inspect(
      file('import { nn } from "kindling";\nconst model = new nn.Linear(1, 2);\nfunction spin(): void {\n  while (true) {}\n}\nspin();\n'),
      { timeLimit: 300 },
    );
    assert.deepEqual(
      job.problems.map(({ code }) => code),
      ["timeout"],
    );
    assert.equal(job.problems[0]!.position!.line, 4);
    assert.deepEqual(
      job.problems[0]!.stack!.map(({ function: name }) => name),
      ["spin", ""],
    );
    assert.deepEqual(
      job.models.map(({ name }) => name),
      ["model"],
    );
    assert.equal(job.states.at(-1), "failed");
  });

  it("an endless wait ends at the inspect time limit", async () => {
    const job = await inspect(file("setInterval(() => {}, 50);\n"), { timeLimit: 200 });
    assert.deepEqual(
      job.problems.map(({ code }) => code),
      ["timeout"],
    );
  });

  it("an endless loop is stopped within two seconds, and loses no loss", async () => {
    const job = await Job.warm();
    job.start(
      file(`import { nn, optim, randn } from "kindling";
const model = new nn.Linear(1, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
model(randn(1, 1)).sum().backward();
optimizer.step();
model(randn(1, 1)).sum().backward();
console.log("stuck");
while (true) {}
`),
    );
    await job.until(({ type }) => type === "models");
    while (!job.stdout.includes("stuck")) await new Promise(setImmediate);
    const begin = performance.now();
    job.send({ type: "stop" });
    await job.ended();
    assert.ok(performance.now() - begin < 2000);
    assert.deepEqual(job.states, ["starting", "running", "stopping", "stopped"]);
    assert.equal(job.series("loss").length, 2);
  });

  it("a stop cannot be swallowed by the program's own catch", async () => {
    const job = await Job.warm();
    job.start(
      file(`import { nn, optim, randn } from "kindling";
const model = new nn.Linear(1, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (;;) {
  try {
    model(randn(1, 1)).sum().backward();
    optimizer.step();
  } catch {}
}
`),
    );
    await job.until(({ type }) => type === "metrics");
    job.send({ type: "stop" });
    await job.ended();
    assert.equal(job.states.at(-1), "stopped");
  });

  it("what became of a child that Ctrl+C reached first is a warning of the stop that follows, and no failure", async () => {
    const job = await Job.warm();
    job.start(file('console.log("ended");\nthrow Object.assign(new Error("Command failed: sleep 1234"), { status: null, signal: "SIGINT" });\n'));
    while (!job.stdout.includes("ended")) await new Promise(setImmediate);
    job.send({ type: "stop" });
    await job.ended();
    assert.equal(job.states.at(-1), "stopped");
    assert.deepEqual(
      job.problems.map(({ severity, message }) => [severity, message]),
      [["warning", "While the run was stopped: Error: Command failed: sleep 1234"]],
    );
  });

  it("a stop before the program has begun is heeded", async () => {
    const job = await Job.warm();
    job.start(file("while (true) {}\n"));
    job.send({ type: "stop" });
    await job.ended();
    assert.equal(job.states.at(-1), "stopped");
  });
});
